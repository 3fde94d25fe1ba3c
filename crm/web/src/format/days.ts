import { day } from './time';

/** A day of the calendar moved by some days: `addDays('2026-11-30', 1)` is `2026-12-01`. */
export function addDays(from: string, days: number): string {
  return new Date(Date.parse(`${from}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** Days in words of the calendar that filters offer. */
export type Preset = 'today' | 'yesterday' | 'week' | 'month' | 'thisMonth' | 'lastMonth';

/** Every preset in the order of the menu. */
export const presets: Preset[] = ['today', 'yesterday', 'week', 'month', 'thisMonth', 'lastMonth'];

/** The first and the last day of a preset, both included. */
export function period(preset: Preset, now = new Date()): { from: string; to: string } {
  const today = day(now);
  const month = today.slice(0, 7);
  switch (preset) {
    case 'today':
      return { from: today, to: today };
    case 'yesterday':
      return { from: addDays(today, -1), to: addDays(today, -1) };
    case 'week':
      return { from: addDays(today, -6), to: today };
    case 'month':
      return { from: addDays(today, -29), to: today };
    case 'thisMonth':
      return { from: `${month}-01`, to: today };
    case 'lastMonth': {
      const last = addDays(`${month}-01`, -1);
      return { from: `${last.slice(0, 7)}-01`, to: last };
    }
  }
}

/** Which preset two days are, if any. */
export function presetOf(from: string | undefined, to: string | undefined, now = new Date()): Preset | undefined {
  return presets.find((p) => {
    const days = period(p, now);
    return days.from === from && days.to === to;
  });
}

/** How many days from one to the other, both included. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000) + 1;
}
