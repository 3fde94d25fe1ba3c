import { useComputedColorScheme } from '@mantine/core';
import { useEffect, useRef } from 'react';
import WaveSurfer from 'wavesurfer.js';
import type { Schema } from '@/api/client';
import { nonce } from '@/theme/nonce';
import { loudest } from './speech';

type Props = { waveform: Schema<'Waveform'>; duration: number; audio: HTMLAudioElement; height: number };

/** The two sides of a recording, the client above; what was played is full, what comes is pale. It says nothing to readers: the table beside it does. */
export function Waveform({ waveform, duration, audio, height }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const scheme = useComputedColorScheme();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the scheme changes the colours that are read from the page
  useEffect(() => {
    if (!box.current) return;
    const style = getComputedStyle(document.documentElement);
    const colour = (name: string) => style.getPropertyValue(`--rb-${name}`).trim();
    const side = (name: string) => ({ waveColor: `${colour(name)}66`, progressColor: colour(name) });
    const peaks = [loudest(waveform.client), loudest(waveform.agent)];
    const wave = WaveSurfer.create({
      container: box.current,
      peaks,
      duration,
      media: audio,
      splitChannels: [
        { ...side('teal'), height },
        { ...side('violet'), height },
      ],
      maxPeak: peaks.reduce((m, p) => p.reduce((a, b) => Math.max(a, b), m), 0.05),
      barWidth: 2,
      barGap: 1,
      barMinHeight: 1,
      cursorWidth: 0,
      interact: false,
      hideScrollbar: true,
      cspNonce: nonce(),
    });
    return () => wave.destroy();
  }, [waveform, duration, audio, height, scheme]);
  return <div ref={box} aria-hidden />;
}
