import { IconCheck, IconPencil, IconPhone, IconPhoneX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { duration } from '@/format/duration';
import { phone } from '@/format/phone';
import { secondsUntil, useLiveState, useServerNow } from '@/live/useLive';
import { act } from '../actions';
import { press } from '../keys';
import { callName, endText } from '../names';
import { useDial } from '../useDial';
import { BarButton } from './BarButton';
import { Face } from './Face';

type Props = { call: Schema<'Call'> | null };

/** The time after a call, running out. */
export function WrapUp({ call }: Props) {
  const { t } = useTranslation();
  const { agent } = useLiveState();
  const now = useServerNow();
  const next =
    agent?.after === 'paused' ? t('phone.thenPause') : agent?.after === 'offline' ? t('phone.thenOff') : t('phone.thenAvailable');
  return (
    <Face
      icon={IconPencil}
      tone="blue"
      big
      title={duration(secondsUntil(agent?.until, now))}
      under={t('phone.wrapUp')}
      who={call ? callName(call) : t('phone.wrapUpWho')}
      line={next}
    >
      <BarButton label={t('phone.more60')} onClick={() => void act({ type: 'wrap_extend', seconds: 60 })} />
      <BarButton
        icon={IconCheck}
        label={t('phone.done')}
        keys="Ctrl ↵"
        weight="blue"
        onClick={() => {
          if (!press('finish')) void act({ type: 'ready' });
        }}
      />
    </Face>
  );
}

/** A call of ours that reached nobody: why, in a word. */
export function NotReached({ call }: { call: Schema<'Call'> }) {
  const { t } = useTranslation();
  const dial = useDial();
  return (
    <Face
      icon={IconPhoneX}
      tone="amber"
      title={endText(call)}
      under={t('phone.notReached')}
      who={callName(call)}
      line={phone(call.phone || call.caller)}
    >
      <BarButton icon={IconPhone} label={t('phone.dialAgain')} onClick={() => dial(call.phone || call.caller, call.client?.id)} />
    </Face>
  );
}
