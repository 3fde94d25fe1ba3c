import { useQuery } from '@tanstack/react-query';
import { api, ask, type Schema } from '@/api/client';
import { usePresentCall } from '@/phone/usePresentCall';
import { useDesk } from './tabs';

/** The call on the desk: live as long as it lives, and as it is stored after that. */
export function useDeskCall(): Schema<'Call'> | null {
  const call = usePresentCall();
  const desk = useDesk();
  const live = call && call.id === desk.call ? call : null;
  const { data } = useQuery({
    queryKey: ['calls', desk.call],
    enabled: desk.call !== '',
    queryFn: () => ask(api.GET('/calls/{id}', { params: { path: { id: desk.call } } })),
  });
  const stored = data?.id === desk.call ? data : null;
  if (!live) return stored;
  // What people write is in the stored one only.
  return stored ? { ...live, recording: stored.recording } : live;
}
