import { queryOptions } from '@tanstack/react-query';
import { api, ask, type Schema } from '@/api/client';
import { queryClient } from '@/api/query';

/** The whole card of a client. */
export function cardQuery(id: string) {
  return queryOptions({
    queryKey: ['clients', id, 'card'],
    queryFn: (): Promise<Schema<'Card'>> => ask(api.GET('/clients/{id}/card', { params: { path: { id } } })),
  });
}

/** Puts what the server said of a client into every place that shows them. */
export function clientChanged(client: Schema<'Client'>) {
  queryClient.setQueryData(cardQuery(client.id).queryKey, (card) => card && { ...card, client });
  void queryClient.invalidateQueries({ queryKey: ['clients'] });
}
