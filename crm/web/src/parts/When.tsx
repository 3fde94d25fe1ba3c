import { clock, full, moment, shortDay } from '@/format/time';

/** A time, short, with everything on hover. */
export function When({ at, as = 'moment' }: { at: string | Date; as?: 'moment' | 'clock' | 'day' }) {
  const d = new Date(at);
  const text = as === 'clock' ? clock(d) : as === 'day' ? shortDay(d) : moment(d);
  return (
    <time dateTime={d.toISOString()} title={full(d)}>
      {text}
    </time>
  );
}
