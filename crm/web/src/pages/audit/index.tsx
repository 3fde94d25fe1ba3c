import { IconShieldCheck } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { api, ask, type Schema } from '@/api/client';
import { useCompany, useUsers } from '@/data/lists';
import { addDays } from '@/format/days';
import { clockSeconds, full, shortDay } from '@/format/time';
import { FilterBar } from '@/list/FilterBar';
import { FilterPeriod } from '@/list/FilterPeriod';
import { FilterSelect } from '@/list/FilterSelect';
import { type Column, Rows } from '@/list/Rows';
import { useFilters } from '@/list/useFilters';
import { useListKeys } from '@/list/useListKeys';
import { usePages } from '@/list/usePages';
import { Avatar } from '@/parts/Avatar';
import { PageHead } from '@/parts/PageHead';
import type { Search } from '@/router';
import css from './Audit.module.css';
import { actions, dataText } from './audit';

type Line = Schema<'AuditLine'>;

/** Who did what: logins, exports, listening, deletions, rights, settings. */
export default function AuditPage() {
  const { t } = useTranslation();
  const [search, change] = useFilters();
  const company = useCompany();
  useListKeys();
  const filter = filterOf(search, company?.time_zone);
  const pages = usePages(['audit', filter], (cursor) => ask(api.GET('/audit', { params: { query: { ...filter, cursor } as never } })));
  const narrowed = ['action', 'actor', 'object_id', 'from', 'to'].some((n) => search[n]);
  return (
    <>
      <PageHead title={t('audit.title')} />
      <Filters search={search} change={change} />
      <Rows
        label={t('audit.title')}
        columns={columns(t)}
        card={(l) => ({
          title: <b>{actionName(l.action, t)}</b>,
          aside: <Time at={l.at} />,
          second: <span className={css.sub}>{[l.actor?.name, dataText(l.data)].filter(Boolean).join(' · ')}</span>,
        })}
        pages={pages}
        empty={{ icon: IconShieldCheck, title: t(narrowed ? 'audit.emptyFound' : 'audit.empty'), text: t('audit.emptyText') }}
      />
    </>
  );
}

/** The API takes times; days of the company's clock become their beginning and end. */
function filterOf(search: Search, zone: string | undefined) {
  return {
    action: search.action,
    actor: search.actor,
    object_id: search.object_id,
    from: search.from && zone ? midnight(search.from, zone) : undefined,
    to: search.to && zone ? midnight(addDays(search.to, 1), zone) : undefined,
  };
}

/** The moment at which a day begins in a time zone. */
function midnight(day: string, zone: string): string {
  const guess = Date.parse(`${day}T00:00:00Z`);
  const shown = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' })
    .format(guess)
    .replace(' ', 'T');
  return new Date(guess - (Date.parse(`${shown}Z`) - guess)).toISOString();
}

function Filters({ search, change }: { search: Search; change: (to: Search) => void }) {
  const { t } = useTranslation();
  const users = useUsers(true).map((u) => ({ value: u.id, label: u.name }));
  return (
    <FilterBar>
      <FilterPeriod from={search.from} to={search.to} onChange={(d) => change({ from: d.from, to: d.to })} />
      <FilterSelect label={t('audit.who')} value={search.actor} options={users} onChange={(actor) => change({ actor })} />
      <FilterSelect
        label={t('audit.what')}
        value={search.action}
        options={actions.map((a) => ({ value: a, label: actionName(a, t) }))}
        onChange={(action) => change({ action })}
      />
    </FilterBar>
  );
}

function actionName(action: string, t: TFunction): string {
  return t(`audit.action.${action.replace('.', '_')}`, { defaultValue: action });
}

function Time({ at }: { at: string }) {
  return (
    <time dateTime={at} title={full(at)}>
      {shortDay(at)}, {clockSeconds(at)}
    </time>
  );
}

function Thing({ line, t }: { line: Line; t: TFunction }) {
  const name = t(`audit.object.${line.object}`, { defaultValue: line.object });
  if (!line.object_id) return <span>{name}</span>;
  if (line.object === 'recording' || line.object === 'call')
    return (
      <Link data-main to="/calls/$id" params={{ id: line.object_id }}>
        {name}
      </Link>
    );
  if (line.object === 'client')
    return (
      <Link data-main to="/clients/$id" params={{ id: line.object_id }}>
        {name}
      </Link>
    );
  return <span>{name}</span>;
}

function columns(t: TFunction): Column<Line>[] {
  return [
    { key: 'at', head: t('calls.col.when'), width: 170, cell: (l) => <Time at={l.at} /> },
    {
      key: 'actor',
      head: t('audit.who'),
      width: 220,
      cell: (l) =>
        l.actor ? (
          <span className={css.who}>
            <Avatar name={l.actor.name} size={20} />
            {l.actor.name}
          </span>
        ) : (
          <span className={css.sub}>{t('audit.nobody')}</span>
        ),
    },
    { key: 'action', head: t('audit.what'), width: 230, cell: (l) => actionName(l.action, t) },
    { key: 'object', head: t('audit.with'), width: 150, cell: (l) => <Thing line={l} t={t} /> },
    {
      key: 'data',
      head: t('audit.details'),
      cell: (l) => (
        <span className={css.data} title={JSON.stringify(l.data)}>
          {dataText(l.data)}
        </span>
      ),
    },
    { key: 'address', head: t('audit.address'), width: 120, cell: (l) => <span className={css.sub}>{l.address}</span> },
  ];
}
