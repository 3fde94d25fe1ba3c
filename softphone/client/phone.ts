import { Meter } from './levels';
import { Microphone } from './microphone';
import { Peer } from './peer';
import type { Quality } from './quality';
import { Ringtone, route } from './ringtone';
import { Store } from './store';

/** How the sound stands. */
export interface Sound {
  /** `failed`: the voice cannot pass; we go on trying. */
  media: 'none' | 'connecting' | 'connected' | 'failed';
  quality: Quality | null;
  muted: boolean;
  echo: boolean;
  /** The browser wants a click before it lets us be heard. */
  needsClick: boolean;
  voiceOutput: string;
  ringOutput: string;
  ringVolume: number;
}

/** What the phone needs of whoever carries its signalling. */
export interface PhoneEvents {
  offer(sdp: string): void;
  quality(q: Quality): void;
}

const keys = { voice: 'ringbook.output', ring: 'ringbook.ringOutput', volume: 'ringbook.ringVolume' };
const qualityEvery = 2_000;
const connectWithin = 12_000;

function stored(key: string): string {
  return typeof localStorage === 'undefined' ? '' : (localStorage.getItem(key) ?? '');
}

/** The sound of the softphone: a standing session with the gateway, the microphone, the ringtone, both voices' levels. */
export class Phone {
  readonly sound = new Store<Sound>({
    media: 'none',
    quality: null,
    muted: false,
    echo: false,
    needsClick: false,
    voiceOutput: stored(keys.voice),
    ringOutput: stored(keys.ring),
    ringVolume: Number(stored(keys.volume) || 0.6),
  });
  readonly microphone: Microphone;
  /** What the server lets us use when nothing passes to it; the next session takes it. */
  relays: RTCIceServer[] = [];
  private context: AudioContext | null = null;
  private ringtone: Ringtone;
  private peer: Peer | null = null;
  private ear: HTMLAudioElement | null = null;
  private us: Meter | null = null;
  private them: Meter | null = null;
  private mirror: MediaStreamAudioSourceNode | null = null;
  private speaking = false;
  private measuring: ReturnType<typeof setInterval> | null = null;
  private patience: ReturnType<typeof setTimeout> | null = null;

  constructor(private readonly on: PhoneEvents) {
    this.microphone = new Microphone((stream) => this.heardBy(stream));
    this.ringtone = new Ringtone(() => this.audio());
    this.ringtone.setVolume(this.sound.get().ringVolume);
    void this.ringtone.setOutput(this.sound.get().ringOutput);
  }

  /** Opens a session anew; an older one ends. */
  async connect() {
    this.dropPeer();
    this.sound.patch({ media: 'connecting' });
    const peer = new Peer(
      {
        offer: (sdp) => this.on.offer(sdp),
        stream: (s) => this.hear(s),
        state: (s) => this.peer === peer && this.changed(s),
      },
      this.relays,
    );
    this.peer = peer;
    this.patience = setTimeout(() => {
      if (this.peer === peer && peer.state !== 'connected') this.sound.patch({ media: 'failed' });
    }, connectWithin);
    await this.speak();
    await peer.begin();
  }

  async answer(sdp: string) {
    await this.peer?.answer(sdp);
  }

  get connected(): boolean {
    return this.peer?.state === 'connected';
  }

  /** Ends the session; the microphone stays as it is. */
  disconnect() {
    this.dropPeer();
    this.sound.patch({ media: 'none', quality: null, echo: false });
  }

  /** Lets our voice out, for a call or an echo; while idle nothing is sent. */
  setSpeaking(on: boolean) {
    if (on) this.listenToSelf(false);
    if (on === this.speaking) return;
    this.speaking = on;
    if (!on) this.setMuted(false);
    if (on) this.setEcho(false); // the server has ended it for the call
    void this.speak();
  }

  setMuted(on: boolean) {
    this.sound.patch({ muted: on });
    for (const t of this.microphone.stream?.getAudioTracks() ?? []) t.enabled = !on;
  }

