import { Store } from '@softphone';
import { useSyncExternalStore } from 'react';

/** A card that stands open on the desk. */
export type Tab = { id: string; title: string };

/** The desk: open cards, which one is shown, and the call whose panel is shown. */
export type Desk = { tabs: Tab[]; active: string; call: string };

/** The tab of the present call, and the day's overview. */
export const callTab = 'call';
export const dayTab = 'day';

const desk = new Store<Desk>({ tabs: [], active: dayTab, call: '' });
let owner = '';
const key = () => `ringbook.desk.${owner}`;

/** Reads the desk as the person left it. */
export function openDesk(user: string) {
  if (owner === user) return;
  owner = user;
  try {
    const kept = JSON.parse(localStorage.getItem(key()) ?? 'null');
    desk.set(kept ?? { tabs: [], active: dayTab, call: '' });
  } catch {
    desk.set({ tabs: [], active: dayTab, call: '' });
  }
}

function change(part: Partial<Desk>) {
  desk.patch(part);
  localStorage.setItem(key(), JSON.stringify(desk.get()));
}

/** The desk, followed. */
export function useDesk(): Desk {
  return useSyncExternalStore(desk.subscribe, desk.get);
}

export function deskNow(): Desk {
  return desk.get();
}

/** Opens a card as a tab and shows it. */
export function openTab(tab: Tab) {
  const { tabs } = desk.get();
  change({ tabs: tabs.some((t) => t.id === tab.id) ? tabs : [...tabs, tab], active: tab.id });
}

export function showTab(id: string) {
  change({ active: id });
}

export function closeTab(id: string) {
  const { tabs, active, call } = desk.get();
  change({ tabs: tabs.filter((t) => t.id !== id), active: active === id ? (call ? callTab : dayTab) : active });
}

/** Puts a call on the desk; shown at once unless somebody is writing. */
export function putCall(id: string, show: boolean) {
  change({ call: id, active: show ? callTab : desk.get().active });
}

/** Takes the call off the desk. */
export function clearCall() {
  const { active, tabs } = desk.get();
  change({ call: '', active: active === callTab ? (tabs.at(-1)?.id ?? dayTab) : active });
}
