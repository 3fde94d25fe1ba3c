import { Button, SegmentedControl } from '@mantine/core';
import { IconChartBarOff, IconDownload } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { api, ask, type Schema } from '@/api/client';
import { useCan } from '@/api/session';
import { useChoices, useCompany, useNumbers, useUsers } from '@/data/lists';
import { addDays, daysBetween, period } from '@/format/days';
import { FilterBar } from '@/list/FilterBar';
import { FilterPeriod } from '@/list/FilterPeriod';
import { FilterSelect } from '@/list/FilterSelect';
import { Bones, Failed } from '@/list/Rows';
import { useFilters } from '@/list/useFilters';
import { useLater } from '@/list/useLater';
import { useListKeys } from '@/list/useListKeys';
import { Empty } from '@/parts/Empty';
import { PageHead } from '@/parts/PageHead';
import { Panel } from '@/parts/Panel';
import type { Search } from '@/router';
import { Chart } from './Chart';
import { callsOf, rowName, shown, tiles } from './figures';
import css from './Report.module.css';
import { Table } from './Table';
import { Tiles } from './Tiles';

const groups = ['day', 'hour', 'number', 'source', 'agent', 'queue'] as const;
const narrowing = ['number', 'source', 'agent', 'direction', 'queue', 'outcome', 'end_reason', 'hour', 'client', 'phone'] as const;

type Filter = { [name: string]: string };

function useReport(filter: Filter, enabled: boolean) {
  return useQuery({
    queryKey: ['reports', 'calls', filter],
    enabled,
    staleTime: 30_000,
    placeholderData: keepPreviousData,
    queryFn: () => ask(api.GET('/reports/calls', { params: { query: filter as never } })),
  });
}

/** The call report: tiles, a chart, a table; each number opens the calls behind it. */
export default function ReportPage() {
  const { t, i18n } = useTranslation();
  const can = useCan();
  const navigate = useNavigate();
  const [search, change] = useFilters();
  const company = useCompany();
  const days = search.from || search.to ? { from: search.from, to: search.to } : period('month');
  const filter: Filter = Object.fromEntries(
    Object.entries({ group_by: search.group_by ?? 'day', ...days, ...Object.fromEntries(narrowing.map((n) => [n, search[n]])) }).filter(
      (e): e is [string, string] => Boolean(e[1]),
    ),
  );
  const report = useReport(filter, Boolean(company));
  const was = before(filter);
  const earlier = useReport(was ?? filter, Boolean(company && was));
  const chosen = search.figure ?? 'offered';
  const choose = (figure: string) => change({ figure });
  const download = useRef<HTMLAnchorElement>(null);
  const step = (n: number) => {
    const at = tiles.findIndex((x) => x.code === chosen) + n;
    const code = tiles[Math.min(tiles.length - 1, Math.max(0, at))]?.code;
    if (code) choose(code);
  };
  useListKeys({ arrowleft: () => step(-1), arrowright: () => step(1), e: () => download.current?.click() });
  const late = useLater(report.isPending);
  const data = report.data;
  const open = (row: Schema<'Row'> | undefined) => {
    const cell = row?.cells[chosen];
    if (cell && cell.calls > 0) void navigate({ to: '/calls', search: callsOf(cell) });
  };
  const csv = `/api/v1/reports/calls.csv?${new URLSearchParams({ ...filter, language: i18n.language })}`;
  return (
    <>
      <PageHead title={t('report.title')}>
        {can('reports.export') && (
          <Button
            component="a"
            ref={download}
            href={csv}
            download
            leftSection={<IconDownload size={16} stroke={1.75} aria-hidden />}
            rightSection={<kbd>E</kbd>}
          >
            {t('report.export')}
          </Button>
        )}
      </PageHead>
      <Filters search={search} days={days} change={change} />
      {report.isPending && <div className="panel">{late && <Bones />}</div>}
      {report.error && !data && <Failed error={report.error} again={() => void report.refetch()} />}
      {data && data.total.cells.calls?.value === 0 && (
        <div className="panel">
          <Empty icon={IconChartBarOff} title={t('report.empty')} text={t('report.emptyText')} />
        </div>
      )}
      {data && data.total.cells.calls?.value !== 0 && (
        <div aria-busy={report.isPlaceholderData}>
          <Tiles report={data} before={was && !earlier.isPlaceholderData ? earlier.data : undefined} chosen={chosen} choose={choose} />
          <Picture report={data} earlier={was && !earlier.isPlaceholderData ? earlier.data : undefined} chosen={chosen} onOpen={open} />
          <Panel
            title={t('report.table')}
            bare
            side={
              <SegmentedControl
                size="xs"
                aria-label={t('report.groupBy')}
                value={search.group_by ?? 'day'}
                onChange={(group_by) => change({ group_by })}
                data={groups.map((g) => ({ value: g, label: t(`report.by.${g}`) }))}
              />
            }
          >
            <Table report={data} chosen={chosen} />
          </Panel>
        </div>
      )}
    </>
  );
}

