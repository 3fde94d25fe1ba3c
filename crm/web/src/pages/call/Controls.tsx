import { ActionIcon, Button, SegmentedControl } from '@mantine/core';
import { IconPlayerPauseFilled, IconPlayerPlayFilled, IconRewindBackward10, IconRewindForward10 } from '@tabler/icons-react';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { duration } from '@/format/duration';
import { floating, typing } from '@/list/useListKeys';
import { type Playback, type PlaybackState, speeds } from '@/player/playback';
import css from './Call.module.css';

type Props = { playback: Playback; state: PlaybackState; offset: number; length: number };

/** The player's buttons; each has its key: Space, ← → 10 s, ↑ ↓ speed. */
export function Controls({ playback, state, offset, length }: Props) {
  const { t } = useTranslation();
  usePlayerKeys(playback);
  const at = offset + state.at;
  return (
    <div className={css.controls}>
      <Button
        variant="filled"
        leftSection={state.playing ? <IconPlayerPauseFilled size={15} aria-hidden /> : <IconPlayerPlayFilled size={15} aria-hidden />}
        rightSection={<kbd>{t('call.space')}</kbd>}
        onClick={() => playback.toggle()}
      >
        {t(state.playing ? 'player.pause' : 'player.play')}
      </Button>
      <ActionIcon
        size={32}
        variant="default"
        title={`${t('player.back')} (←)`}
        aria-label={t('player.back')}
        onClick={() => playback.seek(state.at - 10)}
      >
        <IconRewindBackward10 size={18} stroke={1.75} aria-hidden />
      </ActionIcon>
      <ActionIcon
        size={32}
        variant="default"
        title={`${t('player.forward')} (→)`}
        aria-label={t('player.forward')}
        onClick={() => playback.seek(state.at + 10)}
      >
        <IconRewindForward10 size={18} stroke={1.75} aria-hidden />
      </ActionIcon>
      <span className={`num ${css.time}`}>
        <b>{duration(at)}</b> / {duration(offset + length)}
      </span>
      <input
        className={css.slider}
        type="range"
        min={0}
        max={length}
        step={1}
        value={Math.min(state.at, length)}
        aria-label={t('player.place')}
        aria-valuetext={t('player.placeOf', { at: duration(at), length: duration(offset + length) })}
        onChange={(e) => playback.seek(Number(e.currentTarget.value))}
      />
      <SegmentedControl
        size="xs"
        aria-label={t('player.speed')}
        value={String(state.rate)}
        onChange={(v) => playback.speed(Number(v))}
        data={speeds.map((s) => ({ value: String(s), label: `${s}×` }))}
      />
      {state.failed && <span role="alert">{t('player.away')}</span>}
    </div>
  );
}

function usePlayerKeys(playback: Playback) {
  useEffect(() => {
    const onKey = (e: KeyboardEvent) => {
      if (e.defaultPrevented || e.ctrlKey || e.altKey || e.metaKey || e.shiftKey || typing(e.target)) return;
      if (floating()) return;
      const focus = e.target instanceof HTMLElement ? e.target.closest('button, a') : null;
      if (e.code === 'Space' && focus) return;
      const act = keys[e.code];
      if (!act) return;
      e.preventDefault();
      act(playback);
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [playback]);
}

const keys: Record<string, (p: Playback) => void> = {
  Space: (p) => p.toggle(),
  ArrowLeft: (p) => p.seek(p.snapshot().at - 10),
  ArrowRight: (p) => p.seek(p.snapshot().at + 10),
  ArrowUp: (p) => p.faster(1),
  ArrowDown: (p) => p.faster(-1),
};
