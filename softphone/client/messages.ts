/** The states of an agent, as the server names them. */
export type AgentState = 'offline' | 'available' | 'ringing' | 'talking' | 'wrap_up' | 'paused' | 'not_responding';

/** What one talks with: this browser, or a telephone on the desk. */
export type PhoneDevice = 'browser' | 'desk_phone';

/** A person on shift, as the switchboard knows them. */
export interface Agent {
  id: string;
  name: string;
  state: AgentState;
  since: string;
  idle_since: string;
  reason?: string;
  call?: string;
  until?: string;
  muted?: boolean;
  here: boolean;
  media: boolean;
  device?: PhoneDevice;
  after?: AgentState;
  after_reason?: string;
}

/** The states of a call, as the server names them. */
export type CallState = 'greeting' | 'waiting' | 'ringing' | 'dialing' | 'talking' | 'held' | 'away' | 'message' | 'ended';

/** What the phone must know of a call; the application's own type has more. */
export interface LiveCall {
  id: string;
  state: string;
  version: number;
  agent: { id: string } | null;
}

/** An entry of a list that people choose from. */
export interface Choice {
  id: string;
  name: string;
  key: string;
}

/** The settings that a page lives by. */
export interface Settings {
  wrap_seconds: number;
  ring_seconds: number;
  away_seconds: number;
  pause_reasons: Choice[];
  outcomes: Choice[];
  target_seconds: number;
  time_zone: string;
  country: string;
  company: string;
  media_port: number;
  demo: boolean;
}

/** The person of the session. */
export interface Me {
  id: string;
  name: string;
  role: string;
  rights: string[];
}

/** Where the one softphone of a person is. */
export type PhonePlace = 'here' | 'elsewhere' | 'none';

/** What the server sends; each carries its number in the row and the server's time. */
export type Incoming<Call, Card> = { seq: number; at: string } & (
  | {
      type: 'snapshot';
      me: Me;
      agent: Agent;
      call: Call | null;
      card: Card | null;
      phone: PhonePlace;
      settings: Settings;
      ice: RTCIceServer[];
    }
  | { type: 'relay'; ice: RTCIceServer[] }
  | { type: 'agent'; agent: Agent }
  | { type: 'pop'; call: Call; card: Card }
  | { type: 'ringing'; call: Call }
  | { type: 'stop'; call: Call; reason: string }
  | { type: 'call'; call: Call }
  | { type: 'presence'; agents: Agent[] | null; calls: Call[] | null }
  | { type: 'heartbeat'; n: number }
  | { type: 'answer'; sdp: string }
  | { type: 'media'; state: 'connected' | 'disconnected' | 'failed' | 'closed' }
  | { type: 'phone'; state: PhonePlace }
  | { type: 'changed'; objects: { object: string; id: string }[] }
  | { type: 'done'; ref: string }
  | { type: 'refused'; ref: string; request?: string; code: string; params: Record<string, unknown> }
);

/** What the page sends, without its ref. */
export type Outgoing =
  | { type: 'heartbeat'; n: number }
  | { type: 'shift_start'; device: PhoneDevice }
  | { type: 'shift_end' | 'take_phone' | 'ready' | 'resync' }
  | { type: 'offer'; sdp: string }
  | { type: 'answer' | 'reject' | 'hangup' | 'hold' | 'resume'; call: string }
  | { type: 'mute' | 'echo'; on: boolean }
  | { type: 'dtmf'; call: string; digits: string }
  | { type: 'dial'; to: string; client?: string }
  | { type: 'pause'; reason: string }
  | { type: 'wrap_extend'; seconds: number }
  | { type: 'watch'; presence: boolean }
  | { type: 'quality'; loss: number; jitter: number; rtt: number }
  | { type: 'link'; call: string; client: string };

/** A refusal of the server: a stable code; the application has the words. */
export class Refused extends Error {
  constructor(
    readonly code: string,
    readonly params: Record<string, unknown> = {},
  ) {
    super(code);
  }
}
