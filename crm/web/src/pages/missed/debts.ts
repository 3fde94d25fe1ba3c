import type { Schema } from '@/api/client';

type Missed = Schema<'Missed'>;

/** The columns of the board, the most urgent first. */
export const columns = ['overdue', 'now', 'later', 'trying'] as const;

/** A column of the board. */
export type ColumnName = (typeof columns)[number];

/** Less than this to the deadline is now. */
const soon = 15 * 60_000;

/** In which column a debt stands. After three tries somebody must decide, so it stays with those being tried. */
export function columnOf(m: Missed, now: number): ColumnName {
  if (m.attempts > 0) return 'trying';
  const left = Date.parse(m.deadline) - now;
  if (left < 0) return 'overdue';
  return left <= soon ? 'now' : 'later';
}

/** The debts by column, each by its deadline. */
export function board(list: Missed[], now: number): Record<ColumnName, Missed[]> {
  const out: Record<ColumnName, Missed[]> = { overdue: [], now: [], later: [], trying: [] };
  for (const m of [...list].sort((a, b) => Date.parse(a.deadline) - Date.parse(b.deadline))) out[columnOf(m, now)].push(m);
  return out;
}

/** Minutes to the deadline; below zero when it is over. */
export function minutesLeft(m: Missed, now: number): number {
  const left = (Date.parse(m.deadline) - now) / 60_000;
  return left < 0 ? Math.floor(left) : Math.ceil(left);
}