/** The same report for as many days before; undefined when the period has no two days. */
function before(filter: Filter): Filter | undefined {
  const { from, to } = filter;
  if (!from || !to || !/^\d{4}-\d{2}-\d{2}$/.test(from) || !/^\d{4}-\d{2}-\d{2}$/.test(to)) return undefined;
  const n = daysBetween(from, to);
  return n < 1 ? undefined : { ...filter, from: addDays(from, -n), to: addDays(from, -1) };
}

type PictureProps = {
  report: Schema<'Report'>;
  earlier: Schema<'Report'> | undefined;
  chosen: string;
  onOpen: (row: Schema<'Row'> | undefined) => void;
};

function Picture({ report, earlier, chosen, onOpen }: PictureProps) {
  const { t } = useTranslation();
  const formula = (report.formulas ?? []).find((f) => f.code === chosen) ?? report.formulas?.[0];
  if (!formula) return null;
  const rows = report.rows ?? [];
  const value = (r: Schema<'Row'> | undefined) => r?.cells[formula.code]?.value ?? null;
  const byDay = report.group_by === 'day';
  const old = byDay && earlier?.group_by === 'day' ? rows.map((_, i) => value(earlier.rows?.[i])) : undefined;
  const name = t(`report.figure.${formula.code}`);
  return (
    <div className={css.gap}>
      <Panel
        title={t('report.chart', { figure: name, by: t(`report.byOf.${report.group_by}`) })}
        side={
          old && (
            <span className={css.legend} aria-hidden>
              <i /> {t('report.now')} <i className={css.was} /> {t('report.before')}
            </span>
          )
        }
      >
        <Chart
          names={rows.map((r) => rowName(report.group_by, r, t))}
          values={rows.map(value)}
          before={old}
          bars={!byDay}
          label={name}
          format={(v) => shown(formula, v) ?? ''}
          onOpen={(i) => onOpen(rows[i])}
        />
      </Panel>
    </div>
  );
}

function Filters({ search, days, change }: { search: Search; days: { from?: string; to?: string }; change: (to: Search) => void }) {
  const { t } = useTranslation();
  const numbers = useNumbers().map((n) => ({ value: n.e164, label: n.name }));
  const sources = useChoices('sources').map((s) => ({ value: s.id, label: s.name }));
  const users = useUsers(true).map((u) => ({ value: u.id, label: u.name }));
  const set = (name: string) => (value: string | undefined) => change({ [name]: value });
  return (
    <FilterBar>
      <FilterPeriod always from={days.from} to={days.to} onChange={(d) => change({ from: d.from, to: d.to })} />
      <FilterSelect
        label={t('calls.extra.direction')}
        value={search.direction}
        options={['inbound', 'outbound'].map((v) => ({ value: v, label: t(`calls.filter.is.${v}`) }))}
        onChange={set('direction')}
      />
      <FilterSelect label={t('calls.filter.number')} value={search.number} options={numbers} onChange={set('number')} />
      <FilterSelect label={t('calls.filter.source')} value={search.source} options={sources} onChange={set('source')} />
      <FilterSelect label={t('calls.filter.agent')} value={search.agent} options={users} onChange={set('agent')} />
    </FilterBar>
  );
}
