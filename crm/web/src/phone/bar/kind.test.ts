import { emptyState } from '@softphone/state';
import { expect, test } from 'vitest';
import type { Live } from '@/live/useLive';
import { barKind } from './kind';

const at = (agent: string, call: string | null, more: Partial<Live> = {}) =>
  ({
    ...emptyState(),
    connection: 'open',
    phone: 'here',
    agent: { state: agent },
    call: call ? { state: call, direction: 'outbound', answered_at: null } : null,
    ...more,
  }) as unknown as Live;

test.each([
  ['offline', at('offline', null), 'ok', 'offline'],
  ['free', at('available', null), 'ok', 'available'],
  ['rung', at('ringing', 'ringing'), 'ok', 'ringing'],
  ['talking', at('talking', 'talking'), 'ok', 'talking'],
  ['talking without a microphone', at('talking', 'talking'), 'refused', 'unheard'],
  ['free without a microphone', at('available', null), 'missing', 'no_sound'],
  ['holding', at('talking', 'held'), 'ok', 'held'],
  ['after a call', at('wrap_up', 'ended'), 'ok', 'wrap_up'],
  ['nobody reached', at('available', 'ended'), 'ok', 'not_reached'],
  ['the network gone in a talk', at('talking', 'talking', { connection: 'lost' }), 'ok', 'network_lost'],
  ['the network gone while free', at('available', null, { connection: 'lost' }), 'ok', 'server_away'],
  ['the phone in another tab', at('talking', 'talking', { phone: 'elsewhere' }), 'ok', 'elsewhere'],
] as const)('the bar shows: %s', (_, live, mic, kind) => {
  expect(barKind(live, mic, 'connected', false, true)).toBe(kind);
});

test('a muted talk is shown as muted', () => {
  expect(barKind(at('talking', 'talking'), 'ok', 'connected', true, false)).toBe('muted');
});
