import { useMemo } from 'react';
import type { Schema } from '@/api/client';
import { type Speech, speech } from '@/player/speech';

/** Who spoke how long, once the picture of the recording is there. */
export function useSpeech(waveform: Schema<'Waveform'> | undefined): Speech | undefined {
  return useMemo(() => waveform && speech(waveform), [waveform]);
}
