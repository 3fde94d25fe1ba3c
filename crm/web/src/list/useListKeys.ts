import { useEffect, useRef } from 'react';

/** Whether keys are being typed into something. */
export function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

/** Whether a letter is meant as a key of the page: alone, outside fields and outside what floats. */
export function plainKey(e: KeyboardEvent): boolean {
  if (e.defaultPrevented || e.ctrlKey || e.altKey || e.metaKey || typing(e.target)) return false;
  return !floating();
}

/** Whether something floats above the page: a dialog, a list to choose from. */
export function floating(): boolean {
  return [...document.querySelectorAll('[role="dialog"], [role="listbox"], [role="menu"]')].some((e) => e.checkVisibility());
}

const rows = () => [...document.querySelectorAll<HTMLElement>('[data-row]')];

/** The row that has the focus. */
export function focusedRow(): HTMLElement | null {
  return document.activeElement?.closest<HTMLElement>('[data-row]') ?? null;
}

/** J and K walk through the rows, `/` goes to the search field; other keys by their letter's physical place, such as `n`. Enter is the link's own. */
export function useListKeys(keys: Record<string, (row: string | undefined) => void> = {}) {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    let g = Number.NEGATIVE_INFINITY;
    const onKey = (e: KeyboardEvent) => {
      if (e.code === 'KeyG') g = e.timeStamp;
      const second = e.code !== 'KeyG' && e.timeStamp - g < 1000;
      if (!plainKey(e) || e.shiftKey || second) return;
      if (e.code === 'KeyJ' || e.code === 'KeyK') return walk(e, e.code === 'KeyJ' ? 1 : -1);
      if (e.code === 'Slash') {
        const field = document.querySelector<HTMLElement>('[data-search]');
        if (field) e.preventDefault();
        return field?.focus();
      }
      const act = latest.current[e.code.replace('Key', '').toLowerCase()];
      if (!act) return;
      e.preventDefault();
      act(focusedRow()?.dataset.row);
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}

function walk(e: KeyboardEvent, step: number) {
  const all = rows();
  if (all.length === 0) return;
  e.preventDefault();
  const now = focusedRow();
  const at = now ? all.indexOf(now) + step : 0;
  const row = all[Math.min(all.length - 1, Math.max(0, at))];
  (row?.querySelector<HTMLElement>('[data-main]') ?? row)?.focus();
  row?.scrollIntoView({ block: 'nearest' });
}
