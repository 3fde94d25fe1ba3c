import {
  type Icon,
  IconBell,
  IconHourglass,
  IconMessage,
  IconPhone,
  IconPhoneOutgoing,
  IconPlayerPause,
  IconPoint,
  IconWorld,
} from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { duration } from '@/format/duration';
import { phone } from '@/format/phone';
import { useServerNow } from '@/live/useLive';
import { When } from '@/parts/When';
import css from './CallPanel.module.css';

const icons: Record<string, Icon> = {
  greeting: IconMessage,
  waiting: IconHourglass,
  ringing: IconBell,
  dialing: IconPhoneOutgoing,
  talk: IconPhone,
  hold: IconPlayerPause,
};

/** The way of the call up to now, and why it came to this person. */
export function CallTrail({ call }: { call: Schema<'Call'> }) {
  const { t } = useTranslation();
  const now = useServerNow(call.state !== 'ended');
  return (
    <ol className={css.trail}>
      <li>
        <span className={css.step}>
          <IconWorld size={14} stroke={1.75} aria-hidden />
        </span>
        <div>
          <strong>
            {t(call.direction === 'outbound' ? 'desk.fromNumber' : 'desk.toNumber', {
              phone: call.number ? phone(call.number) : t('common.unknown'),
            })}
          </strong>
          <small>{[call.number_name, call.source?.name].filter(Boolean).join(' · ')}</small>
        </div>
        <When at={call.started_at} as="clock" />
      </li>
      {call.segments.map((s) => {
        const Mark = icons[s.kind] ?? IconPoint;
        const seconds = ((s.to ? Date.parse(s.to) : now) - Date.parse(s.from)) / 1000;
        const mine = s.kind === 'ringing' && !s.to && call.why;
        return (
          <li key={`${s.kind}${s.from}`}>
            <span className={css.step} data-kind={s.kind}>
              <Mark size={14} stroke={1.75} aria-hidden />
            </span>
            <div>
              <strong>{t(`desk.step.${s.kind}`, { time: duration(seconds), name: s.agent?.name ?? '', defaultValue: s.kind })}</strong>
              {s.trunk && (
                <small>
                  {s.result === 'failed' || s.result === 'silent' ? t(`desk.trunk.${s.result}`, { name: s.trunk.name }) : s.trunk.name}
                </small>
              )}
              {mine && <small className={css.whyYou}>{t(`desk.whyYou.${call.why}`, { defaultValue: '' })}</small>}
            </div>
            <When at={s.from} as="clock" />
          </li>
        );
      })}
    </ol>
  );
}
