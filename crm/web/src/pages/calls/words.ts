import {
  type Icon,
  IconPhoneCall,
  IconPhoneCheck,
  IconPhoneIncoming,
  IconPhoneOff,
  IconPhoneOutgoing,
  IconPhoneX,
} from '@tabler/icons-react';
import type { Schema } from '@/api/client';
import type { Hue } from '@/parts/Chip';

/** Why calls end: the closed set of the switchboard, in its order. */
export const endReasons = [
  'client_hung_up',
  'agent_hung_up',
  'abandoned',
  'nobody_answered',
  'closed',
  'no_route',
  'cancelled',
  'busy',
  'no_answer',
  'declined',
  'wrong_number',
  'failed',
  'agent_unreached',
  'leg_lost',
  'asterisk_lost',
  'vanished',
  'fallback',
] as const;

/** What a call came to, as an icon, a colour and the key of its word. */
export type Result = { icon: Icon; hue: Hue | undefined; word: string };

/** Tells what a call came to. */
export function resultOf(call: Schema<'Call'>): Result {
  if (!call.ended_at) return { icon: IconPhoneCall, hue: 'green', word: `calls.live.${call.state}` };
  if (call.missed) return { icon: IconPhoneX, hue: 'red', word: 'calls.missed' };
  if (call.direction === 'outbound')
    return call.answered_at
      ? { icon: IconPhoneOutgoing, hue: 'blue', word: 'calls.outbound' }
      : { icon: IconPhoneOff, hue: 'amber', word: 'calls.unanswered' };
  if (call.direction === 'internal') return { icon: IconPhoneCheck, hue: undefined, word: 'calls.internal' };
  return call.answered_at
    ? { icon: IconPhoneIncoming, hue: 'green', word: 'calls.inbound' }
    : { icon: IconPhoneOff, hue: 'amber', word: 'calls.lost' };
}

/** The codes of the network, for a hover: SIP 486, Q.850 17. Empty when there are none. */
export function codes(call: Schema<'Call'>): string {
  return [call.sip_code ? `SIP ${call.sip_code}` : '', call.cause ? `Q.850 ${call.cause}` : ''].filter(Boolean).join(', ');
}
