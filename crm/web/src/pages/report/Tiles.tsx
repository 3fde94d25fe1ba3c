import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { percent } from '@/format/number';
import { FormulaInfo } from './Formula';
import { callsOf, change, shown, tiles } from './figures';
import css from './Report.module.css';

type Props = { report: Schema<'Report'>; before: Schema<'Report'> | undefined; chosen: string; choose: (code: string) => void };

/** The figures of the whole period, each beside the one before; a tile chooses what the chart shows, its number opens the calls. */
export function Tiles({ report, before, chosen, choose }: Props) {
  const { t } = useTranslation();
  return (
    <div className={css.tiles}>
      {tiles.map(({ code, good }) => {
        const formula = (report.formulas ?? []).find((f) => f.code === code);
        const cell = report.total.cells[code];
        if (!formula || !cell) return null;
        const was = before?.total.cells[code]?.value;
        const delta = change(formula, cell.value, was);
        const look = !delta || !good ? '' : delta * good > 0 ? css.good : css.bad;
        return (
          <section key={code} className={`panel ${css.tile} ${chosen === code ? css.chosen : ''}`} aria-label={t(`report.figure.${code}`)}>
            <div className={css.top}>
              <button type="button" className={css.pick} aria-pressed={chosen === code} data-tile={code} onClick={() => choose(code)}>
                {t(`report.figure.${code}`)}
              </button>
              <FormulaInfo formula={formula} />
            </div>
            <Link to="/calls" search={callsOf(cell)} className={css.figure}>
              {shown(formula, cell.value) ?? t('common.none')}
            </Link>
            <div className={css.delta}>
              {delta !== undefined && (
                <span className={look}>
                  {formula.unit === 'share' ? t('report.points', { n: signed(delta * 100) }) : signedShare(delta)}{' '}
                </span>
              )}
              {before && t('report.was', { value: shown(formula, was) ?? t('common.none') })}
            </div>
          </section>
        );
      })}
    </div>
  );
}

const signed = (n: number) => `${n > 0 ? '+' : n < 0 ? '−' : ''}${Math.abs(n).toFixed(1)}`;
const signedShare = (n: number) => `${n > 0 ? '+' : n < 0 ? '−' : ''}${percent(Math.round(Math.abs(n) * 100) / 100)}`;
