import { Menu } from '@mantine/core';
import {
  IconAppWindow,
  IconCheck,
  IconHeadset,
  IconHeadsetOff,
  IconMicrophoneOff,
  IconPhoneX,
  IconPlayerPause,
  IconPlugConnectedX,
  IconWifiOff,
} from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { duration, timer } from '@/format/duration';
import { softphone } from '@/live/softphone';
import { secondsSince, useLiveState, useMicrophone, useServerNow, useSound } from '@/live/useLive';
import { act, ready, startShift } from '../actions';
import { onKey } from '../keys';
import { micText } from '../words';
import { BarButton } from './BarButton';
import { Face } from './Face';

export function Offline() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  return (
    <Face icon={IconHeadsetOff} title={t('phone.off')} under={t('phone.offLine')}>
      <BarButton icon={IconHeadset} label={t('phone.toShift')} onClick={() => void navigate({ to: '/' })} />
    </Face>
  );
}

/** The pause with its reasons; Shift+F2 opens it. */
function Pause() {
  const { t } = useTranslation();
  const { settings, agent } = useLiveState();
  const [open, setOpen] = useState(false);
  const paused = agent?.state === 'paused';
  useEffect(() => onKey('pause', () => (paused ? ready() : setOpen((o) => !o))), [paused]);
  return (
    <Menu opened={open} onChange={setOpen} position="bottom-end" zIndex={320}>
      <Menu.Target>
        <BarButton icon={IconPlayerPause} label={t('phone.pause')} keys="Shift F2" onClick={() => {}} />
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t('phone.pauseWhy')}</Menu.Label>
        {(settings?.pause_reasons ?? []).map((r) => (
          <Menu.Item key={r.id} onClick={() => void act({ type: 'pause', reason: r.name })}>
            {r.name}
          </Menu.Item>
        ))}
        {(settings?.pause_reasons ?? []).length === 0 && (
          <Menu.Item onClick={() => void act({ type: 'pause', reason: '' })}>{t('phone.pause')}</Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}

export function Available() {
  const { t } = useTranslation();
  const { agent } = useLiveState();
  const { media } = useSound();
  const now = useServerNow();
  const desk = agent?.device === 'desk_phone';
  const joined = (desk || media === 'connected') && agent?.media;
  return (
    <Face
      icon={IconCheck}
      tone={joined ? 'green' : 'none'}
      title={`${t('phone.available')} ${timer(secondsSince(agent?.since, now))}`}
      under={joined ? t(desk ? 'phone.availableDesk' : 'phone.availableLine') : t('phone.joining')}
    >
      <Pause />
    </Face>
  );
}

export function Paused() {
  const { t } = useTranslation();
  const { agent } = useLiveState();
  const now = useServerNow();
  useEffect(() => onKey('pause', ready), []);
  return (
    <Face
      icon={IconPlayerPause}
      title={`${t('phone.paused')} ${timer(secondsSince(agent?.since, now))}`}
      under={agent?.reason || t('phone.noCalls')}
    >
      <BarButton icon={IconCheck} label={t('phone.takeCalls')} keys="Shift F2" weight="green" onClick={ready} />
    </Face>
  );
}

export function NotResponding() {
  const { t } = useTranslation();
  const { agent } = useLiveState();
  const now = useServerNow();
  useEffect(() => onKey('pause', ready), []);
  return (
    <Face
      icon={IconPhoneX}
      tone="red"
      title={timer(secondsSince(agent?.since, now))}
      under={t('phone.notResponding')}
      who={t('phone.notRespondingWhy')}
      line={t('phone.notRespondingDo')}
    >
      <BarButton icon={IconCheck} label={t('phone.takeCalls')} keys="Shift F2" weight="green" onClick={ready} />
    </Face>
  );
}

export function Elsewhere({ nowhere }: { nowhere?: boolean }) {
  const { t } = useTranslation();
  const { call } = useLiveState();
  const now = useServerNow();
  const talk = call && call.state !== 'ended' && call.answered_at;
  return (
    <Face
      icon={IconAppWindow}
      title={t('phone.notHere')}
      under={nowhere ? t('phone.nowhereLine') : t('phone.elsewhereLine')}
      who={nowhere ? t('phone.nowhereText') : t('phone.elsewhere')}
      line={talk ? t('phone.talkGoes', { time: duration(secondsSince(call.answered_at, now)) }) : undefined}
    >
      <BarButton label={t('phone.moveHere')} weight="blue" onClick={() => void startShift(true)} />
    </Face>
  );
}

export function NoSound() {
  const { t } = useTranslation();
  const { state } = useMicrophone();
  const text = micText(state);
  return (
    <Face icon={IconMicrophoneOff} tone="red" title={t('phone.noSound')} under={t('phone.noCalls')} who={text.what} line={text.todo}>
      <BarButton label={t('phone.checkAgain')} onClick={() => void softphone.phone.microphone.open()} />
    </Face>
  );
}

/** The desk phone of the shift cannot be reached: calls go to others meanwhile. */
export function NoDeskPhone() {
  const { t } = useTranslation();
  return (
    <Face
      icon={IconPhoneX}
      tone="red"
      title={t('phone.noDesk')}
      under={t('phone.noCalls')}
      who={t('phone.noDeskWhat')}
      line={t('phone.noDeskDo')}
    >
      <BarButton label={t('phone.toBrowser')} onClick={() => void startShift(false, 'browser')} />
    </Face>
  );
}

export function NoVoice() {
  const { t } = useTranslation();
  const { settings } = useLiveState();
  return (
    <Face
      icon={IconWifiOff}
      tone="red"
      title={t('phone.noSound')}
      under={t('phone.noCalls')}
      who={t('phone.noVoice')}
      line={t('phone.noVoiceDo', { port: settings?.media_port ?? '' })}
    >
      <BarButton label={t('phone.checkAgain')} onClick={() => void softphone.phone.connect()} />
    </Face>
  );
}

export function Away({ server }: { server?: boolean }) {
  const { t } = useTranslation();
  const { lostAt, call } = useLiveState();
  const now = useServerNow();
  const away = call?.segments.filter((s) => s.kind === 'away').at(-1)?.from;
  const seconds = lostAt ? Math.max(0, (now - lostAt) / 1000) : secondsSince(away, now);
  return (
    <Face
      icon={IconPlugConnectedX}
      tone="red"
      title={duration(seconds)}
      under={t('phone.lost')}
      who={server ? t('phone.serverAway') : t('phone.networkLost')}
      line={server ? t('phone.serverAwayLine') : t('phone.networkLostLine')}
      extra={<span role="status">{t('phone.joiningShort')}</span>}
    />
  );
}
