import { Store } from '@softphone';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useSyncExternalStore } from 'react';
import { api, ask, Problem, type Schema } from '@/api/client';
import { queryClient } from '@/api/query';
import { softphone } from './softphone';

/** What one writes about a call. */
export type Written = { notes?: string; next_step?: string; outcome?: string };

/** How it stands with what was written. `waiting`: kept here, the server does not answer. */
export type Saving = 'none' | 'typing' | 'saving' | 'saved' | 'waiting' | 'conflict' | 'refused';

type Entry = { written: Written; status: Saving; savedAt: number | null; theirs: Schema<'Call'> | null; code: string };

const empty: Entry = { written: {}, status: 'none', savedAt: null, theirs: null, code: '' };
const settleFor = 700;
const retryAfter = 2_000;

const entries = new Store<Record<string, Entry>>({});
const timers = new Map<string, ReturnType<typeof setTimeout>>();
const busy = new Set<string>();
let owner = '';

const storeKey = () => `ringbook.callNotes.${owner}`;

/** Reads what a person wrote and the server has not got yet, and sends it. */
export function openCallNotes(user: string) {
  if (owner === user) return;
  owner = user;
  try {
    const kept: Record<string, Written> = JSON.parse(localStorage.getItem(storeKey()) ?? '{}');
    entries.set(Object.fromEntries(Object.entries(kept).map(([id, written]) => [id, { ...empty, written, status: 'typing' }])));
  } catch {
    entries.set({});
  }
  for (const id of Object.keys(entries.get())) plan(id, 0);
}

function set(id: string, part: Partial<Entry>) {
  const next = { ...entries.get(), [id]: { ...(entries.get()[id] ?? empty), ...part } };
  entries.set(next);
  const kept = Object.entries(next).filter(([, e]) => Object.keys(e.written).length > 0);
  localStorage.setItem(storeKey(), JSON.stringify(Object.fromEntries(kept.map(([k, e]) => [k, e.written]))));
}

function plan(id: string, after: number) {
  clearTimeout(timers.get(id));
  timers.set(
    id,
    setTimeout(() => void send(id), after),
  );
}

/** Writes to a call; it is sent when the typing pauses. */
export function writeCall(id: string, part: Written) {
  const e = entries.get()[id] ?? empty;
  set(id, { written: { ...e.written, ...part }, status: e.status === 'conflict' ? 'conflict' : 'typing' });
  if (e.status !== 'conflict') plan(id, settleFor);
}

/** Sends at once what is not sent; true when the server has everything. */
export async function flushCall(id: string): Promise<boolean> {
  clearTimeout(timers.get(id));
  await send(id);
  return Object.keys(entries.get()[id]?.written ?? {}).length === 0;
}

/** Ends a conflict: our text stands, theirs is replaced; or theirs stands. */
export function settleConflict(id: string, ours: boolean) {
  const e = entries.get()[id];
  if (e?.theirs) queryClient.setQueryData(['calls', id], e.theirs);
  if (ours) {
    set(id, { status: 'typing', theirs: null });
    plan(id, 0);
  } else {
    set(id, { written: {}, status: 'none', theirs: null });
  }
}

async function send(id: string) {
  const e = entries.get()[id];
  if (!e || busy.has(id) || Object.keys(e.written).length === 0) return;
  const sent = e.written;
  busy.add(id);
  set(id, { status: 'saving' });
  try {
    const base = queryClient.getQueryData<Schema<'Call'>>(['calls', id]);
    const body = base && base.edits > 0 ? { ...sent, edits: base.edits } : sent;
    const now = await ask(api.PATCH('/calls/{id}', { params: { path: { id } }, body }));
    queryClient.setQueryData(['calls', id], now);
    const rest = left(entries.get()[id]?.written ?? {}, sent);
    const more = Object.keys(rest).length > 0;
    set(id, { written: rest, status: more ? 'typing' : 'saved', savedAt: softphone.now(), code: '' });
    if (more) plan(id, settleFor);
  } catch (problem) {
    failed(id, sent, problem);
  } finally {
    busy.delete(id);
  }
}

/** What was written since: the fields that are not what was sent any more. */
function left(written: Written, sent: Written): Written {
  return Object.fromEntries(Object.entries(written).filter(([k, v]) => sent[k as keyof Written] !== v));
}

function failed(id: string, sent: Written, e: unknown) {
  const problem = e instanceof Problem ? e : new Problem('internal', 500);
  if (problem.code === 'changed_meanwhile') {
    const theirs = problem.params.current as Schema<'Call'>;
    const base = queryClient.getQueryData<Schema<'Call'>>(['calls', id]);
    const same = !base || (theirs.notes === base.notes && theirs.next_step === base.next_step) || theirs.notes === sent.notes;
    if (same) {
      queryClient.setQueryData(['calls', id], theirs);
      set(id, { status: 'typing' });
      plan(id, 0);
    } else {
      set(id, { status: 'conflict', theirs });
    }
    return;
  }
  // The call itself is stored a moment after it began, so that not found is waited for as well.
  if (problem.status === 0 || problem.status >= 500 || problem.status === 404 || problem.status === 401 || problem.status === 429) {
    set(id, { status: 'waiting', code: problem.code });
    plan(id, retryAfter);
    return;
  }
  set(id, { status: 'refused', code: problem.code });
}

/** A call as it is stored, with what one has written and not saved on top; and how it stands with the saving. */
export function useCallNotes(id: string) {
  const all = useSyncExternalStore(entries.subscribe, entries.get);
  const e = all[id] ?? empty;
  const { data } = useQuery({
    queryKey: ['calls', id],
    enabled: id !== '',
    queryFn: () => ask(api.GET('/calls/{id}', { params: { path: { id } } })),
  });
  useEffect(() => {
    if (id && Object.keys(entries.get()[id]?.written ?? {}).length > 0) plan(id, 0);
  }, [id]);
  return {
    stored: data,
    notes: e.written.notes ?? data?.notes ?? '',
    nextStep: e.written.next_step ?? data?.next_step ?? '',
    outcome: e.written.outcome ?? data?.outcome?.id ?? '',
    status: e.status,
    code: e.code,
    savedAt: e.savedAt,
    theirs: e.theirs,
  };
}

/** The calls that have something unsaved. */
export function useUnsaved(): string[] {
  const all = useSyncExternalStore(entries.subscribe, entries.get);
  return Object.keys(all).filter((id) => Object.keys(all[id]?.written ?? {}).length > 0);
}
