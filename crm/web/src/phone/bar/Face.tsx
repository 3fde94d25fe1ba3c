import type { Icon } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import css from './Bar.module.css';
import type { Tone } from './kind';

type Props = {
  icon: Icon;
  /** The colour of the mark; the bar's own by default. */
  tone?: Tone | 'none';
  pulse?: boolean;
  /** The state in a word, or its time. */
  title: string;
  big?: boolean;
  under?: string;
  /** Whom it is about. */
  who?: ReactNode;
  line?: ReactNode;
  extra?: ReactNode;
  /** Beside the buttons. */
  near?: ReactNode;
  children?: ReactNode;
};

/** The face of the bar: mark, state and time, whom it is about, what can be done. */
export function Face({ icon: Mark, tone, pulse, title, big, under, who, line, extra, near, children }: Props) {
  return (
    <>
      <span className={css.mark} data-tone={tone} data-pulse={pulse || undefined}>
        <Mark size={20} stroke={1.75} aria-hidden />
      </span>
      {title && (
        <div className={css.state} aria-live="off">
          <strong className={`${css.title} num ${big ? css.big : ''}`}>{title}</strong>
          {under && <span className={css.sub}>{under}</span>}
        </div>
      )}
      {who && (
        <div className={css.who}>
          <strong className={css.title}>{who}</strong>
          {line && <span className={css.sub}>{line}</span>}
        </div>
      )}
      {extra}
      <span className={css.gap} />
      {near}
      {children && <div className={css.actions}>{children}</div>}
    </>
  );
}
