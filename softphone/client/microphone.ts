import { Store } from './store';

/** What keeps us from hearing the person, or `ok`. */
export type MicState = 'none' | 'asking' | 'ok' | 'refused' | 'missing' | 'insecure' | 'busy';

/** An input or output as the page lists it. */
export interface Device {
  id: string;
  name: string;
}

/** The microphone and the devices of this machine. */
export interface MicStatus {
  state: MicState;
  /** The name of the device that hears now. */
  name: string;
  device: string;
  inputs: Device[];
  outputs: Device[];
  /** The device that took over when another went, until somebody has read it. */
  tookOver: string;
}

const chosenKey = 'ringbook.microphone';

/** What the browser's refusal means. */
export function reasonOf(e: unknown): MicState {
  const name = e instanceof Error || e instanceof DOMException ? e.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'refused';
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'missing';
  return 'busy';
}

/** Holds the microphone for the shift: asks for it, notices when it goes, and takes the next one. */
export class Microphone {
  readonly status = new Store<MicStatus>({ state: 'none', name: '', device: '', inputs: [], outputs: [], tookOver: '' });
  stream: MediaStream | null = null;
  private wanted = false;
  private opening: Promise<boolean> | null = null;

  /** Hears of each new stream, and of null when there is none any more. */
  constructor(private readonly changed: (stream: MediaStream | null) => void) {
    if (typeof navigator === 'undefined' || !navigator.mediaDevices) return;
    navigator.mediaDevices.addEventListener('devicechange', () => void this.devices());
    void navigator.permissions
      ?.query({ name: 'microphone' as PermissionName })
      .then((p) => {
        p.onchange = () => void this.permitted(p.state);
      })
      .catch(() => {}); // an older browser: the track's end says it
  }

  /** Opens the microphone; false with the reason in the status. */
  open(): Promise<boolean> {
    this.wanted = true;
    this.opening ??= this.acquire(localStorage.getItem(chosenKey) ?? '').finally(() => {
      this.opening = null;
    });
    return this.opening;
  }

  /** Lets go of it. */
  close() {
    this.wanted = false;
    this.drop();
    this.status.patch({ state: 'none', name: '', device: '' });
  }

  /** Takes another input, now and from now on. */
  async choose(device: string) {
    localStorage.setItem(chosenKey, device);
    if (this.wanted) await this.acquire(device);
  }

  read() {
    this.status.patch({ tookOver: '' });
  }

  private async acquire(device: string): Promise<boolean> {
    if (!globalThis.isSecureContext || !navigator.mediaDevices) {
      this.status.patch({ state: 'insecure' });
      return false;
    }
    if (this.status.get().state !== 'ok') this.status.patch({ state: 'asking' });
    const voice = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
    try {
      let stream: MediaStream;
      try {
        stream = await navigator.mediaDevices.getUserMedia({ audio: device ? { ...voice, deviceId: { exact: device } } : voice });
      } catch (e) {
        if (!device || reasonOf(e) === 'refused') throw e;
        stream = await navigator.mediaDevices.getUserMedia({ audio: voice });
      }
      if (!this.wanted) {
        for (const t of stream.getTracks()) t.stop();
        return false;
      }
      this.use(stream);
      await this.devices();
      return true;
    } catch (e) {
      this.drop();
      this.status.patch({ state: reasonOf(e), name: '', device: '' });
      await this.devices();
      return false;
    }
  }

  private use(stream: MediaStream) {
    const old = this.stream;
    this.stream = stream;
    const track = stream.getAudioTracks()[0];
    if (track) track.onended = () => void this.ended(stream);
    this.status.patch({ state: 'ok', name: track?.label ?? '', device: track?.getSettings().deviceId ?? '' });
    this.changed(stream);
    for (const t of old?.getTracks() ?? []) t.stop();
  }

  private drop() {
    for (const t of this.stream?.getTracks() ?? []) t.stop();
    if (this.stream) {
      this.stream = null;
      this.changed(null);
    }
  }

  /** The device was unplugged, or the permission withdrawn: the next one takes over at once. */
  private async ended(stream: MediaStream) {
    if (this.stream !== stream || !this.wanted) return;
    this.drop();
    if (await this.acquire('')) this.status.patch({ tookOver: this.status.get().name });
  }

  private async permitted(state: PermissionState) {
    if (state === 'denied') {
      this.drop();
      this.status.patch({ state: 'refused' });
    } else if (this.wanted && !this.stream) {
      await this.open();
    }
  }

  private async devices() {
    if (!navigator.mediaDevices?.enumerateDevices) return;
    const all = await navigator.mediaDevices.enumerateDevices();
    const list = (kind: MediaDeviceKind) =>
      all.filter((d) => d.kind === kind && d.deviceId).map((d) => ({ id: d.deviceId, name: d.label }));
    const inputs = list('audioinput');
    this.status.patch({ inputs, outputs: list('audiooutput') });
    const s = this.status.get();
    if (this.wanted && s.state === 'missing' && all.some((d) => d.kind === 'audioinput')) await this.open();
    if (this.wanted && this.stream && s.device && inputs.length > 0 && !inputs.some((d) => d.id === s.device))
      await this.ended(this.stream);
  }
}
