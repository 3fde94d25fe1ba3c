import { UnstyledButton } from '@mantine/core';
import type { Icon } from '@tabler/icons-react';
import type { ComponentProps } from 'react';
import css from './Bar.module.css';

/** How much a button of the bar weighs. */
export type Weight = 'plain' | 'green' | 'red' | 'blue' | 'chosen' | 'ghost';

type Props = Omit<ComponentProps<'button'>, 'onClick' | 'color' | 'style'> & {
  icon?: Icon;
  label: string;
  keys?: string;
  weight?: Weight;
  /** The icon alone on a wide screen. */
  short?: boolean;
  onClick: () => void;
};

/** A button of the phone bar with its key. */
export function BarButton({ icon: Mark, label, keys, weight = 'plain', short, onClick, ...rest }: Props) {
  return (
    <UnstyledButton
      {...rest}
      className={`${css.button} ${css[weight]} ${short ? css.short : ''}`}
      title={keys ? `${label} · ${keys}` : label}
      aria-label={label}
      aria-keyshortcuts={keys?.replace(' ', '+')}
      onClick={onClick}
    >
      {Mark && <Mark size={18} stroke={1.75} aria-hidden />}
      <span className={css.label}>{label}</span>
      {keys && <kbd aria-hidden>{keys}</kbd>}
    </UnstyledButton>
  );
}
