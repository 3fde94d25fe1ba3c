import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api, ask, type Schema } from '@/api/client';
import { ClientCard } from '@/card/ClientCard';
import { cardQuery } from '@/card/cardQuery';
import { useLiveState } from '@/live/useLive';
import { callName } from '@/phone/names';
import { Choose } from './Choose';
import { Bones } from './ClientTab';
import css from './Desk.module.css';
import { Why } from './Why';

/** The card of whoever is on the line: what came with the pop at once, then as it is now. */
export function CallCard({ call }: { call: Schema<'Call'> }) {
  const { t } = useTranslation();
  const live = useLiveState();
  const popped = live.call?.id === call.id ? live.card : null;
  const lookup = useQuery({
    queryKey: ['clients', 'lookup', call.phone],
    enabled: !popped && !call.client && call.phone !== '',
    queryFn: () => ask(api.GET('/lookup', { params: { query: { phone: call.phone } } })),
  });
  const known = popped ?? lookup.data ?? null;
  const id = call.client?.id ?? known?.client?.id ?? '';
  const query = useQuery({
    ...cardQuery(id),
    enabled: id !== '',
    placeholderData: known?.client?.id === id ? known : undefined,
  });
  if (id) {
    if (!query.data) return <Bones />;
    const match = known?.client?.id === id ? known.match : null;
    return <ClientCard card={query.data} compact why={<Why call={call} match={match} client={query.data.client} />} />;
  }
  if (!known && call.phone && !lookup.isError) return <Bones />;
  return (
    <section className="panel" aria-label={callName(call)}>
      <div className={css.stranger}>
        <h1>{callName(call)}</h1>
        {call.caller && call.match === 'unparsable' && <span className={css.soft}>{t('desk.asSent', { text: call.caller })}</span>}
      </div>
      <Choose call={call} match={known?.match ?? null} candidates={known?.candidates ?? []} />
    </section>
  );
}
