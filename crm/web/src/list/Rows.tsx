import { Button } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { type Icon, IconCloudOff } from '@tabler/icons-react';
import type { MouseEvent, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Empty } from '@/parts/Empty';
import { ProblemText } from '@/parts/ProblemText';
import css from './Rows.module.css';
import { useLater } from './useLater';
import type { Pages } from './usePages';

/** A column of a list. */
export type Column<T> = { key: string; head: ReactNode; cell: (row: T) => ReactNode; right?: boolean; width?: number | string };

/** The two lines of a row on a phone: the main link stands in the title. */
export type CardOf<T> = (row: T) => { title: ReactNode; aside?: ReactNode; second: ReactNode; action?: ReactNode };

type Props<T extends { id: string }> = {
  label: string;
  columns: Column<T>[];
  card: CardOf<T>;
  pages: Pages<T>;
  empty: { icon: Icon; title: string; text?: string; action?: ReactNode };
};

/** A list: a table when there is room, cards of two lines on a phone; bones, an empty place, a failed page, more pages. */
export function Rows<T extends { id: string }>({ label, columns, card, pages, empty }: Props<T>) {
  const { t } = useTranslation();
  const narrow = useMediaQuery('(max-width: 640px)', window.innerWidth <= 640);
  const late = useLater(pages.isPending);
  if (pages.isPending) return <div className="panel">{late && <Bones />}</div>;
  if (pages.items.length === 0 && pages.error) return <Failed error={pages.error} again={() => void pages.refetch()} />;
  if (pages.items.length === 0)
    return (
      <div className="panel">
        <Empty icon={empty.icon} title={empty.title} text={empty.text}>
          {empty.action}
        </Empty>
      </div>
    );
  return (
    <div className={`panel ${css.box} ${pages.isPlaceholderData ? css.stale : ''}`} aria-busy={pages.isPlaceholderData}>
      {pages.fresh > 0 && (
        <Button className={css.fresh} variant="light" onClick={pages.showFresh}>
          {t('list.fresh', { count: pages.fresh })}
        </Button>
      )}
      {narrow ? <Cards rows={pages.items} card={card} label={label} /> : <Table rows={pages.items} columns={columns} label={label} />}
      <Foot pages={pages} />
    </div>
  );
}

function Table<T extends { id: string }>({ rows, columns, label }: { rows: T[]; columns: Column<T>[]; label: string }) {
  return (
    <table className={css.table} aria-label={label}>
      <thead>
        <tr>
          {columns.map((c) => (
            <th key={c.key} scope="col" className={c.right ? css.right : undefined} style={{ width: c.width }}>
              {c.head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((r) => (
          <tr key={r.id} data-row={r.id} className={css.clickable} onClick={openMain}>
            {columns.map((c) => (
              <td key={c.key} className={c.right ? css.right : undefined}>
                {c.cell(r)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** A click beside everything that can be clicked opens the row's main link. */
function openMain(e: MouseEvent<HTMLElement>) {
  const target = e.target as HTMLElement;
  if (target.closest('a, button, input, label') || !e.currentTarget.contains(target) || window.getSelection()?.toString()) return;
  e.currentTarget.querySelector<HTMLElement>('[data-main]')?.click();
}

function Cards<T extends { id: string }>({ rows, card, label }: { rows: T[]; card: CardOf<T>; label: string }) {
  return (
    <ul className={css.cards} aria-label={label}>
      {rows.map((r) => {
        const c = card(r);
        return (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the row's main link is its key
          <li key={r.id} data-row={r.id} onClick={openMain}>
            <div className={css.line}>{c.title}</div>
            <div className={css.side}>{c.aside}</div>
            <div className={css.line}>{c.second}</div>
            <div className={css.side}>{c.action}</div>
          </li>
        );
      })}
    </ul>
  );
}

function Foot<T extends { id: string }>({ pages }: { pages: Pages<T> }) {
  const { t } = useTranslation();
  if (!pages.hasNextPage && !pages.error) return null;
  return (
    <div className={css.foot}>
      {pages.error ? (
        <>
          <span role="alert">
            <ProblemText problem={pages.error} />
          </span>
          <Button onClick={() => void (pages.isFetchNextPageError ? pages.fetchNextPage() : pages.refetch())}>{t('common.again')}</Button>
        </>
      ) : (
        <Button loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
          {t('common.more')}
        </Button>
      )}
    </div>
  );
}

/** Bones of rows in their final size. */
export function Bones({ rows = 12 }: { rows?: number }) {
  return (
    <div className={css.bones} aria-hidden>
      <ul>
        {Array.from({ length: rows }, (_, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: bones have no identity
          <li key={i}>
            <span className={css.bone} style={{ width: `${30 + ((i * 17) % 30)}%` }} />
            <span className={css.bone} style={{ width: '8%' }} />
          </li>
        ))}
      </ul>
    </div>
  );
}

/** What could not be read, and the way to try it again. */
export function Failed({ error, again }: { error: Error; again: () => void }) {
  const { t } = useTranslation();
  return (
    <div className="panel" role="alert">
      <Empty icon={IconCloudOff} title={t('list.failed')}>
        <p>
          <ProblemText problem={error} />
        </p>
        <Button onClick={again}>{t('common.again')}</Button>
      </Empty>
    </div>
  );
}
