import { Button, Select, Slider } from '@mantine/core';
import {
  type Icon,
  IconBell,
  IconBellRinging,
  IconCheck,
  IconHeadphones,
  IconMicrophone,
  IconPhone,
  IconPlayerPlay,
  IconWifi,
} from '@tabler/icons-react';
import { type ReactNode, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { softphone } from '@/live/softphone';
import { useLiveState, useMicrophone, useSound } from '@/live/useLive';
import { Chip, type Hue } from '@/parts/Chip';
import { micText } from '../words';
import css from './StartShift.module.css';

type RowProps = { icon: Icon; hue: Hue; title: string; mark?: string; text?: string; children?: ReactNode };

function Row({ icon: Mark, hue, title, mark, text, children }: RowProps) {
  return (
    <div className={css.row}>
      <span className={css.mark} data-hue={hue}>
        <Mark size={18} stroke={1.75} aria-hidden />
      </span>
      <div className={css.body}>
        <div className={css.head}>
          <h2>{title}</h2>
          {mark && (
            <Chip hue={hue} icon={hue === 'green' ? IconCheck : undefined}>
              {mark}
            </Chip>
          )}
        </div>
        {text && <p className={css.text}>{text}</p>}
        {children}
      </div>
    </div>
  );
}

/** The loudest of the last seconds: what one said, not the pause after it. */
function useLoudness(on: boolean): { now: number; peak: number } {
  const [state, set] = useState({ now: 0, peak: 0 });
  useEffect(() => {
    if (!on) return;
    let peak = 0;
    const tick = setInterval(() => {
      const now = softphone.phone.levels().us;
      peak = Math.max(now, peak * 0.985);
      set({ now, peak });
    }, 100);
    return () => clearInterval(tick);
  }, [on]);
  return state;
}

const dashes = Array.from({ length: 36 }, (_, i) => i);

export function MicrophoneRow() {
  const { t } = useTranslation();
  const mic = useMicrophone();
  const ok = mic.state === 'ok';
  const { now, peak } = useLoudness(ok);
  const quiet = ok && peak < 0.3;
  const words = micText(mic.state);
  if (!ok) {
    const waiting = mic.state === 'none' || mic.state === 'asking';
    return (
      <Row
        icon={IconMicrophone}
        hue={waiting ? 'blue' : 'red'}
        title={words.what}
        mark={waiting ? undefined : t('shift.bad')}
        text={words.todo}
      >
        {mic.state !== 'insecure' && (
          <Button className={css.fix} onClick={() => void softphone.phone.microphone.open()}>
            {mic.state === 'none' ? t('shift.allowMic') : t('phone.checkAgain')}
          </Button>
        )}
      </Row>
    );
  }
  return (
    <Row
      icon={IconMicrophone}
      hue={quiet ? 'amber' : 'green'}
      title={quiet ? t('shift.quiet') : t('shift.mic')}
      mark={quiet ? t('shift.quietMark') : t('shift.heard')}
      text={quiet ? t('shift.quietText') : undefined}
    >
      <div className={css.pair}>
        <Devices
          label={t('shift.mic')}
          devices={mic.inputs}
          value={mic.device}
          onChange={(d) => void softphone.phone.microphone.choose(d)}
        />
        <div className={css.meter} role="img" aria-label={t('shift.level')} data-level={now.toFixed(2)}>
          {dashes.map((i) => (
            <i key={i} data-on={now * dashes.length > i || undefined} />
          ))}
        </div>
      </div>
    </Row>
  );
}

/** The telephone on the desk: whether it has registered, and what is to be done if not. */
export function DeskPhoneRow({ phone }: { phone: Schema<'MyDeskPhone'> | undefined }) {
  const { t } = useTranslation();
  const there = phone?.state.registered;
  return (
    <Row
      icon={IconPhone}
      hue={there ? 'green' : 'red'}
      title={t('shift.deskPhone')}
      mark={there ? t('shift.deskThere') : t('shift.bad')}
      text={there ? (phone?.state.name ?? '') : t('shift.deskAway')}
    />
  );
}

type DevicesProps = {
  label: string;
  devices: { id: string; name: string }[];
  value: string;
  onChange: (id: string) => void;
  own?: boolean;
};

function Devices({ label, devices, value, onChange, own }: DevicesProps) {
  const { t } = useTranslation();
  const data = devices.filter((d) => d.id !== 'default' || !own).map((d) => ({ value: d.id, label: d.name || d.id }));
  if (own) data.unshift({ value: '', label: t('shift.systemOutput') });
  const known = data.some((d) => d.value === value);
  return (
    <Select
      className={css.select}
      aria-label={label}
      allowDeselect={false}
      data={data}
      value={known ? value : own ? '' : (data[0]?.value ?? null)}
      onChange={(v) => v !== null && onChange(v)}
    />
  );
}

export function SpeakerRow() {
  const { t } = useTranslation();
  const { outputs } = useMicrophone();
  const sound = useSound();
  const canChoose = 'setSinkId' in HTMLMediaElement.prototype;
  return (
    <Row icon={IconHeadphones} hue="green" title={t('shift.speaker')} text={canChoose ? undefined : t('shift.noOutputs')}>
      {canChoose && (
        <div className={css.pair}>
          <Devices
            own
            label={t('shift.voiceOutput')}
            devices={outputs}
            value={sound.voiceOutput}
            onChange={(d) => void softphone.phone.setVoiceOutput(d)}
          />
          <span className={css.aside}>{t('shift.voiceOutput')}</span>
        </div>
      )}
      <div className={css.pair}>
        {canChoose && (
          <Devices
            own
            label={t('shift.ringOutput')}
            devices={outputs}
            value={sound.ringOutput}
            onChange={(d) => void softphone.phone.setRingOutput(d)}
          />
        )}
        <Button leftSection={<IconPlayerPlay size={16} stroke={1.75} />} onClick={() => softphone.phone.tryRing()}>
          {t('shift.tryRing')}
        </Button>
      </div>
      <div className={css.pair}>
        <span className={css.aside}>{t('shift.ringVolume')}</span>
        <Slider
          className={css.slider}
          thumbLabel={t('shift.ringVolume')}
          label={(v) => `${v} %`}
          value={Math.round(sound.ringVolume * 100)}
          onChange={(v) => softphone.phone.setRingVolume(v / 100)}
        />
      </div>
    </Row>
  );
}

export function LineRow() {
  const { t } = useTranslation();
  const { connection } = useLiveState();
  const { media, quality } = useSound();
  const lost = connection !== 'open';
  const voice =
    media === 'connected' && quality ? t('shift.lineVoice', { ms: Math.max(1, Math.round(quality.rtt)) }) : t('shift.lineLater');
  return (
    <Row
      icon={IconWifi}
      hue={lost ? 'red' : 'green'}
      title={t('shift.line')}
      mark={lost ? t('shift.bad') : t('shift.lineOk')}
      text={lost ? t('phone.serverAway') : voice}
    />
  );
}

export function NoticeRow() {
  const { t } = useTranslation();
  const supported = typeof Notification !== 'undefined';
  const [state, setState] = useState(supported ? Notification.permission : 'denied');
  if (!supported) return null;
  const granted = state === 'granted';
  return (
    <Row
      icon={granted ? IconBell : IconBellRinging}
      hue={granted ? 'green' : state === 'denied' ? 'amber' : 'blue'}
      title={granted ? t('shift.noticeOn') : t('shift.notice')}
      mark={granted ? t('shift.yes') : undefined}
      text={granted ? undefined : state === 'denied' ? t('shift.noticeDenied') : t('shift.noticeWhy')}
    >
      {state === 'default' && (
        <Button className={css.fix} onClick={() => void Notification.requestPermission().then(setState)}>
          {t('shift.noticeAllow')}
        </Button>
      )}
    </Row>
  );
}
