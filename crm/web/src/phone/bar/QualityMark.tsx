import { Tooltip } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useLiveState, useSound } from '@/live/useLive';
import css from './Bar.module.css';

/** How good the connection is, from 1 to 4. */
export function strength(loss: number, rtt: number): number {
  if (loss >= 8 || rtt >= 600) return 1;
  if (loss >= 3 || rtt >= 350) return 2;
  if (loss >= 1 || rtt >= 200) return 3;
  return 4;
}

/** The connection's quality: milliseconds, and the loss once there is some. */
export function QualityMark() {
  const { t } = useTranslation();
  const { quality, media } = useSound();
  const port = useLiveState().settings?.media_port ?? '';
  if (!quality || media !== 'connected') return null;
  const n = strength(quality.loss, quality.rtt);
  const loss = Math.round(quality.loss);
  const ms = t('phone.ms', { ms: Math.max(1, Math.round(quality.rtt)) });
  const text = loss >= 1 ? t('phone.loss', { loss }) : ms;
  return (
    <Tooltip
      multiline
      label={
        <>
          {t('phone.quality', { ms, loss, jitter: Math.round(quality.jitter) })}
          {quality.path && <div>{t(`phone.way.${quality.path}`, { port })}</div>}
        </>
      }
    >
      <span className={css.quality} data-strength={n} data-loss={loss} data-path={quality.path} data-quality>
        <svg width="18" height="16" viewBox="0 0 18 16" aria-hidden="true">
          {[0, 1, 2, 3].map((i) => (
            <rect key={i} x={i * 5} y={12 - i * 4} width="3" height={4 + i * 4} rx="1" className={i < n ? css.on : css.off} />
          ))}
        </svg>
        <span className="num">{text}</span>
        {quality.path === 'tcp' && <span className={css.detour}>TCP</span>}
        {quality.path === 'relay' && <span className={css.detour}>TURN</span>}
      </span>
    </Tooltip>
  );
}
