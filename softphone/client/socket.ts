import { type Incoming, type LiveCall, type Outgoing, Refused } from './messages';

/** The part of a WebSocket that is used; tests bring their own. */
export interface Wire {
  readyState: number;
  send(data: string): void;
  close(): void;
  onopen: (() => void) | null;
  onclose: (() => void) | null;
  onmessage: ((e: { data: string }) => void) | null;
}

/** What a live socket is made from. */
export interface SocketOptions<Call extends LiveCall, Card> {
  url: string;
  message(m: Incoming<Call, Card>): void;
  lost(): void;
  open?(url: string): Wire;
  /** A number in [0, 1) for the spread of reconnects. */
  random?(): number;
}

/** The silence after which a socket counts as dead: the server beats every 2 s. */
export const silence = 7_000;
const first = 200;
const longest = 5_000;
const answerWithin = 8_000;

/** The wait before the n-th attempt to connect again, from 0: doubling to 5 s, spread by a half, so that a floor full of tabs does not come at once. */
export function backoff(attempt: number, random: number): number {
  const full = Math.min(longest, first * 2 ** attempt);
  return full / 2 + (full / 2) * random;
}

function name(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16)); // randomUUID wants a secure context
  return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');
}

type Waiting = { resolve(): void; reject(e: Error): void; timer: ReturnType<typeof setTimeout> };

/** The websocket of a tab: it comes back by itself, notices a gap in the numbers and asks for everything anew. */
export class LiveSocket<Call extends LiveCall, Card> {
  private wire: Wire | null = null;
  private seq = 0;
  private attempt = 0;
  private over = true;
  /** Names this page to the server: its next socket takes the place of one that a lost network left half open. */
  private readonly page = name();
  private heard = 0;
  private refs = 0;
  private waiting = new Map<string, Waiting>();
  private again: ReturnType<typeof setTimeout> | null = null;
  private watchdog: ReturnType<typeof setInterval> | null = null;

  constructor(private readonly o: SocketOptions<Call, Card>) {}

  open() {
    if (!this.over) return;
    this.over = false;
    this.connect();
    this.watchdog = setInterval(() => this.watch(), 1_000);
  }

  close() {
    this.over = true;
    if (this.again) clearTimeout(this.again);
    if (this.watchdog) clearInterval(this.watchdog);
    this.drop();
  }

  /** Tries at once, as when the network is back. */
  hurry() {
    if (this.over || this.wire) return;
    if (this.again) clearTimeout(this.again);
    this.attempt = 0;
    this.connect();
  }

  /** Sends and forgets; false while there is no connection. */
  tell(m: Outgoing): boolean {
    return this.write(m);
  }

  /** Sends and waits until it is done; rejects with {@link Refused}, also `offline` and `timeout`. */
  ask(m: Outgoing): Promise<void> {
    const ref = `r${++this.refs}`;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.settle(ref, new Refused('timeout')), answerWithin);
      this.waiting.set(ref, { resolve, reject, timer });
      if (!this.write({ ...m, ref })) this.settle(ref, new Refused('offline'));
    });
  }

  private write(m: object): boolean {
    if (this.wire?.readyState !== 1) return false;
    this.wire.send(JSON.stringify(m));
    return true;
  }

  private connect() {
    this.again = null;
    this.seq = 0;
    this.heard = Date.now();
    const wire = (this.o.open ?? ((url) => new WebSocket(url) as unknown as Wire))(`${this.o.url}?page=${this.page}`);
    this.wire = wire;
    wire.onmessage = (e) => {
      if (this.wire === wire) this.take(e.data);
    };
    wire.onclose = () => {
      if (this.wire === wire) this.ended();
    };
  }

  private take(data: string) {
    this.heard = Date.now();
    let m: Incoming<Call, Card>;
    try {
      m = JSON.parse(data);
    } catch {
      return;
    }
    const gap = this.seq !== 0 && m.seq !== this.seq + 1;
    this.seq = m.seq;
    this.attempt = 0;
    if (gap && m.type !== 'snapshot') this.write({ type: 'resync' });
    if (m.type === 'done') this.settle(m.ref, null);
    if (m.type === 'refused' && m.ref) this.settle(m.ref, new Refused(m.code, m.params));
    this.o.message(m);
  }

  private settle(ref: string, e: Error | null) {
    const w = this.waiting.get(ref);
    if (!w) return;
    this.waiting.delete(ref);
    clearTimeout(w.timer);
    if (e) w.reject(e);
    else w.resolve();
  }

  private watch() {
    if (this.wire && Date.now() - this.heard > silence) {
      const wire = this.wire;
      this.ended();
      wire.close();
    }
  }

  /** The socket is gone, for whatever reason. */
  private ended() {
    this.drop();
    this.o.lost();
    if (!this.over) this.again = setTimeout(() => this.connect(), backoff(this.attempt++, (this.o.random ?? Math.random)()));
  }

  private drop() {
    const wire = this.wire;
    this.wire = null;
    if (wire) {
      wire.onclose = null;
      wire.onmessage = null;
      wire.close();
    }
    for (const ref of [...this.waiting.keys()]) this.settle(ref, new Refused('offline'));
  }
}
