import { type ReactNode, useEffect } from 'react';
import css from './PageHead.module.css';

/** The head of a page: its name, how many, what to do. */
export function PageHead({ title, count, children }: { title: string; count?: ReactNode; children?: ReactNode }) {
  usePageTitle(title);
  return (
    <div className={css.head}>
      <h1>{title}</h1>
      {count !== undefined && <span className={css.count}>{count}</span>}
      {children && <div className={css.actions}>{children}</div>}
    </div>
  );
}

/** Names the browser's tab after the page. */
export function usePageTitle(title: string) {
  useEffect(() => {
    document.title = `${title} · Ringbook`;
    return () => {
      document.title = 'Ringbook';
    };
  }, [title]);
}
