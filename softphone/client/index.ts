/** The browser's end of the softphone's wire: no words, no components, only what is so and what can be done. */
export { ServerClock } from './clock';
export * from './messages';
export type { Device, MicState, MicStatus } from './microphone';
export { Phone, type Sound } from './phone';
export type { Quality } from './quality';
export { backoff, LiveSocket } from './socket';
export { Softphone } from './softphone';
export { emptyState, type LiveState, reduce } from './state';
export { Store } from './store';
