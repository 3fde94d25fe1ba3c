import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { Tools } from '@/frame/Tools';
import { useLiveState, useMicrophone, useSound } from '@/live/useLive';
import { answer, hangUp, toggleHold, toggleMute } from './actions';
import { NotReached, WrapUp } from './bar/AfterFaces';
import css from './bar/Bar.module.css';
import { Dialing, Held, Ringing, Talking, Unheard } from './bar/CallFaces';
import { Available, Away, Elsewhere, NoDeskPhone, NoSound, NotResponding, NoVoice, Offline, Paused } from './bar/IdleFaces';
import { type BarKind, barKind, tones } from './bar/kind';
import { QualityMark } from './bar/QualityMark';
import { DialField } from './DialField';
import { onKey } from './keys';
import { callName } from './names';
import { useAttention } from './useAttention';
import { usePresentCall } from './usePresentCall';

const idle: BarKind[] = ['offline', 'available', 'paused', 'not_responding', 'elsewhere', 'nowhere', 'no_sound', 'no_voice', 'connecting'];
const shownFor = 10_000;

/** True for some seconds after the present call ended without an answer. */
function useJustEnded(): boolean {
  const { call } = useLiveState();
  const [shown, setShown] = useState(false);
  const ended = call?.state === 'ended' ? call.id : '';
  useEffect(() => {
    setShown(ended !== '');
    if (!ended) return;
    const hide = setTimeout(() => setShown(false), shownFor);
    return () => clearTimeout(hide);
  }, [ended]);
  return shown;
}

/** The phone on top of every page. */
export function PhoneBar() {
  const { t } = useTranslation();
  const live = useLiveState();
  const call = usePresentCall();
  const sound = useSound();
  const mic = useMicrophone();
  const justEnded = useJustEnded();
  const kind = barKind(live, mic.state, sound.media, sound.muted, justEnded);
  const busy = ['ringing', 'dialing', 'talking', 'muted', 'unheard', 'held', 'away', 'network_lost', 'wrap_up'].includes(kind);
  useEffect(() => {
    const stop = [
      onKey('answer', () => answer(true)),
      onKey('hangUp', () => hangUp(true)),
      onKey('hold', toggleHold),
      onKey('mute', toggleMute),
    ];
    return () => {
      for (const s of stop) s();
    };
  }, []);
  useAttention(kind);
  const announced = kind === 'ringing' && call ? t('phone.rings', { name: callName(call) }) : '';
  return (
    <section className={`${css.bar} ${css[tones[kind]]} ${busy ? css.busy : ''}`} aria-label={t('phone.region')} data-phone={kind}>
      <span className="sr" role="alert">
        {announced}
      </span>
      <Content kind={kind} call={call} muted={sound.muted} />
      {idle.includes(kind) && kind !== 'connecting' && <DialField />}
      <QualityMark />
      <Tools narrow={busy} />
    </section>
  );
}

function Content({ kind, call, muted }: { kind: BarKind; call: Schema<'Call'> | null; muted: boolean }) {
  switch (kind) {
    case 'ringing':
      return call && <Ringing call={call} />;
    case 'dialing':
      return call && <Dialing call={call} />;
    case 'talking':
    case 'muted':
      return call && <Talking call={call} muted={muted} />;
    case 'unheard':
      return call && <Unheard call={call} />;
    case 'held':
      return call && <Held call={call} />;
    case 'wrap_up':
      return <WrapUp call={call} />;
    case 'not_reached':
      return call && <NotReached call={call} />;
    case 'away':
    case 'network_lost':
      return <Away />;
    case 'server_away':
      return <Away server />;
    case 'elsewhere':
      return <Elsewhere />;
    case 'nowhere':
      return <Elsewhere nowhere />;
    case 'offline':
      return <Offline />;
    case 'no_desk_phone':
      return <NoDeskPhone />;
    case 'no_sound':
      return <NoSound />;
    case 'no_voice':
      return <NoVoice />;
    case 'paused':
      return <Paused />;
    case 'not_responding':
      return <NotResponding />;
    case 'available':
      return <Available />;
    case 'connecting':
      return <span className={css.gap} />;
  }
}
