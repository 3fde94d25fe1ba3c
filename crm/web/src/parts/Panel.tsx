import type { ReactNode } from 'react';
import css from './Panel.module.css';

type Props = { title: string; count?: ReactNode; side?: ReactNode; bare?: boolean; className?: string; children: ReactNode };

/** A panel with a head. Bare: the content brings its own margins. */
export function Panel({ title, count, side, bare, className, children }: Props) {
  return (
    <section className={`panel ${css.panel} ${className ?? ''}`} aria-label={title}>
      <div className={css.head}>
        <h2>{title}</h2>
        {count !== undefined && <span className={css.count}>{count}</span>}
        {side && <div className={css.side}>{side}</div>}
      </div>
      {bare ? children : <div className={css.body}>{children}</div>}
    </section>
  );
}
