import { useEffect, useState, useSyncExternalStore } from 'react';
import { Playback, type PlaybackState } from './playback';

const silent: PlaybackState = { playing: false, at: 0, rate: 1, failed: false };
const nothing = () => () => {};

/** The playback of a recording for as long as the component stands; null while there is nothing to play. */
export function usePlayback(id: string | undefined, duration: number): [Playback | null, PlaybackState] {
  const [playback, setPlayback] = useState<Playback | null>(null);
  useEffect(() => {
    if (!id) return;
    const p = new Playback(id, duration);
    setPlayback(p);
    return () => {
      p.close();
      setPlayback(null);
    };
  }, [id, duration]);
  const state = useSyncExternalStore(playback?.subscribe ?? nothing, playback?.snapshot ?? (() => silent));
  return [playback, state];
}
