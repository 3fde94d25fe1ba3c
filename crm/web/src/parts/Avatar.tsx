import { IconBuilding, IconQuestionMark } from '@tabler/icons-react';
import css from './Avatar.module.css';

const hues = ['teal', 'violet', 'green', 'blue', 'amber'] as const;

/** The first letters of a name, in a colour of its own; a house for a company, a question mark for nobody. It says nothing that the name beside it does not. */
export function Avatar({ name, size = 24, company }: { name: string; size?: number; company?: boolean }) {
  const box = { width: size, height: size, fontSize: Math.max(9, Math.round(size * 0.38)) };
  if (company)
    return (
      <span className={`${css.avatar} ${css.company}`} style={box} aria-hidden>
        <IconBuilding size={size * 0.6} stroke={1.75} />
      </span>
    );
  const words = name.split(/\s+/).filter((w) => /\p{L}/u.test(w));
  const hue = hues[[...name].reduce((n, c) => (n * 31 + c.charCodeAt(0)) % 9973, 7) % hues.length];
  return (
    <span className={css.avatar} style={{ ...box, background: `var(--rb-${hue}-tint)`, color: `var(--rb-${hue})` }} aria-hidden>
      {words.length === 0 ? (
        <IconQuestionMark size={size * 0.6} stroke={1.75} />
      ) : (
        words
          .slice(0, 2)
          .map((w) => (/\p{L}/u.exec(w)?.[0] ?? '').toUpperCase())
          .join('')
      )}
    </span>
  );
}
