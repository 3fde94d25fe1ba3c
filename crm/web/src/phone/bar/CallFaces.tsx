import {
  IconMicrophone,
  IconMicrophoneOff,
  IconPhone,
  IconPhoneIncoming,
  IconPhoneOff,
  IconPhoneOutgoing,
  IconPlayerPause,
  IconPlayerPlay,
} from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { duration, timer } from '@/format/duration';
import { phone } from '@/format/phone';
import { softphone } from '@/live/softphone';
import { secondsSince, secondsUntil, useLiveState, useMicrophone, useServerNow } from '@/live/useLive';
import { answer, hangUp, toggleHold, toggleMute } from '../actions';
import { Keypad } from '../Keypad';
import { callName } from '../names';
import { micText } from '../words';
import css from './Bar.module.css';
import { BarButton } from './BarButton';
import { Face } from './Face';
import { Levels } from './Levels';

type Props = { call: Schema<'Call'> };

/** When the last step of a kind began. */
export function stepSince(call: Schema<'Call'>, kind: string): string | undefined {
  return call.segments.filter((s) => s.kind === kind).at(-1)?.from;
}

export function Ringing({ call }: Props) {
  const { t } = useTranslation();
  const { settings, agent } = useLiveState();
  const desk = agent?.device === 'desk_phone';
  const now = useServerNow();
  const left = secondsUntil(call.until, now);
  const whole = settings?.ring_seconds ?? 20;
  const waited = secondsSince(call.waiting_at ?? call.started_at, now);
  const parts = [
    t(desk ? 'phone.ringsDesk' : 'phone.ringsYou'),
    call.number_name && t('phone.lineName', { name: call.number_name }),
    t('phone.waited', { time: duration(waited) }),
  ];
  return (
    <>
      <Face
        icon={IconPhoneIncoming}
        tone="amber"
        pulse
        title=""
        who={
          <>
            {callName(call)} {call.phone && callName(call) !== phone(call.phone) && <span className={css.number}>{phone(call.phone)}</span>}
          </>
        }
        line={parts.filter(Boolean).join(' · ')}
        near={<span className={`${css.note} num`}>{t('phone.nextIn', { seconds: left })}</span>}
      >
        {!desk && <BarButton icon={IconPhone} label={t('phone.answer')} keys="F2" weight="green" onClick={() => answer()} />}
        <BarButton icon={IconPhoneOff} label={t('phone.decline')} keys="F10" weight="ghost" onClick={() => hangUp()} />
      </Face>
      <progress className={css.edge} value={left} max={whole} aria-hidden="true" />
    </>
  );
}

export function Dialing({ call }: Props) {
  const { t } = useTranslation();
  const now = useServerNow();
  const time = duration(secondsSince(call.started_at, now));
  return (
    <Face
      icon={IconPhoneOutgoing}
      tone="blue"
      title={t('phone.dialing', { time })}
      under={t('phone.tones')}
      who={callName(call)}
      line={call.number ? t('phone.from', { phone: phone(call.number) }) : phone(call.phone || call.caller)}
    >
      <Keypad />
      <BarButton icon={IconPhoneOff} label={t('phone.drop')} keys="F10" weight="red" onClick={() => hangUp()} />
    </Face>
  );
}

function Recording({ call }: Props) {
  const { t } = useTranslation();
  if (call.recording?.state === 'failed') return <span className={css.note}>{t('phone.notRecorded')}</span>;
  return (
    <span className={`${css.note} ${css.rec}`}>
      <i /> {t('phone.recording')}
    </span>
  );
}

export function Talking({ call, muted }: Props & { muted: boolean }) {
  const { t } = useTranslation();
  const desk = useLiveState().agent?.device === 'desk_phone';
  const now = useServerNow();
  const time = timer(secondsSince(call.answered_at ?? call.started_at, now));
  return (
    <Face
      icon={muted ? IconMicrophoneOff : IconPhone}
      tone={muted ? 'red' : 'green'}
      big
      title={time}
      under={muted ? t('phone.micOff') : t('phone.talk')}
      who={muted ? t('phone.unheard') : callName(call)}
      line={muted ? callName(call) : phone(call.phone || call.caller)}
      extra={
        <>
          {!desk && <Levels />}
          <Recording call={call} />
        </>
      }
    >
      {desk ? null : muted ? (
        <BarButton icon={IconMicrophoneOff} label={t('phone.unmute')} keys="F8" weight="chosen" onClick={toggleMute} />
      ) : (
        <BarButton icon={IconMicrophone} label={t('phone.mute')} keys="F8" onClick={toggleMute} />
      )}
      <BarButton icon={IconPlayerPause} label={t('phone.hold')} keys="F4" onClick={toggleHold} />
      <Keypad />
      <BarButton icon={IconPhoneOff} label={t('phone.hangUp')} keys="F10" weight="red" onClick={() => hangUp()} />
    </Face>
  );
}

/** A talk whose microphone went: the client is still heard, and what is to be done is said where it happens. */
export function Unheard({ call }: Props) {
  const { t } = useTranslation();
  const { state } = useMicrophone();
  const text = micText(state);
  const now = useServerNow();
  return (
    <Face
      icon={IconMicrophoneOff}
      tone="red"
      big
      title={timer(secondsSince(call.answered_at ?? call.started_at, now))}
      under={t('phone.unheard')}
      who={text.what}
      line={text.todo}
      extra={<Levels />}
    >
      <BarButton label={t('phone.checkAgain')} onClick={() => void softphone.phone.microphone.open()} />
      <BarButton icon={IconPlayerPause} label={t('phone.hold')} keys="F4" onClick={toggleHold} />
      <BarButton icon={IconPhoneOff} label={t('phone.hangUp')} keys="F10" weight="red" onClick={() => hangUp()} />
    </Face>
  );
}

export function Held({ call }: Props) {
  const { t } = useTranslation();
  const now = useServerNow();
  const holds = call.segments.filter((s) => s.kind === 'hold').length;
  const talk = duration(secondsSince(call.answered_at, now));
  return (
    <Face
      icon={IconPlayerPause}
      tone="amber"
      big
      title={timer(secondsSince(stepSince(call, 'hold'), now))}
      under={t('phone.held')}
      who={t('phone.hearsMusic', { name: callName(call) })}
      line={t('phone.heldLine', { talk, count: holds })}
    >
      <BarButton icon={IconPlayerPlay} label={t('phone.resume')} keys="F4" weight="chosen" onClick={toggleHold} />
      <BarButton icon={IconPhoneOff} label={t('phone.hangUp')} keys="F10" weight="red" onClick={() => hangUp()} />
    </Face>
  );
}
