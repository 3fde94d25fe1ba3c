import { api } from '@/api/client';
import { Heard, type Range } from './heard';

/** What a player shows. */
export type PlaybackState = { playing: boolean; at: number; rate: number; failed: boolean };

/** The speeds of the player. */
export const speeds = [0.75, 1, 1.25, 1.5, 2];

let current: Playback | null = null;

/** One recording being played: the sound, where it is, and the report of what was heard. Only one plays at a time. */
export class Playback {
  readonly audio = new Audio();
  private state: PlaybackState = { playing: false, at: 0, rate: 1, failed: false };
  private readonly listeners = new Set<() => void>();
  private readonly heard = new Heard((r) => this.report(r));
  private unsent: Range[] = [];
  private frame = 0;
  private readonly leave = () => this.heard.stop(this.audio.currentTime);

  constructor(
    private readonly id: string,
    private readonly length: number,
  ) {
    const a = this.audio;
    a.preload = 'none';
    a.src = `/api/v1/recordings/${id}/audio`;
    a.addEventListener('play', () => this.begin());
    a.addEventListener('pause', () => this.end());
    a.addEventListener('ended', () => this.end());
    a.addEventListener('seeking', () => this.heard.stop());
    a.addEventListener('seeked', () => this.landed());
    a.addEventListener('timeupdate', () => this.look());
    a.addEventListener('error', () => this.set({ failed: true, playing: false }));
    window.addEventListener('pagehide', this.leave);
  }

  /** For useSyncExternalStore. */
  subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  };

  /** For useSyncExternalStore. */
  snapshot = () => this.state;

  /** Plays or stops. */
  toggle() {
    if (!this.audio.paused) return this.audio.pause();
    if (current && current !== this) current.audio.pause();
    current = this;
    if (this.state.failed) {
      this.audio.load();
      this.set({ failed: false });
    }
    this.audio.playbackRate = this.state.rate;
    this.audio.play().catch((e: unknown) => {
      if (!(e instanceof DOMException && e.name === 'AbortError')) this.set({ failed: true, playing: false });
    });
  }

  /** Jumps to a place. */
  seek(to: number) {
    const at = Math.min(Math.max(0, to), Math.max(0, this.length - 0.05));
    this.heard.stop(this.audio.currentTime);
    if (this.audio.readyState === 0) {
      this.audio.preload = 'metadata';
      this.audio.addEventListener('loadedmetadata', () => this.go(at), { once: true });
      this.audio.load();
    } else this.go(at);
    this.set({ at });
  }

  /** Changes the speed by so many steps. */
  faster(steps: number) {
    const i = speeds.indexOf(this.state.rate) + steps;
    this.speed(speeds[Math.min(speeds.length - 1, Math.max(0, i))] ?? 1);
  }

  /** Sets the speed. */
  speed(rate: number) {
    this.audio.playbackRate = rate;
    this.audio.defaultPlaybackRate = rate;
    this.set({ rate });
  }

  /** Ends everything; what was heard is told. */
  close() {
    this.leave();
    window.removeEventListener('pagehide', this.leave);
    this.audio.pause();
    cancelAnimationFrame(this.frame);
    this.audio.removeAttribute('src');
    if (current === this) current = null;
  }

  private go(at: number) {
    this.audio.currentTime = at;
  }

  private begin() {
    this.heard.start(this.audio.currentTime);
    this.set({ playing: true, failed: false });
    this.tick();
  }

  private end() {
    this.heard.stop(this.audio.seeking ? undefined : this.audio.currentTime);
    cancelAnimationFrame(this.frame);
    this.set({ playing: false, at: this.audio.currentTime });
  }

  private landed() {
    if (!this.audio.paused) this.heard.start(this.audio.currentTime);
    this.set({ at: this.audio.currentTime });
  }

  private tick = () => {
    this.look();
    cancelAnimationFrame(this.frame);
    if (!this.audio.paused) this.frame = requestAnimationFrame(this.tick);
  };

  private look() {
    if (this.audio.paused || this.audio.seeking) return;
    this.heard.at(this.audio.currentTime);
    if (Math.abs(this.audio.currentTime - this.state.at) > 0.05) this.set({ at: this.audio.currentTime });
  }

  private set(change: Partial<PlaybackState>) {
    this.state = { ...this.state, ...change };
    for (const l of this.listeners) l();
  }

  /** Tells the server what was heard, also while the page goes; what did not arrive goes with the next report. */
  private report(range: Range) {
    const ranges = [...this.unsent, range];
    this.unsent = [];
    for (const body of ranges) {
      api
        .POST('/recordings/{id}/heard', { params: { path: { id: this.id } }, body, keepalive: true })
        .then(({ response }) => {
          if (response.status >= 500) this.unsent.push(body);
        })
        .catch(() => this.unsent.push(body));
    }
  }
}
