import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api, ask } from '@/api/client';
import { duration } from '@/format/duration';
import { count, percent } from '@/format/number';
import css from './Figures.module.css';

type Props = { owner?: string; number?: string };

/** What became of the missed calls of the last days: how fast, how much in time, how many were reached, how many are lost. */
export function Figures({ owner, number }: Props) {
  const { t } = useTranslation();
  const { data } = useQuery({
    queryKey: ['missed', 'figures', { owner, number }],
    queryFn: () => ask(api.GET('/missed/figures', { params: { query: { owner, number } } })),
  });
  if (!data) return <div className={`panel ${css.tiles}`} aria-hidden="true" />;
  const share = (part: number, whole: number) => (whole > 0 ? percent(Math.round((100 * part) / whole) / 100) : t('common.none'));
  const tiles = [
    {
      code: 'callBack',
      value: data.call_back_seconds == null ? t('common.none') : duration(data.call_back_seconds),
      note: t('missed.figure.of', { n: count(data.called_back), all: count(data.missed) }),
    },
    { code: 'onTime', value: share(data.on_time, data.due), note: t('missed.figure.of', { n: count(data.on_time), all: count(data.due) }) },
    {
      code: 'reached',
      value: share(data.reached, data.missed),
      note: t('missed.figure.of', { n: count(data.reached), all: count(data.missed) }),
    },
    { code: 'lost', value: count(data.lost), note: t('missed.figure.lostNote'), bad: data.lost > 0 },
  ];
  return (
    <dl className={`panel ${css.tiles}`} aria-label={t('missed.figure.title', { count: data.days })}>
      {tiles.map(({ code, value, note, bad }) => (
        <div key={code} className={css.tile} title={t(`missed.figure.${code}Is`)}>
          <dt>{t(`missed.figure.${code}`)}</dt>
          <dd>
            <strong className={`num ${bad ? css.bad : ''}`}>{value}</strong> <span>{note}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}
