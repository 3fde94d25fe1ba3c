import { ServerClock } from './clock';
import type { Incoming, LiveCall, Outgoing, PhoneDevice } from './messages';
import { Refused } from './messages';
import { Phone } from './phone';
import { Place } from './place';
import { LiveSocket } from './socket';
import { emptyState, type LiveState, reduce } from './state';
import { Store } from './store';

const shiftKey = 'ringbook.shift';
const deviceKey = 'ringbook.device';
/** After a longer absence the server has ended the shift; it is not begun again by itself. */
const goneAfter = 60_000;
const retryMedia = 3_000;
/** The server ends an echo by then. */
const echoFor = 50_000;

const inCall = new Set(['dialing', 'talking', 'held', 'away']);

/** The softphone of one tab: the live socket, the state that the server tells, and the sound. */
export class Softphone<Call extends LiveCall, Card> {
  readonly state = new Store<LiveState<Call, Card>>(emptyState());
  readonly phone: Phone;
  private socket: LiveSocket<Call, Card>;
  private clock = new ServerClock();
  private place = new Place();
  private changes = new Set<(object: string, id: string) => void>();
  private refusals = new Set<(e: Refused) => void>();
  private watchers = 0;
  private mine = false;
  private device: PhoneDevice = sessionStorage.getItem(deviceKey) === 'desk_phone' ? 'desk_phone' : 'browser';
  private fresh = true;
  private retry: ReturnType<typeof setTimeout> | null = null;
  private echoEnds: ReturnType<typeof setTimeout> | undefined;

  constructor(url: string) {
    this.socket = new LiveSocket<Call, Card>({ url, message: (m) => this.take(m), lost: () => this.lost() });
    this.phone = new Phone({
      offer: (sdp) => this.socket.tell({ type: 'offer', sdp }),
      quality: (q) => this.socket.tell({ type: 'quality', loss: q.loss, jitter: q.jitter, rtt: q.rtt }),
    });
    this.phone.microphone.status.subscribe(() => void this.settleMedia());
  }

  open() {
    this.fresh = true;
    this.socket.open();
    globalThis.addEventListener?.('online', this.hurry);
  }

  /** Ends everything of this tab, as when the person logs out. */
  close() {
    globalThis.removeEventListener?.('online', this.hurry);
    this.leave();
    this.socket.close();
    this.state.set(emptyState());
  }

  private hurry = () => this.socket.hurry();

  /** The server's time, in milliseconds since the epoch. */
  now(): number {
    return Date.now() + this.clock.offset;
  }

  /** Hears of objects that changed; gives the way to stop. */
  onChanged(f: (object: string, id: string) => void): () => void {
    this.changes.add(f);
    return () => this.changes.delete(f);
  }

  /** Hears of refusals that nobody waited for. */
  onRefused(f: (e: Refused) => void): () => void {
    this.refusals.add(f);
    return () => this.refusals.delete(f);
  }

  /** Watches the floor until the returned function is called. */
  watch(): () => void {
    if (this.watchers++ === 0) this.socket.tell({ type: 'watch', presence: true });
    return () => {
      if (--this.watchers > 0) return;
      this.socket.tell({ type: 'watch', presence: false });
      this.state.patch({ presence: null, waiting: [] });
    };
  }

  /** Sends a request and waits until the server has done it. */
  ask(m: Outgoing): Promise<void> {
    return this.socket.ask(m);
  }

  private get browser(): boolean {
    return this.device === 'browser';
  }

  /** Begins the shift here; by force the phone is taken from another tab. A missing microphone does not forbid it, a desk phone needs none. */
  async startShift(force = false, device: PhoneDevice = this.device): Promise<void> {
    this.device = device;
    sessionStorage.setItem(deviceKey, device);
    this.phone.awaken();
    const heard = this.browser ? this.phone.microphone.open() : Promise.resolve();
    if (!(await this.claim(force))) throw new Refused('phone_elsewhere');
    await heard;
    await this.settleMedia();
  }

  async endShift(): Promise<void> {
    await this.ask({ type: 'shift_end' });
    const s = this.state.get();
    if (!s.call || !inCall.has(s.call.state)) this.leave();
  }

  /** Mutes here at once and tells those who watch. */
  setMuted(on: boolean) {
    this.phone.setMuted(on);
    this.socket.tell({ type: 'mute', on });
  }

  /** Lets the person hear themselves on the whole way of a call, by way of Asterisk, for a while. */
  async setEcho(on: boolean): Promise<void> {
    clearTimeout(this.echoEnds);
    await this.ask({ type: 'echo', on });
    this.phone.setEcho(on);
    if (on) this.echoEnds = setTimeout(() => this.phone.setEcho(false), echoFor);
  }

