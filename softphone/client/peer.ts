import { type Counters, type Quality, readQuality } from './quality';

/** What a peer tells. */
export interface PeerEvents {
  /** The offer to be carried to the server. */
  offer(sdp: string): void;
  state(state: RTCPeerConnectionState): void;
  stream(stream: MediaStream): void;
}

/** One WebRTC session with the gateway: G.711 both ways, the microphone only while it is wanted. */
export class Peer {
  private pc: RTCPeerConnection;
  private sender: RTCRtpSender;
  private counters: Counters = { received: 0, lost: 0 };

  /** The relays are used where nothing passes to the server itself. */
  constructor(
    private readonly on: PeerEvents,
    relays: RTCIceServer[],
  ) {
    this.pc = new RTCPeerConnection({ bundlePolicy: 'max-bundle', iceServers: relays });
    const { sender, setCodecPreferences } = this.transceiver();
    this.sender = sender;
    setCodecPreferences();
    this.pc.onconnectionstatechange = () => this.on.state(this.pc.connectionState);
    this.pc.ontrack = (e) => this.on.stream(e.streams[0] ?? new MediaStream([e.track]));
  }

  private transceiver() {
    const transceiver = this.pc.addTransceiver('audio', { direction: 'sendrecv' });
    const g711 = (RTCRtpReceiver.getCapabilities('audio')?.codecs ?? []).filter((c) => /^audio\/pcm[au]$/i.test(c.mimeType));
    return { sender: transceiver.sender, setCodecPreferences: () => g711.length > 0 && transceiver.setCodecPreferences(g711) };
  }

  get state(): RTCPeerConnectionState {
    return this.pc.connectionState;
  }

  /** Makes the offer. Our own candidates need not be in it: the server sees where our checks come from. */
  async begin() {
    await this.pc.setLocalDescription(await this.pc.createOffer());
    this.on.offer(this.pc.localDescription?.sdp ?? '');
  }

  async answer(sdp: string) {
    if (this.pc.signalingState === 'have-local-offer') await this.pc.setRemoteDescription({ type: 'answer', sdp });
  }

  /** Sends the track's sound; null sends nothing at all. */
  async speak(track: MediaStreamTrack | null) {
    if (this.sender.track !== track) await this.sender.replaceTrack(track);
  }

  async quality(): Promise<Quality> {
    const report = await this.pc.getStats();
    const { quality, counters } = readQuality(report.values(), this.counters);
    this.counters = counters;
    return quality;
  }

  close() {
    this.pc.onconnectionstatechange = null;
    this.pc.ontrack = null;
    this.pc.close();
  }
}
