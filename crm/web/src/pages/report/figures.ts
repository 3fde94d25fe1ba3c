import type { TFunction } from 'i18next';
import type { Schema } from '@/api/client';
import { duration } from '@/format/duration';
import { count, percent } from '@/format/number';
import { phone } from '@/format/phone';
import { shortDay } from '@/format/time';
import type { Search } from '@/router';

type Formula = Schema<'Formula'>;
type Row = Schema<'Row'>;

/** The figures that stand on tiles, with the direction that is good: more, less, or neither. */
export const tiles: { code: string; good: 1 | -1 | 0 }[] = [
  { code: 'offered', good: 0 },
  { code: 'answered', good: 1 },
  { code: 'unanswered_share', good: -1 },
  { code: 'target_calls', good: 1 },
  { code: 'unique_callers', good: 1 },
  { code: 'wait_average', good: -1 },
  { code: 'callback_median', good: -1 },
];

/** A value in the unit of its figure; undefined for nothing to count it from. */
export function shown(formula: Formula, value: number | null | undefined): string | undefined {
  if (value === null || value === undefined) return undefined;
  if (formula.unit === 'share') return percent(value);
  return formula.unit === 'seconds' ? duration(value) : count(value);
}

/** The name of a row in words. */
export function rowName(groupBy: string, row: Pick<Row, 'key' | 'label'>, t: TFunction): string {
  if (row.key === 'none') return t(`report.none.${groupBy}`, { defaultValue: t('common.none') });
  if (groupBy === 'day') return shortDay(`${row.key}T12:00:00Z`);
  if (groupBy === 'hour') return `${row.key.padStart(2, '0')}:00`;
  if (groupBy === 'number') return row.label || phone(row.key);
  return row.label || row.key;
}

/** Where a cell leads: the calls behind it. */
export function callsOf(cell: Schema<'Cell'>): Search {
  return Object.fromEntries(new URLSearchParams(cell.filter));
}

/** What changed against the period before: a share of it, or points for a share; undefined when it cannot be said. */
export function change(formula: Formula, now: number | null | undefined, was: number | null | undefined): number | undefined {
  if (now === null || now === undefined || was === null || was === undefined) return undefined;
  if (formula.unit === 'share') return now - was;
  return was === 0 ? undefined : now / was - 1;
}