  private async claim(steal: boolean, force = steal): Promise<boolean> {
    const free = await this.place.take(steal, () => this.stolen());
    if (!free) return false;
    if (force) await this.ask({ type: 'take_phone' });
    await this.ask({ type: 'shift_start', device: this.device });
    this.mine = true;
    this.alive();
    return true;
  }

  /** Another tab has the phone now. */
  private stolen() {
    this.state.patch({ phone: 'elsewhere' });
    this.leave();
  }

  private leave() {
    this.mine = false;
    sessionStorage.removeItem(shiftKey);
    this.place.leave();
    this.phone.close();
  }

  private alive() {
    sessionStorage.setItem(shiftKey, String(Date.now()));
  }

  private lost() {
    if (this.state.get().connection === 'open') this.state.patch({ connection: 'lost', lostAt: this.now() });
    this.phone.ring(false);
  }

  private take(m: Incoming<Call, Card>) {
    const offset = this.clock.heard(m.at, Date.now());
    const before = this.state.get();
    const after = reduce(before, m);
    this.state.set(after.offset === offset ? after : { ...after, offset });
    switch (m.type) {
      case 'heartbeat':
        this.socket.tell({ type: 'heartbeat', n: m.n });
        if (this.mine) this.alive();
        break;
      case 'relay':
        this.phone.relays = m.ice;
        break;
      case 'snapshot':
        this.phone.relays = m.ice;
        void this.begin(m.agent.state !== 'offline', m.agent.media);
        break;
      case 'answer':
        void this.phone.answer(m.sdp);
        break;
      case 'media':
        if (this.mine && m.state !== 'connected') this.again(m.state === 'disconnected' ? 0 : retryMedia);
        break;
      case 'phone':
        if (m.state === 'elsewhere' && this.mine) this.leave();
        break;
      case 'agent':
        if (this.mine && m.agent.state === 'offline' && before.agent && before.agent.state !== 'offline') this.leave();
        break;
      case 'changed':
        for (const c of m.objects) for (const f of this.changes) f(c.object, c.id);
        break;
      case 'refused':
        if (!m.ref) for (const f of this.refusals) f(new Refused(m.code, m.params));
        break;
    }
    this.settleCall();
  }

  /** After a snapshot: goes on with a shift of this tab, a reload or a lost network being no end of it. */
  private async begin(onShift: boolean, media: boolean) {
    if (this.watchers > 0) this.socket.tell({ type: 'watch', presence: true });
    const wasHere = Date.now() - Number(sessionStorage.getItem(shiftKey) ?? 0) < goneAfter;
    const first = this.fresh;
    this.fresh = false;
    const elsewhere = this.state.get().phone === 'elsewhere';
    const reloaded = first && wasHere; // the server may still believe in the page that was here before
    const goesOn = reloaded || (!elsewhere && ((this.mine && (onShift || wasHere)) || wasHere || (first && onShift)));
    if (!goesOn) {
      if (this.mine) this.leave();
      return;
    }
    try {
      if (!(await this.claim(false, elsewhere))) return;
      if (this.browser) await this.phone.microphone.open();
      if (!media || !this.phone.connected) this.phone.disconnect();
      await this.settleMedia();
    } catch {
      // The socket went again, or another tab was faster; the next snapshot tells.
    }
  }

  /** Keeps a session for as long as one can be heard; without a microphone no call shall come. */
  private async settleMedia() {
    const call = this.state.get().call;
    const talking = call !== null && inCall.has(call.state);
    const wanted = this.mine && this.browser && (this.phone.microphone.status.get().state === 'ok' || talking);
    const has = this.phone.sound.get().media !== 'none';
    if (wanted && !has && this.state.get().connection === 'open') await this.phone.connect();
    if (!wanted && has && this.phone.microphone.status.get().state !== 'asking') this.phone.disconnect();
  }

  /** Opens the session anew after a while. */
  private again(after: number) {
    if (this.retry) return;
    this.retry = setTimeout(() => {
      this.retry = null;
      if (!this.mine || this.state.get().connection !== 'open') return;
      this.phone.disconnect();
      void this.settleMedia();
    }, after);
  }

  /** The ringtone and our voice follow the call. */
  private settleCall() {
    const { call, phone } = this.state.get();
    this.phone.ring(this.mine && this.browser && phone === 'here' && call?.state === 'ringing');
    this.phone.setSpeaking(this.mine && call !== null && (inCall.has(call.state) || call.state === 'ringing'));
  }
}
