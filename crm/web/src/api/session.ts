import { queryOptions, useQuery } from '@tanstack/react-query';
import { api, ask, Problem, type Schema, setCSRF } from './client';

/** Asks who is logged in; null for nobody. */
export async function readSession(): Promise<Schema<'SessionState'> | null> {
  try {
    const s = await ask(api.GET('/session'));
    setCSRF(s.csrf);
    return s;
  } catch (e) {
    if (e instanceof Problem && e.status === 401) return null;
    throw e;
  }
}

/** Who is logged in; null for nobody. */
export const sessionQuery = queryOptions({ queryKey: ['session'], staleTime: 60_000, queryFn: readSession });

/** The person of this session. Only below the frame, which shows nothing without one. */
export function useMe(): Schema<'Me'> {
  const { data } = useQuery(sessionQuery);
  if (!data) throw new Error('no session');
  return data.me;
}

/** Says whether the person has a right at any scope: `can('calls.read')`. A scope may be named: `can('calls.read.all')`. */
export function useCan(): (right: string) => boolean {
  const { data } = useQuery(sessionQuery);
  const rights = data?.me.rights ?? [];
  return (right) => rights.some((r) => r === right || r.startsWith(`${right}.`));
}
