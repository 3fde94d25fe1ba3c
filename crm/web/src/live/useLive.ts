import type { LiveState, MicStatus, Sound } from '@softphone';
import { useEffect, useState, useSyncExternalStore } from 'react';
import type { Schema } from '@/api/client';
import { softphone } from './softphone';

/** All that the live socket has told: connection, person, agent, call, card, settings, presence. */
export type Live = LiveState<Schema<'Call'>, Schema<'Card'>>;

/** The live state; a component that uses it is drawn again when it changes. */
export function useLiveState(): Live {
  return useSyncExternalStore(softphone.state.subscribe, softphone.state.get);
}

/** How the sound stands: session, quality, mute, outputs. */
export function useSound(): Sound {
  return useSyncExternalStore(softphone.phone.sound.subscribe, softphone.phone.sound.get);
}

/** The microphone and the devices of this machine. */
export function useMicrophone(): MicStatus {
  const status = softphone.phone.microphone.status;
  return useSyncExternalStore(status.subscribe, status.get);
}

/** Has the floor's presence sent for as long as the component is shown. */
export function useWatchPresence() {
  useEffect(() => softphone.watch(), []);
}

/** The server's time now, in milliseconds, four times a second while it is asked for. */
export function useServerNow(running = true): number {
  const [now, setNow] = useState(() => softphone.now());
  useEffect(() => {
    if (!running) return;
    setNow(softphone.now());
    const tick = setInterval(() => setNow(softphone.now()), 250);
    return () => clearInterval(tick);
  }, [running]);
  return now;
}

/** Whole seconds since or until a moment of the server's clock; 0 when there is none. */
export function secondsSince(at: string | null | undefined, now: number): number {
  return at ? Math.max(0, (now - Date.parse(at)) / 1000) : 0;
}
export function secondsUntil(at: string | null | undefined, now: number): number {
  return at ? Math.max(0, Math.ceil((Date.parse(at) - now) / 1000)) : 0;
}
