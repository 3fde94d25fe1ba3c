import { useQuery } from '@tanstack/react-query';
import { api, ask, type Schema } from '@/api/client';
import { useCan } from '@/api/session';

/** One's own desk phone and whether it has registered; asked for anew every few seconds while it is shown. */
export function useDeskPhone(): Schema<'MyDeskPhone'> | undefined {
  const can = useCan();
  const { data } = useQuery({
    queryKey: ['settings', 'desk-phone'],
    enabled: can('calls.make'),
    queryFn: () => ask(api.GET('/desk-phone')),
    refetchInterval: 5_000,
  });
  return data;
}
