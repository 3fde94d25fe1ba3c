import type { Agent, Incoming, LiveCall, Me, PhonePlace, Settings } from './messages';

/** What the server has told so far. Components read it; only messages change it. */
export interface LiveState<Call extends LiveCall, Card> {
  /** `connecting` until the first snapshot, `lost` while the socket is away. */
  connection: 'connecting' | 'open' | 'lost';
  lostAt: number | null;
  /** Milliseconds to add to this machine's clock to have the server's. */
  offset: number;
  me: Me | null;
  agent: Agent | null;
  /** The present call, and after its end the call being wrapped up. */
  call: Call | null;
  /** The card that came with the call's pop; null for a call that had none. */
  card: Card | null;
  phone: PhonePlace;
  settings: Settings | null;
  /** The floor; null while nobody watches. */
  presence: { agents: Agent[]; calls: Call[] } | null;
  /** Calls of the floor that wait for an agent. */
  waiting: Call[];
}

/** The state before anything came. */
export function emptyState<Call extends LiveCall, Card>(): LiveState<Call, Card> {
  return {
    connection: 'connecting',
    lostAt: null,
    offset: 0,
    me: null,
    agent: null,
    call: null,
    card: null,
    phone: 'none',
    settings: null,
    presence: null,
    waiting: [],
  };
}

/** The state after a message. What the message says nothing of stays the same object. */
export function reduce<Call extends LiveCall, Card>(s: LiveState<Call, Card>, m: Incoming<Call, Card>): LiveState<Call, Card> {
  switch (m.type) {
    case 'snapshot': {
      const kept = !m.call && s.call?.state === 'ended' && m.agent.state === 'wrap_up';
      return {
        ...s,
        connection: 'open',
        lostAt: null,
        me: m.me,
        agent: m.agent,
        call: kept ? s.call : m.call,
        card: kept ? s.card : m.card,
        phone: m.phone,
        settings: m.settings,
      };
    }
    case 'agent':
      return { ...s, agent: m.agent };
    case 'pop':
      return { ...s, call: m.call, card: m.card };
    case 'ringing':
    case 'call':
      return call(s, m.call);
    case 'stop':
      // It is somebody else's from here on; one that came back to us meanwhile is newer.
      return s.call?.id === m.call.id && s.call.version <= m.call.version ? { ...s, call: null, card: null } : s;
    case 'presence': {
      const calls = m.calls ?? [];
      return {
        ...s,
        presence: { agents: m.agents ?? [], calls },
        waiting: calls.filter((c) => c.state === 'waiting' || c.state === 'ringing'),
      };
    }
    case 'phone':
      return { ...s, phone: m.state };
    default:
      return s;
  }
}

function call<Call extends LiveCall, Card>(s: LiveState<Call, Card>, c: Call): LiveState<Call, Card> {
  if (s.call?.id === c.id) return c.version < s.call.version ? s : { ...s, call: c };
  if (c.state === 'ended') return s; // one that we do not show any more
  return { ...s, call: c, card: null };
}