  setEcho(on: boolean) {
    this.sound.patch({ echo: on });
    void this.speak();
  }

  ring(on: boolean) {
    if (on) this.ringtone.start();
    else this.ringtone.stop();
  }

  tryRing() {
    this.ringtone.try();
  }

  setRingVolume(volume: number) {
    localStorage.setItem(keys.volume, String(volume));
    this.sound.patch({ ringVolume: volume });
    this.ringtone.setVolume(volume);
  }

  async setRingOutput(device: string) {
    localStorage.setItem(keys.ring, device);
    this.sound.patch({ ringOutput: device });
    await this.ringtone.setOutput(device);
  }

  async setVoiceOutput(device: string) {
    localStorage.setItem(keys.voice, device);
    this.sound.patch({ voiceOutput: device });
    if (this.ear) await route(this.ear, device);
  }

  /** Both voices now, 0 to 1: ours and the client's. */
  levels(): { us: number; them: number } {
    return { us: this.sound.get().muted ? 0 : (this.us?.read() ?? 0), them: this.them?.read() ?? 0 };
  }

  /** Plays our own voice back, a second late, before there is a session; gives whether it does now. */
  listenToSelf(on: boolean): boolean {
    this.mirror?.disconnect();
    this.mirror = null;
    const stream = this.microphone.stream;
    if (!on || !stream) return false;
    const c = this.audio();
    void c.resume();
    const delay = c.createDelay(2);
    delay.delayTime.value = 1;
    this.mirror = c.createMediaStreamSource(stream);
    this.mirror.connect(delay);
    delay.connect(c.destination);
    return true;
  }

  /** To be called on a click or a key: browsers let sound out only after one. */
  awaken() {
    if (this.context?.state === 'suspended') void this.context.resume();
    if (this.ear?.paused && this.ear.srcObject) void this.play();
  }

  close() {
    this.ring(false);
    this.listenToSelf(false);
    this.disconnect();
    this.microphone.close();
  }

  private audio(): AudioContext {
    this.context ??= new AudioContext();
    return this.context;
  }

  private heardBy(stream: MediaStream | null) {
    this.us?.close();
    this.us = stream ? new Meter(this.audio(), stream) : null;
    for (const t of stream?.getAudioTracks() ?? []) t.enabled = !this.sound.get().muted;
    void this.speak();
  }

  private async speak() {
    const out = this.speaking || this.sound.get().echo;
    await this.peer?.speak(out ? (this.microphone.stream?.getAudioTracks()[0] ?? null) : null);
  }

  private hear(stream: MediaStream) {
    this.ear ??= new Audio();
    this.ear.srcObject = stream;
    void route(this.ear, this.sound.get().voiceOutput);
    void this.play();
    this.them?.close();
    this.them = new Meter(this.audio(), stream);
  }

  private async play() {
    try {
      await this.ear?.play();
      this.sound.patch({ needsClick: false });
    } catch (e) {
      if (e instanceof DOMException && e.name === 'NotAllowedError') this.sound.patch({ needsClick: true });
    }
  }

  private changed(state: RTCPeerConnectionState) {
    if (state === 'connected') {
      if (this.patience) clearTimeout(this.patience);
      this.sound.patch({ media: 'connected' });
      this.measuring ??= setInterval(() => void this.measure(), qualityEvery);
      void this.measure();
    } else if (state === 'failed') {
      this.sound.patch({ media: 'failed' });
    } else if (state === 'disconnected') {
      this.sound.patch({ media: 'connecting' });
    }
  }

  private async measure() {
    const q = await this.peer?.quality();
    if (!q) return;
    this.sound.patch({ quality: q });
    this.on.quality(q);
  }

  private dropPeer() {
    if (this.measuring) clearInterval(this.measuring);
    if (this.patience) clearTimeout(this.patience);
    this.measuring = null;
    this.peer?.close();
    this.peer = null;
    this.them?.close();
    this.them = null;
    if (this.ear) this.ear.srcObject = null;
  }
}
