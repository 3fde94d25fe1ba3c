import { Button } from '@mantine/core';
import { IconPhone, IconPhoneCheck } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, ask } from '@/api/client';
import { queryClient } from '@/api/query';
import { useCan } from '@/api/session';
import { useCompany, useNumbers, useUsers } from '@/data/lists';
import { clock } from '@/format/time';
import { FilterBar } from '@/list/FilterBar';
import { FilterSelect } from '@/list/FilterSelect';
import { Bones, Failed } from '@/list/Rows';
import { useFilters } from '@/list/useFilters';
import { useLater } from '@/list/useLater';
import { useListKeys } from '@/list/useListKeys';
import { useNow } from '@/list/useNow';
import { usePages } from '@/list/usePages';
import { Empty } from '@/parts/Empty';
import { PageHead } from '@/parts/PageHead';
import { ProblemText } from '@/parts/ProblemText';
import { done, say } from '@/parts/undo';
import { useDial } from '@/phone/useDial';
import type { Search } from '@/router';
import { ClosedCard, DebtCard, debtName, type Reason } from './DebtCard';
import { board, columns } from './debts';
import { Figures } from './Figures';
import css from './Missed.module.css';

function useDebts(state: 'open' | 'closed', search: Search) {
  const filter = { owner: search.owner, number: search.number };
  return usePages(['missed', state, filter], (cursor) =>
    ask(api.GET('/missed', { params: { query: { state, ...filter, limit: state === 'open' ? 200 : 20, cursor } } })),
  );
}

/** Missed calls: what we owe to whom, until somebody has talked to them. */
export default function MissedPage() {
  const { t } = useTranslation();
  const can = useCan();
  const dial = useDial();
  const [search, change] = useFilters();
  const now = useNow(15_000).getTime();
  const [menu, setMenu] = useState<string>();
  useCompany();
  const open = useDebts('open', search);
  const closed = useDebts('closed', search);
  const reopen = useMutation({
    mutationFn: (id: string) => ask(api.POST('/missed/{id}/reopen', { params: { path: { id } } })),
    onSuccess: (m) => say(t('missed.reopened', { name: debtName(m) })),
    onSettled: () => void queryClient.invalidateQueries({ queryKey: ['missed'] }),
  });
  const close = useMutation({
    mutationFn: ({ id, reason }: { id: string; reason: Reason }) =>
      ask(api.POST('/missed/{id}/close', { params: { path: { id } }, body: { reason } })),
    onSuccess: (m) => {
      done(t('missed.closed', { name: debtName(m) }), () => reopen.mutate(m.id));
      void queryClient.invalidateQueries({ queryKey: ['missed'] });
    },
  });
  const trouble = close.error ?? reopen.error;
  const by = board(open.items, now);
  const first = columns.map((c) => by[c][0]).find(Boolean);
  const call = (id: string | undefined) => {
    const m = open.items.find((i) => i.id === id) ?? first;
    if (m && can('calls.make')) dial(m.phone, m.client?.id);
  };
  useListKeys({ c: call, x: (row) => row && setMenu(row) });
  const late = useLater(open.isPending);
  return (
    <>
      <PageHead
        title={t('missed.title')}
        count={
          open.data && t('missed.count', { count: open.items.length, n: open.hasNextPage ? `${open.items.length}+` : open.items.length })
        }
      >
        {first && can('calls.make') && (
          <Button
            variant="filled"
            color="var(--rb-green-fill)"
            leftSection={<IconPhone size={16} stroke={1.75} aria-hidden />}
            rightSection={<kbd>C</kbd>}
            onClick={() => call(first.id)}
          >
            {t('missed.callFirst')}
          </Button>
        )}
      </PageHead>
      <Figures owner={search.owner} number={search.number} />
      <Filters search={search} change={change} />
      {trouble && (
        <p role="alert">
          <ProblemText problem={trouble} />
        </p>
      )}
      {open.isPending && <div className="panel">{late && <Bones rows={6} />}</div>}
      {open.error && open.items.length === 0 && <Failed error={open.error} again={() => void open.refetch()} />}
      {open.data && (
        <div className={css.board}>
          {open.items.length === 0 && (
            <div className={`panel ${css.success}`}>
              <Empty
                icon={IconPhoneCheck}
                title={t('missed.none')}
                text={t(closed.items[0]?.closed_at ? 'missed.noneLast' : 'missed.noneText', {
                  at: clock(closed.items[0]?.closed_at ?? new Date()),
                })}
              />
            </div>
          )}
          {open.items.length > 0 &&
            columns.map((c) => (
              <section
                key={c}
                className={`${css.column} ${css[c as keyof typeof css] ?? ''} ${by[c].length === 0 ? css.empty : ''}`}
                aria-label={t(`missed.column.${c}`)}
              >
                <h2>
                  {t(`missed.column.${c}`)} <span>{by[c].length}</span>
                </h2>
                <p className={css.hint}>{t(`missed.hint.${c}`)}</p>
                <ul className={css.list}>
                  {by[c].map((m) => (
                    <DebtCard
                      key={m.id}
                      m={m}
                      now={now}
                      closing={close.isPending && close.variables.id === m.id}
                      onClose={(reason) => close.mutate({ id: m.id, reason })}
                      opened={menu === m.id}
                      setOpened={(o) => setMenu(o ? m.id : undefined)}
                    />
                  ))}
                </ul>
              </section>
            ))}
          <section className={`${css.column} ${css.closed}`} aria-label={t('missed.column.closed')}>
            <h2>{t('missed.column.closed')}</h2>
            <p className={css.hint}>{t('missed.hint.closed')}</p>
            <ul className={css.list}>
              {closed.items.map((m) => (
                <ClosedCard key={m.id} m={m} reopen={can('missed.close') ? () => reopen.mutate(m.id) : undefined} />
              ))}
            </ul>
            {closed.hasNextPage && (
              <Button mt={8} fullWidth loading={closed.isFetchingNextPage} onClick={() => void closed.fetchNextPage()}>
                {t('common.more')}
              </Button>
            )}
          </section>
        </div>
      )}
    </>
  );
}

function Filters({ search, change }: { search: Search; change: (to: Search) => void }) {
  const { t } = useTranslation();
  const users = useUsers().map((u) => ({ value: u.id, label: u.name }));
  const numbers = useNumbers().map((n) => ({ value: n.e164, label: n.name }));
  return (
    <FilterBar>
      <FilterSelect
        label={t('missed.owner')}
        value={search.owner}
        options={[...users, { value: 'none', label: t('missed.nobody') }]}
        onChange={(owner) => change({ owner })}
      />
      <FilterSelect label={t('calls.filter.number')} value={search.number} options={numbers} onChange={(number) => change({ number })} />
      <span className={css.sub}>{t('missed.rule')}</span>
    </FilterBar>
  );
}
