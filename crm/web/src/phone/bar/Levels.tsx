import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { softphone } from '@/live/softphone';
import css from './Levels.module.css';

const bars = 12;

/** Both voices as they sound: the client above, we below. Silence on either side is seen. */
export function Levels() {
  const { t } = useTranslation();
  const root = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const lines = [...(root.current?.children ?? [])] as HTMLElement[];
    const heard = lines.map(() => new Array<number>(bars).fill(0));
    const tick = setInterval(() => {
      const { us, them } = softphone.phone.levels();
      [them, us].forEach((now, i) => {
        const line = heard[i] ?? [];
        line.shift();
        line.push(now);
        lines[i]?.setAttribute('data-level', now.toFixed(2));
        [...(lines[i]?.children ?? [])].forEach((bar, k) => {
          bar.setAttribute('data-step', String(Math.round((line[k] ?? 0) * 8)));
        });
      });
    }, 100);
    return () => clearInterval(tick);
  }, []);
  return (
    <div ref={root} className={css.levels} role="img" aria-label={t('phone.levels')}>
      {['them', 'us'].map((who) => (
        <span key={who} className={`${css.line} ${css[who]}`} data-voice={who}>
          {Array.from({ length: bars }, (_, i) => i).map((i) => (
            <i key={i} />
          ))}
        </span>
      ))}
    </div>
  );
}
