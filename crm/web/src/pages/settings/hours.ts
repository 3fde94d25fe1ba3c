import type { Schema } from '@/api/client';

type Span = Schema<'Span'>;

/** The days of a week from Monday; the server counts from Sunday. */
export const week = [1, 2, 3, 4, 5, 6, 0];

const clock = (m: number) => `${Math.floor(m / 60)}:${String(m % 60).padStart(2, '0')}`;

/** The opening times of a day as people write them: 9:00–13:00, 14:00–18:00. */
export function dayText(spans: Span[] | null | undefined): string {
  return (spans ?? []).map((s) => `${clock(s.from)}–${clock(s.to)}`).join(', ');
}

/** Reads what was written; undefined when it cannot be read. Nothing is closed. */
export function readDay(text: string): Span[] | undefined {
  const out: Span[] = [];
  for (const part of text.split(/[,;]/)) {
    if (!part.trim()) continue;
    const m = /^\s*(\d{1,2})(?:[:.](\d{2}))?\s*[-–—]\s*(\d{1,2})(?:[:.](\d{2}))?\s*$/.exec(part);
    if (!m) return undefined;
    const from = Number(m[1]) * 60 + Number(m[2] ?? 0);
    const to = Number(m[3]) * 60 + Number(m[4] ?? 0);
    if (from >= to || to > 1440 || Number(m[2] ?? 0) > 59 || Number(m[4] ?? 0) > 59) return undefined;
    out.push({ from, to });
  }
  return out.sort((a, b) => a.from - b.from);
}

/** A week as seven texts from Sunday; an empty week is always open. */
export function weekText(hours: Span[][] | null | undefined): string[] {
  return Array.from({ length: 7 }, (_, i) => dayText(hours?.[i]));
}

/** Reads a week; gives the days that cannot be read. */
export function readWeek(texts: string[]): { hours: Span[][]; bad: number[] } {
  const days = texts.map(readDay);
  return { hours: days.map((d) => d ?? []), bad: days.flatMap((d, i) => (d ? [] : [i])) };
}
