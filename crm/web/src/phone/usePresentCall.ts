import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { api, ask, type Schema } from '@/api/client';
import { cardQuery } from '@/card/cardQuery';
import { useLiveState } from '@/live/useLive';

/** The live call with its client as one knows them now: chosen by hand or named since it began to ring. Asks for nothing by itself. */
export function usePresentCall(): Schema<'Call'> | null {
  const { call } = useLiveState();
  const id = call?.id ?? '';
  const { data: stored } = useQuery({
    queryKey: ['calls', id],
    enabled: false,
    queryFn: () => ask(api.GET('/calls/{id}', { params: { path: { id } } })),
  });
  const chosen = stored?.match === 'chosen' ? stored.client : null;
  const client = chosen ?? call?.client ?? stored?.client ?? null;
  const { data: card } = useQuery({ ...cardQuery(client?.id ?? ''), enabled: false });
  const name = card?.client?.name || client?.name || '';
  return useMemo(() => call && { ...call, client: client && { ...client, name } }, [call, client, name]);
}
