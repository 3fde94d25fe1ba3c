/** The ringing: two soft tones twice every three seconds, made here, on an output of its own. */
export class Ringtone {
  private context: AudioContext | null = null;
  private gain: GainNode | null = null;
  private out: HTMLAudioElement | null = null;
  private timer: ReturnType<typeof setInterval> | null = null;
  private volume = 0.6;
  private sink = '';

  constructor(private readonly make: () => AudioContext) {}

  /** From 0 to 1. */
  setVolume(volume: number) {
    this.volume = volume;
    if (this.gain) this.gain.gain.value = volume;
  }

  /** Chooses the output by its device; empty is the system's own. */
  async setOutput(device: string) {
    this.sink = device;
    if (this.out) await route(this.out, device);
  }

  start() {
    if (this.timer) return;
    this.prepare();
    this.phrase();
    this.timer = setInterval(() => this.phrase(), 3_000);
  }

  stop() {
    if (this.timer) clearInterval(this.timer);
    this.timer = null;
    if (this.gain && this.context) {
      this.gain.gain.cancelScheduledValues(this.context.currentTime);
      this.gain.disconnect();
      this.gain = null;
    }
    this.out?.pause();
  }

  /** One phrase, to try the output. */
  try() {
    if (this.timer) return;
    this.start();
    setTimeout(() => this.stop(), 1_400);
  }

  private prepare() {
    const c = this.context ?? this.make();
    this.context = c;
    void c.resume();
    if (!this.out) {
      const destination = c.createMediaStreamDestination();
      this.out = new Audio();
      this.out.srcObject = destination.stream;
      this.destination = destination;
      void route(this.out, this.sink);
    }
    this.gain = c.createGain();
    this.gain.gain.value = this.volume;
    if (this.destination) this.gain.connect(this.destination);
    void this.out.play().catch(() => {}); // no gesture yet: the page shows the call all the same
  }

  private destination: MediaStreamAudioDestinationNode | null = null;

  private phrase() {
    const c = this.context;
    const gain = this.gain;
    if (!c || !gain) return;
    for (const [i, hertz] of [
      [0, 660],
      [0.16, 880],
      [0.5, 660],
      [0.66, 880],
    ] as const) {
      const tone = c.createOscillator();
      const shape = c.createGain();
      const t = c.currentTime + i;
      tone.frequency.value = hertz;
      shape.gain.setValueAtTime(0, t);
      shape.gain.linearRampToValueAtTime(0.5, t + 0.015);
      shape.gain.exponentialRampToValueAtTime(0.001, t + 0.32);
      tone.connect(shape).connect(gain);
      tone.start(t);
      tone.stop(t + 0.34);
    }
  }
}

/** Sends an element's sound to an output, where the browser can; a device that went leaves the system's own. */
export async function route(element: HTMLAudioElement, device: string) {
  if (!('setSinkId' in element)) return;
  try {
    await element.setSinkId(device);
  } catch {
    if (device) await element.setSinkId('').catch(() => {});
  }
}
