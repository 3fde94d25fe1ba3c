import { Button } from '@mantine/core';
import { IconPhoneOff } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api, ask } from '@/api/client';
import { count } from '@/format/number';
import { Rows } from '@/list/Rows';
import { useFilters } from '@/list/useFilters';
import { useListKeys } from '@/list/useListKeys';
import { usePages } from '@/list/usePages';
import { PageHead } from '@/parts/PageHead';
import { CallFilters } from './CallFilters';
import { card, columns } from './columns';
import { filterOf, names } from './filter';

/** Every call, with its result and its recording. */
export default function CallsPage() {
  const { t } = useTranslation();
  const [search, change] = useFilters();
  const filter = filterOf(search);
  useListKeys();
  const pages = usePages(['calls', 'list', filter], (cursor) =>
    ask(api.GET('/calls', { params: { query: { ...filter, cursor } as never } })),
  );
  const found = useQuery({
    queryKey: ['calls', 'count', filter],
    placeholderData: keepPreviousData,
    queryFn: async () => (await ask(api.GET('/calls/count', { params: { query: filter as never } }))).count,
  });
  const narrowed = Object.keys(filter).length > 0;
  return (
    <>
      <PageHead
        title={t('calls.title')}
        count={found.data === undefined ? undefined : t('calls.found', { count: found.data, n: count(found.data) })}
      />
      <CallFilters search={search} change={change} />
      <Rows
        label={t('calls.title')}
        columns={columns(t)}
        card={card(t)}
        pages={pages}
        empty={{
          icon: IconPhoneOff,
          title: t(narrowed ? 'calls.emptyFound' : 'calls.empty'),
          text: t(narrowed ? 'calls.emptyFoundText' : 'calls.emptyText'),
          action: narrowed && (
            <Button onClick={() => change(Object.fromEntries(names.map((n) => [n, undefined])))}>{t('list.dropAll')}</Button>
          ),
        }}
      />
    </>
  );
}
