import type { Outgoing, PhoneDevice } from '@softphone';
import { softphone } from '@/live/softphone';
import { tellRefusal } from './refusal';

/** How long a key that has just changed its meaning is dead. */
export const guardFor = 600;

let began = 0;
let ended = 0;
let was = '';

// A call that begins under the finger is not declined by a key meant for the one before, and the other way round.
softphone.state.subscribe(() => {
  const { call } = softphone.state.get();
  const now = call && call.state !== 'ended' ? call.id : '';
  if (now === was) return;
  if (now) began = performance.now();
  else ended = performance.now();
  was = now;
});

/** Does what the server decides; a refusal is said. */
export async function act(m: Outgoing): Promise<boolean> {
  try {
    await softphone.ask(m);
    return true;
  } catch (e) {
    tellRefusal(e);
    return false;
  }
}

function call() {
  const c = softphone.state.get().call;
  return c && c.state !== 'ended' ? c : null;
}

/** Answers what rings. */
export function answer(byKey = false) {
  const c = call();
  if (c?.state !== 'ringing' || (byKey && performance.now() - ended < guardFor)) return;
  softphone.phone.awaken();
  void act({ type: 'answer', call: c.id });
}

/** Declines what rings, ends what talks. */
export function hangUp(byKey = false) {
  const c = call();
  if (!c || (byKey && performance.now() - began < guardFor)) return;
  void act({ type: c.state === 'ringing' ? 'reject' : 'hangup', call: c.id });
}

/** Holds the call, or goes back to it. */
export function toggleHold() {
  const c = call();
  if (c?.state === 'talking') void act({ type: 'hold', call: c.id });
  if (c?.state === 'held') void act({ type: 'resume', call: c.id });
}

/** Turns the microphone off or on. */
export function toggleMute() {
  const c = call();
  if (c && c.state !== 'ringing') softphone.setMuted(!softphone.phone.sound.get().muted);
}

/** Sends tones to the client's side. */
export function dtmf(digits: string) {
  const c = call();
  if (c) void act({ type: 'dtmf', call: c.id, digits });
}

/** Takes calls again, or ends the wrap-up. */
export function ready() {
  void act({ type: 'ready' });
}

/** Begins the shift in this tab. */
export async function startShift(force = false, device?: PhoneDevice) {
  try {
    await softphone.startShift(force, device);
  } catch (e) {
    tellRefusal(e);
  }
}
