import { ActionIcon } from '@mantine/core';
import { IconMicrophoneOff, IconPlayerPauseFilled, IconPlayerPlayFilled, IconProgressDown, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { useCan } from '@/api/session';
import { duration } from '@/format/duration';
import css from './InlinePlayer.module.css';
import { canPlay } from './states';
import { usePlayback } from './usePlayback';

type Props = { recording: Schema<'RecordingRef'> | null; of: string; wide?: boolean };

/** A recording in a list: a button that plays it in place, or the words why it cannot be heard. Of: whose call it is, for the button's name. */
export function InlinePlayer({ recording, of, wide }: Props) {
  const { t } = useTranslation();
  const can = useCan();
  const [opened, setOpened] = useState(false);
  if (!recording) return null;
  if (!canPlay(recording.state)) return <Mark recording={recording} />;
  if (!can('recordings.listen')) return <span className={css.mark}>{duration(recording.duration)}</span>;
  if (opened) return <Playing id={recording.id} length={recording.duration} of={of} wide={wide} />;
  return (
    <span className={css.player}>
      <ActionIcon variant="subtle" size={28} aria-label={t('player.playOf', { of })} onClick={() => setOpened(true)}>
        <IconPlayerPlayFilled size={16} aria-hidden />
      </ActionIcon>
      {wide && <span className="num">{duration(recording.duration)}</span>}
    </span>
  );
}

function Mark({ recording }: { recording: Schema<'RecordingRef'> }) {
  const { t } = useTranslation();
  const bad = recording.state === 'failed';
  const Icon = bad ? IconMicrophoneOff : recording.state === 'purged' ? IconTrash : IconProgressDown;
  const words = bad ? t('player.failed', { reason: reasonWords(t, recording.reason) }) : t(`player.state.${recording.state}`);
  return (
    <span className={`${css.mark} ${bad ? css.bad : ''}`} title={words}>
      <Icon size={15} stroke={1.75} aria-hidden />
      <span className="sr">{words}</span>
    </span>
  );
}

/** Why a recording failed, in words where we have them. */
export function reasonWords(t: (key: string, o?: Record<string, unknown>) => string, reason: string): string {
  const known = /no space/i.test(reason) ? 'disk_full' : /missing|no such file/i.test(reason) ? 'lost' : reason;
  return t(`player.reason.${known}`, { defaultValue: reason || t('common.unknown') });
}

function Playing({ id, length, of, wide }: { id: string; length: number; of: string; wide?: boolean }) {
  const { t } = useTranslation();
  const [playback, state] = usePlayback(id, length);
  const [begun, setBegun] = useState(false);
  if (playback && !begun) {
    setBegun(true);
    queueMicrotask(() => playback.toggle());
  }
  return (
    <span className={`${css.player} ${wide ? css.wide : ''}`}>
      <ActionIcon
        variant="filled"
        size={28}
        aria-label={t(state.playing ? 'player.pause' : 'player.playOf', { of })}
        onClick={() => playback?.toggle()}
      >
        {state.playing ? <IconPlayerPauseFilled size={15} aria-hidden /> : <IconPlayerPlayFilled size={15} aria-hidden />}
      </ActionIcon>
      <input
        className={css.range}
        type="range"
        min={0}
        max={length}
        step={0.1}
        value={Math.min(state.at, length)}
        aria-label={t('player.place')}
        aria-valuetext={t('player.placeOf', { at: duration(state.at), length: duration(length) })}
        onChange={(e) => playback?.seek(Number(e.currentTarget.value))}
      />
      <span className="num">{state.failed ? t('player.away') : duration(state.at)}</span>
    </span>
  );
}
