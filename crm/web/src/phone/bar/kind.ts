import type { MicState } from '@softphone';
import type { Live } from '@/live/useLive';

/** What the phone bar shows; one at a time, the most pressing first. */
export type BarKind =
  | 'connecting'
  | 'server_away'
  | 'network_lost'
  | 'elsewhere'
  | 'nowhere'
  | 'offline'
  | 'ringing'
  | 'dialing'
  | 'talking'
  | 'muted'
  | 'unheard'
  | 'held'
  | 'away'
  | 'wrap_up'
  | 'not_reached'
  | 'no_sound'
  | 'no_voice'
  | 'no_desk_phone'
  | 'paused'
  | 'not_responding'
  | 'available';

const troubles: MicState[] = ['refused', 'missing', 'insecure', 'busy'];

/** The bar's kind for what is so. */
export function barKind(live: Live, mic: MicState, media: string, muted: boolean, justEnded: boolean): BarKind {
  const { agent, call, connection, phone } = live;
  const desk = agent?.device === 'desk_phone';
  const alive = call && call.state !== 'ended' ? call : null;
  if (connection === 'lost') return alive && alive.state !== 'ringing' ? 'network_lost' : 'server_away';
  if (!agent) return 'connecting';
  if (agent.state === 'offline' && !alive) return 'offline';
  if (phone === 'elsewhere') return 'elsewhere';
  if (phone === 'none') return 'nowhere';
  switch (alive?.state) {
    case 'ringing':
      return 'ringing';
    case 'dialing':
      return 'dialing';
    case 'talking':
      if (desk) return 'talking';
      return troubles.includes(mic) ? 'unheard' : muted ? 'muted' : 'talking';
    case 'held':
      return 'held';
    case 'away':
      return 'away';
  }
  if (agent.state === 'wrap_up') return 'wrap_up';
  if (justEnded && call?.state === 'ended' && call.direction === 'outbound' && !call.answered_at) return 'not_reached';
  if (desk && !agent.media && agent.state === 'available') return 'no_desk_phone';
  if (!desk && troubles.includes(mic)) return 'no_sound';
  if (!desk && media === 'failed') return 'no_voice';
  if (agent.state === 'paused') return 'paused';
  if (agent.state === 'not_responding') return 'not_responding';
  return 'available';
}

/** The colour of a bar: one meaning everywhere. */
export type Tone = 'plain' | 'ring' | 'green' | 'amber' | 'blue' | 'red';

/** The tone of each kind. */
export const tones: Record<BarKind, Tone> = {
  connecting: 'plain',
  server_away: 'red',
  network_lost: 'red',
  elsewhere: 'plain',
  nowhere: 'plain',
  offline: 'plain',
  ringing: 'ring',
  dialing: 'plain',
  talking: 'green',
  muted: 'green',
  unheard: 'red',
  held: 'amber',
  away: 'red',
  wrap_up: 'blue',
  not_reached: 'plain',
  no_sound: 'red',
  no_voice: 'red',
  no_desk_phone: 'red',
  paused: 'plain',
  not_responding: 'red',
  available: 'plain',
};
