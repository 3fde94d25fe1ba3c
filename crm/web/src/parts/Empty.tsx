import type { Icon } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import css from './Empty.module.css';

/** An empty place: what is so, then what to do. */
export function Empty({ icon: Mark, title, text, children }: { icon: Icon; title: string; text?: string; children?: ReactNode }) {
  return (
    <section className={css.empty}>
      <span className={css.mark}>
        <Mark size={20} stroke={1.75} aria-hidden />
      </span>
      <h3>{title}</h3>
      {text && <p>{text}</p>}
      {children}
    </section>
  );
}
