import type { ReactNode } from 'react';
import css from './Filters.module.css';

/** The conditions of a list in a row; on a phone the row scrolls. */
export function FilterBar({ children }: { children: ReactNode }) {
  return <div className={css.bar}>{children}</div>;
}
