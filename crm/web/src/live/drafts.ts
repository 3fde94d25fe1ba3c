import { Store } from '@softphone';
import { useCallback, useEffect, useRef, useSyncExternalStore } from 'react';

/** A text that is not finished, and where one was in it. */
type Draft = { text: string };
/** The field that had the focus last: to be found again after a reload, or on the way back from a call. */
export type Place = { key: string; path: string; start: number; end: number; focused: boolean };

const drafts = new Store<Record<string, Draft>>({});
let owner = '';
let place: Place | null = null;
let restored = false;

const draftsKey = () => `ringbook.drafts.${owner}`;
const placeKey = () => `ringbook.place.${owner}`;

function read<T>(key: string): T | null {
  try {
    return JSON.parse(localStorage.getItem(key) ?? 'null');
  } catch {
    return null;
  }
}

/** Reads the drafts of a person; they outlive reload, logout and a dead battery. */
export function openDrafts(user: string) {
  if (owner === user) return;
  owner = user;
  restored = false;
  drafts.set(read<Record<string, Draft>>(draftsKey()) ?? {});
  place = read<Place>(placeKey());
}

function write(next: Record<string, Draft>) {
  drafts.set(next);
  localStorage.setItem(draftsKey(), JSON.stringify(next));
}

/** Keeps a text under a key; null forgets it. */
export function keepDraft(key: string, text: string | null) {
  const { [key]: _, ...rest } = drafts.get();
  write(text === null ? rest : { ...rest, [key]: { text } });
}

/** The keys of all drafts, in no order. */
export function useDraftKeys(): string[] {
  const all = useSyncExternalStore(drafts.subscribe, drafts.get);
  return Object.keys(all);
}

/** A text that is kept while it is typed. Undefined until somebody types. */
export function useDraft(key: string): [string | undefined, (text: string | null) => void] {
  const all = useSyncExternalStore(drafts.subscribe, drafts.get);
  const set = useCallback((text: string | null) => keepDraft(key, text), [key]);
  return [all[key]?.text, set];
}

/** Where one was writing last, if anywhere. */
export function lastPlace(): Place | null {
  return place;
}

function note(el: HTMLTextAreaElement | HTMLInputElement, focused: boolean) {
  const key = el.dataset.draft;
  if (!key) return;
  place = { key, path: window.location.pathname, start: el.selectionStart ?? 0, end: el.selectionEnd ?? 0, focused };
  localStorage.setItem(placeKey(), JSON.stringify(place));
}

/** Puts the focus and the caret where they were. */
export function goTo(p: Place): boolean {
  const el = document.querySelector<HTMLTextAreaElement>(`[data-draft="${CSS.escape(p.key)}"]`);
  if (!el) return false;
  el.focus();
  el.setSelectionRange(p.start, p.end);
  return true;
}

/** Ties a field to its place: `ref` for the element, which must carry `data-draft`. The first one shown after a reload gets the focus back. */
export function usePlace<E extends HTMLTextAreaElement | HTMLInputElement>(key: string) {
  const ref = useRef<E>(null);
  useEffect(() => {
    const el = ref.current;
    if (!el) return;
    if (!restored && place?.focused && place.key === key && place.path === window.location.pathname) {
      restored = true;
      goTo(place);
    }
    const moved = () => document.activeElement === el && note(el, true);
    // A page that goes away takes the focus with it; only one's own leaving counts.
    const left = () => setTimeout(() => document.hasFocus() && el.isConnected && document.activeElement !== el && note(el, false));
    const here = () => {
      restored = true;
      note(el, true);
    };
    document.addEventListener('selectionchange', moved);
    el.addEventListener('blur', left);
    el.addEventListener('focus', here);
    el.addEventListener('input', moved);
    return () => {
      document.removeEventListener('selectionchange', moved);
      el.removeEventListener('blur', left);
      el.removeEventListener('focus', here);
      el.removeEventListener('input', moved);
    };
  }, [key]);
  return ref;
}
