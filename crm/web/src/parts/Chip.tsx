import type { Icon } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import css from './Chip.module.css';

/** A tint of the visual system. */
export type Hue = 'green' | 'amber' | 'red' | 'blue' | 'teal' | 'violet';

/** A word on a tint: a state, a tag. */
export function Chip({ hue, icon: Mark, children, title }: { hue?: Hue; icon?: Icon; children: ReactNode; title?: string }) {
  return (
    <span className={`${css.chip} ${hue ? css[hue] : ''}`} title={title}>
      {Mark && <Mark size={13} stroke={1.75} aria-hidden />}
      {children}
    </span>
  );
}
