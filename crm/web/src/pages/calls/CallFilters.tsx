import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useCan, useMe } from '@/api/session';
import { useChoices, useNumbers, useUsers } from '@/data/lists';
import { phone } from '@/format/phone';
import { FilterBar } from '@/list/FilterBar';
import { FilterPeriod } from '@/list/FilterPeriod';
import { FilterSelect } from '@/list/FilterSelect';
import { FilterText } from '@/list/FilterText';
import type { Search } from '@/router';
import { Extra } from './Extra';
import { names, stateOf, states } from './filter';
import { endReasons } from './words';

type Props = { search: Search; change: (to: Search) => void };

/** The conditions of the list of calls. */
export function CallFilters({ search, change }: Props) {
  const { t } = useTranslation();
  const can = useCan();
  const me = useMe();
  const none = { value: 'none', label: t('calls.none') };
  const users = useUsers(true).map((u) => ({ value: u.id, label: u.name }));
  const numbers = useNumbers().map((n) => ({ value: n.e164, label: `${n.name} ${phone(n.e164)}` }));
  const named = (list: { id: string; name: string }[]) => [...list.map((c) => ({ value: c.id, label: c.name })), none];
  const sources = named(useChoices('sources'));
  const outcomes = named(useChoices('outcomes'));
  const set = (name: string) => (value: string | undefined) => change({ [name]: value });
  const own = !can('calls.read.team') && !can('calls.read.all');
  return (
    <FilterBar>
      <FilterText label={t('calls.filter.phone')} value={search.phone} onChange={set('phone')} />
      <FilterPeriod from={search.from} to={search.to} onChange={(days) => change({ from: days.from, to: days.to })} />
      <FilterSelect
        label={t('calls.filter.state')}
        value={stateOf(search)}
        options={states.map((s) => ({ value: s.name, label: t(`calls.filter.is.${s.name}`) }))}
        onChange={(name) => change({ ...states[0]?.drop, ...states.find((s) => s.name === name)?.set })}
      />
      {!own && (
        <FilterSelect
          label={t('calls.filter.agent')}
          value={search.agent}
          options={[...mine(users, me.id), none]}
          onChange={set('agent')}
        />
      )}
      <FilterSelect label={t('calls.filter.number')} value={search.number} options={[...numbers, none]} onChange={set('number')} />
      <FilterSelect label={t('calls.filter.source')} value={search.source} options={sources} onChange={set('source')} />
      <FilterSelect label={t('calls.filter.outcome')} value={search.outcome} options={outcomes} onChange={set('outcome')} />
      <FilterSelect
        label={t('calls.filter.end')}
        value={search.end_reason}
        options={endReasons.map((r) => ({ value: r, label: t(`calls.end.${r}`) }))}
        onChange={set('end_reason')}
      />
      <FilterSelect
        label={t('calls.filter.recorded')}
        value={search.recorded}
        options={['true', 'false'].map((v) => ({ value: v, label: t(`calls.filter.recordedIs.${v}`) }))}
        onChange={set('recorded')}
      />
      <Extra search={search} change={change} />
      {names.some((n) => search[n]) && (
        <Button size="compact-sm" variant="subtle" onClick={() => change(Object.fromEntries(names.map((n) => [n, undefined])))}>
          {t('list.dropAll')}
        </Button>
      )}
    </FilterBar>
  );
}

/** Oneself first. */
function mine(users: { value: string; label: string }[], me: string) {
  return [...users.filter((u) => u.value === me), ...users.filter((u) => u.value !== me)];
}
