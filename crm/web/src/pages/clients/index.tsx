import { Button } from '@mantine/core';
import { IconPlus, IconUsers } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, ask } from '@/api/client';
import { useCan } from '@/api/session';
import { useChoices, useCompany, useTags, useUsers } from '@/data/lists';
import { FilterBar } from '@/list/FilterBar';
import { FilterSelect } from '@/list/FilterSelect';
import { FilterText } from '@/list/FilterText';
import { Rows } from '@/list/Rows';
import { useFilters } from '@/list/useFilters';
import { useListKeys } from '@/list/useListKeys';
import { usePages } from '@/list/usePages';
import { PageHead } from '@/parts/PageHead';
import { useDial } from '@/phone/useDial';
import type { Search } from '@/router';
import { card, columns } from './columns';
import { NewClient } from './NewClient';

const names = ['q', 'owner', 'tag', 'source', 'kind', 'unnamed'] as const;
const sorts = ['new', 'name', 'last_call'] as const;
const none: Search = Object.fromEntries(names.map((n) => [n, undefined]));

/** The clients: whoever was named or talked to. */
export default function ClientsPage() {
  const { t } = useTranslation();
  const can = useCan();
  const dial = useDial();
  const [search, change] = useFilters();
  const [making, setMaking] = useState(false);
  useCompany();
  const write = can('clients.write');
  useListKeys(write ? { n: () => setMaking(true) } : {});
  const filter = Object.fromEntries([...names, 'sort' as const].flatMap((n) => (search[n] ? [[n, search[n]]] : [])));
  const pages = usePages(['clients', 'list', filter], (cursor) =>
    ask(api.GET('/clients', { params: { query: { sort: 'last_call', ...filter, cursor } as never } })),
  );
  const narrowed = names.some((n) => search[n]);
  const dialer = can('calls.make') ? dial : undefined;
  return (
    <>
      <PageHead title={t('clients.title')}>
        {write && (
          <Button
            variant="filled"
            leftSection={<IconPlus size={16} stroke={1.75} aria-hidden />}
            rightSection={<kbd>N</kbd>}
            onClick={() => setMaking(true)}
          >
            {t('clients.add')}
          </Button>
        )}
      </PageHead>
      <ClientFilters search={search} change={change} narrowed={narrowed} />
      <Rows
        label={t('clients.title')}
        columns={columns(t, dialer)}
        card={card(t, dialer)}
        pages={pages}
        empty={{
          icon: IconUsers,
          title: t(narrowed ? 'clients.emptyFound' : 'clients.empty'),
          text: t(narrowed ? 'clients.emptyFoundText' : 'clients.emptyText'),
          action: narrowed ? <Button onClick={() => change(none)}>{t('list.dropAll')}</Button> : undefined,
        }}
      />
      {making && <NewClient close={() => setMaking(false)} />}
    </>
  );
}

function ClientFilters({ search, change, narrowed }: { search: Search; change: (to: Search) => void; narrowed: boolean }) {
  const { t } = useTranslation();
  const users = useUsers(true).map((u) => ({ value: u.id, label: u.name }));
  const tags = useTags().map((v) => ({ value: v, label: v }));
  const sources = [...new Set(useChoices('sources').map((s) => s.name))].map((v) => ({ value: v, label: v }));
  const set = (name: string) => (value: string | undefined) => change({ [name]: value });
  return (
    <FilterBar>
      <FilterText wide label={t('clients.search')} value={search.q} onChange={set('q')} />
      <FilterSelect label={t('clients.owner')} value={search.owner} options={users} onChange={set('owner')} />
      <FilterSelect label={t('clients.tag')} value={search.tag} options={tags} onChange={set('tag')} any={t('clients.anyTag')} />
      <FilterSelect label={t('clients.source')} value={search.source} options={sources} onChange={set('source')} />
      <FilterSelect
        label={t('clients.kind')}
        value={search.kind}
        options={['person', 'company'].map((v) => ({ value: v, label: t(`clients.${v}`) }))}
        onChange={set('kind')}
      />
      <FilterSelect
        label={t('clients.names')}
        value={search.unnamed}
        any={t('clients.named')}
        options={[{ value: 'only', label: t('clients.unnamedOnly') }]}
        onChange={set('unnamed')}
      />
      <FilterSelect
        label={t('clients.sort')}
        value={search.sort}
        any={t('clients.sorts.last_call')}
        options={sorts.filter((s) => s !== 'last_call').map((v) => ({ value: v, label: t(`clients.sorts.${v}`) }))}
        onChange={set('sort')}
      />
      {narrowed && (
        <Button size="compact-sm" variant="subtle" onClick={() => change(none)}>
          {t('list.dropAll')}
        </Button>
      )}
    </FilterBar>
  );
}
