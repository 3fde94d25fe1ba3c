import { ActionIcon, Button } from '@mantine/core';
import { IconArrowLeft, IconPhone, IconUserX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams, useRouter } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Problem, type Schema } from '@/api/client';
import { useCan } from '@/api/session';
import { ClientCard } from '@/card/ClientCard';
import { cardQuery } from '@/card/cardQuery';
import { useCompany } from '@/data/lists';
import { count } from '@/format/number';
import { Bones, Failed } from '@/list/Rows';
import { useFilters } from '@/list/useFilters';
import { useLater } from '@/list/useLater';
import { useListKeys } from '@/list/useListKeys';
import { nameOf } from '@/pages/clients/columns';
import { Empty } from '@/parts/Empty';
import { usePageTitle } from '@/parts/PageHead';
import { useDial } from '@/phone/useDial';
import { Timeline } from '@/timeline/Timeline';
import css from './Client.module.css';

/** A client: what is known, what happened. */
export default function ClientPage() {
  const { t } = useTranslation();
  const { id } = useParams({ strict: false }) as { id: string };
  useCompany();
  const query = useQuery(cardQuery(id));
  const late = useLater(query.isPending);
  if (query.isPending) return <div className="panel">{late && <Bones />}</div>;
  if (query.data?.client) return <ClientView key={id} card={query.data} client={query.data.client} />;
  const gone = query.error instanceof Problem && [404, 422].includes(query.error.status);
  if (query.error && !gone) return <Failed error={query.error} again={() => void query.refetch()} />;
  return (
    <Empty icon={IconUserX} title={t('client.notFound')} text={t('call.notFoundText')}>
      <Button component={Link} to="/clients">
        {t('client.toList')}
      </Button>
    </Empty>
  );
}

function ClientView({ card, client }: { card: Schema<'Card'>; client: Schema<'Client'> }) {
  const { t } = useTranslation();
  const can = useCan();
  const router = useRouter();
  const dial = useDial();
  const [search, change] = useFilters();
  const number = client.phones?.find((p) => p.e164)?.e164;
  usePageTitle(nameOf(client, t));
  const call = () => number && can('calls.make') && dial(number, client.id);
  useListKeys({ c: call });
  return (
    <>
      <div className={css.head}>
        <ActionIcon variant="default" size={32} aria-label={t('call.back')} onClick={() => router.history.back()}>
          <IconArrowLeft size={18} stroke={1.75} aria-hidden />
        </ActionIcon>
        <Link to="/calls" search={{ client: client.id }}>
          {t('client.callsCount', { count: client.calls_count, n: count(client.calls_count) })}
        </Link>
        <div className={css.actions}>
          {number && can('calls.make') && (
            <Button
              variant="filled"
              leftSection={<IconPhone size={16} stroke={1.75} aria-hidden />}
              rightSection={<kbd>C</kbd>}
              onClick={call}
            >
              {t('call.dial')}
            </Button>
          )}
        </div>
      </div>
      <div className={css.page}>
        <ClientCard card={card} alone />
        <Timeline client={client.id} kind={search.kind ?? ''} onKind={(kind) => change({ kind })} writable={can('clients.write')} />
      </div>
    </>
  );
}
