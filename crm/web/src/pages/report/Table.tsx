import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { FormulaInfo } from './Formula';
import { callsOf, rowName, shown } from './figures';
import css from './Report.module.css';

type Report = Schema<'Report'>;
type Row = Schema<'Row'>;

/** The whole report: a row a group, a total, and behind each number its calls. */
export function Table({ report, chosen }: { report: Report; chosen: string }) {
  const { t } = useTranslation();
  const [sort, setSort] = useState<{ code: string; down: boolean }>();
  const formulas = report.formulas ?? [];
  const rows = [...(report.rows ?? [])];
  if (sort) rows.sort((a, b) => (sort.down ? -1 : 1) * ((a.cells[sort.code]?.value ?? -1) - (b.cells[sort.code]?.value ?? -1)));
  const by = (code: string) => setSort((s) => (s?.code !== code ? { code, down: true } : s.down ? { code, down: false } : undefined));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
    // biome-ignore lint/a11y/useSemanticElements: not a form's fields
    <div className={css.scroll} tabIndex={0} role="group" aria-label={t('report.scroll')}>
      <table className={css.table} aria-label={t('report.table')}>
        <thead>
          <tr>
            <th scope="col">{t(`report.by.${report.group_by}`)}</th>
            {formulas.map((f) => (
              <th key={f.code} scope="col" aria-sort={sort?.code === f.code ? (sort.down ? 'descending' : 'ascending') : undefined}>
                <span className={css.head}>
                  <button type="button" className={`${css.sort} ${sort?.code === f.code ? css.sorted : ''}`} onClick={() => by(f.code)}>
                    {t(`report.figure.${f.code}`)}
                    {sort?.code === f.code && (sort.down ? ' ↓' : ' ↑')}
                  </button>
                  <FormulaInfo formula={f} />
                </span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((r) => (
            <Line key={r.key} row={r} name={rowName(report.group_by, r, t)} report={report} chosen={chosen} />
          ))}
        </tbody>
        <tfoot>
          <Line row={report.total} name={t('report.total')} report={report} chosen={chosen} />
        </tfoot>
      </table>
    </div>
  );
}

function Line({ row, name, report, chosen }: { row: Row; name: string; report: Report; chosen: string }) {
  const { t } = useTranslation();
  return (
    <tr>
      <th scope="row">{name}</th>
      {(report.formulas ?? []).map((f) => {
        const cell = row.cells[f.code];
        const text = cell && shown(f, cell.value);
        return (
          <td key={f.code}>
            {!cell || text === undefined ? (
              <span className={css.none}>{t('common.none')}</span>
            ) : cell.calls === 0 ? (
              <span className={css.none}>{text}</span>
            ) : (
              <Link to="/calls" search={callsOf(cell)} className={`${css.cell} ${f.code === chosen ? css.main : ''}`}>
                {text}
              </Link>
            )}
          </td>
        );
      })}
    </tr>
  );
}
