import { expect, test } from 'vitest';
import type { Agent, AgentState, Incoming, LiveCall, Settings } from './messages';
import { emptyState, reduce } from './state';

type Card = { client: string };
const me = { id: 'olga', name: 'Olga', role: 'operator', rights: [] };

function agent(state: AgentState): Agent {
  return { id: 'olga', name: 'Olga', state, since: '', idle_since: '', here: true, media: true };
}

function call(id: string, state: string, version = 1, whose: string | null = 'olga'): LiveCall {
  return { id, state, version, agent: whose ? { id: whose } : null };
}

/** The state after some messages, beginning with a snapshot of an available agent. */
function after(...messages: object[]) {
  const snapshot = {
    type: 'snapshot',
    me,
    agent: agent('available'),
    call: null,
    card: null,
    phone: 'here',
    settings: {} as Settings,
    ice: [],
  };
  let seq = 0;
  return [snapshot, ...messages].reduce<ReturnType<typeof emptyState<LiveCall, Card>>>(
    (s, m) => reduce(s, { seq: ++seq, at: '', ...m } as Incoming<LiveCall, Card>),
    emptyState(),
  );
}

const popped = { type: 'pop', call: call('a', 'ringing', 2), card: { client: 'Marina' } };

test('a pop brings the call and its card, and the card stays through the talk', () => {
  const s = after(popped, { type: 'ringing', call: call('a', 'ringing', 2) }, { type: 'call', call: call('a', 'talking', 3) });
  expect(s.call).toEqual(call('a', 'talking', 3));
  expect(s.card).toEqual({ client: 'Marina' });
});

test('an older version of a call changes nothing', () => {
  const s = after(popped, { type: 'call', call: call('a', 'talking', 5) }, { type: 'call', call: call('a', 'ringing', 4) });
  expect(s.call?.state).toBe('talking');
});

test('a call that stops ringing here is gone', () => {
  expect(after(popped, { type: 'stop', call: call('a', 'waiting', 3, null), reason: 'timeout' }).call).toBeNull();
  expect(after(popped, { type: 'stop', call: call('a', 'ringing', 3, 'pavel'), reason: 'gone' }).call).toBeNull();
  expect(after(popped, { type: 'stop', call: call('a', 'ringing', 3), reason: 'rejected' }).call).toBeNull();
});

test('a late stop does not end the next offer of the same call', () => {
  const again = { ...popped, call: call('a', 'ringing', 7) };
  expect(after(popped, again, { type: 'stop', call: call('a', 'ringing', 3), reason: 'timeout' }).call?.version).toBe(7);
});

test('a stop of another call changes nothing', () => {
  expect(after(popped, { type: 'stop', call: call('b', 'ended', 9), reason: 'hung_up' }).call?.id).toBe('a');
});

test('the end of a call that is not shown is no news', () => {
  expect(after({ type: 'call', call: call('old', 'ended', 9) }).call).toBeNull();
});

test('an ended call stays for its wrap-up, also through a lost connection', () => {
  const ended = [popped, { type: 'call', call: call('a', 'ended', 9) }];
  const again = { type: 'snapshot', me, agent: agent('wrap_up'), call: null, card: null, phone: 'here', settings: {}, ice: [] };
  expect(after(...ended, again).call?.id).toBe('a');
  expect(after(...ended, { ...again, agent: agent('available') }).call).toBeNull();
});

test('a call that we begin has no card of an earlier one', () => {
  const s = after(popped, { type: 'call', call: call('a', 'ended', 9) }, { type: 'call', call: call('b', 'dialing') });
  expect(s.call?.id).toBe('b');
  expect(s.card).toBeNull();
});

test('the floor says who waits', () => {
  const s = after({ type: 'presence', agents: null, calls: [call('a', 'waiting'), call('b', 'talking'), call('c', 'ringing')] });
  expect(s.presence?.agents).toEqual([]);
  expect(s.waiting.map((c) => c.id)).toEqual(['a', 'c']);
});

test('what a message says nothing of stays the same object', () => {
  const s = after(popped);
  const next = reduce(s, { seq: 9, at: '', type: 'heartbeat', n: 1 });
  expect(next).toBe(s);
});
