import { phone } from '@/format/phone';
import { useDial } from './useDial';

/** A number that is a call: a click dials it. */
export function PhoneLink({ e164, client }: { e164: string; client?: string }) {
  const dial = useDial();
  return (
    <button type="button" onClick={() => dial(e164, client)}>
      {phone(e164)}
    </button>
  );
}
