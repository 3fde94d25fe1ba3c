import { useCallback, useRef, useState } from 'react';
import { api, ask, Problem, type Schema } from '@/api/client';
import { clientChanged } from './cardQuery';

type Client = Schema<'Client'>;
type Change = Omit<Schema<'ClientChange'>, 'version'>;

/** How it stands with the saving of a card. */
export type CardSaving = {
  status: 'none' | 'saving' | 'saved' | 'refused' | 'conflict';
  at: number;
  problem: Problem | null;
  /** What a colleague made of the card meanwhile, and what we wanted. */
  theirs: Client | null;
  /** Who that was. */
  by: string;
  ours: Change | null;
};

const nothing: CardSaving = { status: 'none', at: 0, problem: null, theirs: null, by: '', ours: null };

function asText(v: unknown): string {
  return JSON.stringify(v ?? null);
}

/** Whether a colleague changed one of the fields that we change. */
function collides(change: Change, base: Client, theirs: Client): boolean {
  return (Object.keys(change) as (keyof Change)[]).some((k) => {
    const read = (c: Client) => (k === 'owner_id' ? c.owner?.id : c[k as keyof Client]);
    return asText(read(base)) !== asText(read(theirs));
  });
}

/** Saves changes of a card as they are made. A colleague's change of another field is no conflict; of the same, one is asked. */
export function useClientEdit(client: Client) {
  const [saving, setSaving] = useState<CardSaving>(nothing);
  const newest = useRef(client);
  if (client.version > newest.current.version || client.id !== newest.current.id) newest.current = client;

  const save = useCallback(async (change: Change): Promise<boolean> => {
    for (let attempt = 0; attempt < 3; attempt++) {
      const base = newest.current;
      setSaving({ ...nothing, status: 'saving' });
      try {
        const now = await ask(
          api.PATCH('/clients/{id}', { params: { path: { id: base.id } }, body: { ...change, version: base.version } }),
        );
        newest.current = now;
        clientChanged(now);
        setSaving({ ...nothing, status: 'saved', at: Date.now() });
        return true;
      } catch (e) {
        const problem = e instanceof Problem ? e : new Problem('internal', 500);
        const theirs = problem.code === 'changed_meanwhile' ? (problem.params.current as Client) : null;
        if (!theirs) {
          setSaving({ ...nothing, status: 'refused', problem });
          return false;
        }
        newest.current = theirs;
        if (collides(change, base, theirs)) {
          setSaving({ ...nothing, status: 'conflict', theirs, by: String(problem.params.by ?? ''), ours: change });
          return false;
        }
      }
    }
    return false;
  }, []);

  const keepOurs = useCallback(() => saving.ours && save(saving.ours), [saving.ours, save]);
  const keepTheirs = useCallback(() => {
    if (saving.theirs) clientChanged(saving.theirs);
    setSaving(nothing);
  }, [saving.theirs]);
  return { saving, save, keepOurs, keepTheirs };
}
