import { ActionIcon, Button } from '@mantine/core';
import { IconArrowLeft, IconPencil, IconPhone, IconUserX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams, useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, ask, Problem, type Schema } from '@/api/client';
import { useCan } from '@/api/session';
import { useCompany } from '@/data/lists';
import { Bones, Failed } from '@/list/Rows';
import { useFilters } from '@/list/useFilters';
import { useLater } from '@/list/useLater';
import { useListKeys } from '@/list/useListKeys';
import { nameOf } from '@/pages/clients/columns';
import { Avatar } from '@/parts/Avatar';
import { Empty } from '@/parts/Empty';
import { usePageTitle } from '@/parts/PageHead';
import { useDial } from '@/phone/useDial';
import { Timeline } from '@/timeline/Timeline';
import css from './Client.module.css';
import { ClientFacts } from './ClientFacts';
import { EditClient } from './EditClient';

/** A client: what is known, what happened. */
export default function ClientPage() {
  const { t } = useTranslation();
  const { id } = useParams({ strict: false }) as { id: string };
  useCompany();
  const query = useQuery({
    queryKey: ['clients', id],
    queryFn: () => ask(api.GET('/clients/{id}', { params: { path: { id } } })),
  });
  const late = useLater(query.isPending);
  if (query.isPending) return <div className="panel">{late && <Bones />}</div>;
  if (!query.data) {
    const gone = query.error instanceof Problem && [404, 422].includes(query.error.status);
    if (!gone) return <Failed error={query.error ?? new Error('client')} again={() => void query.refetch()} />;
    return (
      <Empty icon={IconUserX} title={t('client.notFound')} text={t('call.notFoundText')}>
        <Button component={Link} to="/clients">
          {t('client.toList')}
        </Button>
      </Empty>
    );
  }
  return <ClientView key={id} client={query.data} />;
}

function ClientView({ client }: { client: Schema<'Client'> }) {
  const { t } = useTranslation();
  const can = useCan();
  const router = useRouter();
  const dial = useDial();
  const [search, change] = useFilters();
  const [editing, setEditing] = useState(false);
  const write = can('clients.write');
  const number = client.phones?.find((p) => p.e164)?.e164;
  const name = nameOf(client, t);
  usePageTitle(name);
  useListKeys({
    e: () => write && setEditing(true),
    c: () => number && can('calls.make') && dial(number, client.id),
  });
  return (
    <>
      <div className={css.head}>
        <ActionIcon variant="default" size={32} aria-label={t('call.back')} onClick={() => router.history.back()}>
          <IconArrowLeft size={18} stroke={1.75} aria-hidden />
        </ActionIcon>
        <Avatar name={client.name} size={36} company={client.kind === 'company'} />
        <div>
          <h1>{name}</h1>
          <div className={css.sub}>
            {[client.kind === 'person' ? client.company : '', client.city, client.owner?.name].filter(Boolean).join(' · ')}
          </div>
        </div>
        <div className={css.actions}>
          {write && (
            <Button
              leftSection={<IconPencil size={16} stroke={1.75} aria-hidden />}
              rightSection={<kbd>E</kbd>}
              onClick={() => setEditing(true)}
            >
              {t('client.editShort')}
            </Button>
          )}
          {number && can('calls.make') && (
            <Button
              variant="filled"
              leftSection={<IconPhone size={16} stroke={1.75} aria-hidden />}
              rightSection={<kbd>C</kbd>}
              onClick={() => dial(number, client.id)}
            >
              {t('call.dial')}
            </Button>
          )}
        </div>
      </div>
      <div className={css.page}>
        <ClientFacts client={client} />
        <Timeline client={client.id} kind={search.kind ?? ''} onKind={(kind) => change({ kind })} writable={write} />
      </div>
      {editing && <EditClient client={client} close={() => setEditing(false)} />}
    </>
  );
}
