import { useNavigate } from '@tanstack/react-router';
import { useCallback } from 'react';
import { act } from './actions';

/** Begins a call to a number, for a client if one is named: `dial('+79165550173', client.id)`. The desk shows it. */
export function useDial(): (to: string, client?: string) => void {
  const navigate = useNavigate();
  return useCallback(
    (to, client) => {
      void act(client ? { type: 'dial', to, client } : { type: 'dial', to }).then((begun) => {
        if (begun) void navigate({ to: '/' });
      });
    },
    [navigate],
  );
}
