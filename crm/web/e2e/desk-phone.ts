import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Debian 13 keeps them by architecture, 12 does not. */
const modules =
  readdirSync('/usr/lib')
    .map((dir) => `/usr/lib/${dir}/baresip/modules`)
    .find((dir) => existsSync(dir)) ?? '/usr/lib/baresip/modules';

/** A telephone on a desk: baresip, whose handset is lifted and put down by command. */
export class DeskPhone {
  private dir = mkdtempSync(join(tmpdir(), 'ringbook-desk-'));
  private process: ChildProcess;
  private control = 41000 + Math.floor(Math.random() * 5000);

  constructor(server: string, login: string, password: string) {
    const own = this.control + 5000;
    writeFileSync(join(this.dir, 'contacts'), '');
    writeFileSync(
      join(this.dir, 'accounts'),
      `<sip:${login}@${server};transport=udp>;auth_pass=${password};answermode=manual;regint=60;audio_codecs=PCMA\n`,
    );
    const config = [
      `sip_listen 127.0.0.1:${own}`,
      `audio_source aufile,${this.speech()}`,
      'ausrc_srate 8000',
      'auplay_srate 8000',
      `audio_player aufile,${join(this.dir, 'heard.wav')}`,
      'audio_alert aufile,/dev/null',
      `ctrl_tcp_listen 127.0.0.1:${this.control}`,
      `module_path ${modules}`,
      ...['g711.so', 'aufile.so', 'ctrl_tcp.so'].map((m) => `module ${m}`),
      'module_app account.so',
      'module_app menu.so',
    ];
    writeFileSync(join(this.dir, 'config'), `${config.join('\n')}\n`);
    this.process = spawn('baresip', ['-f', this.dir], { stdio: 'ignore' });
  }

  /** A minute of a tone, as 16-bit WAV at 8 kHz. */
  private speech(): string {
    const samples = 8000 * 60;
    const wav = Buffer.alloc(44 + 2 * samples);
    wav.write('RIFF', 0);
    wav.writeUInt32LE(36 + 2 * samples, 4);
    wav.write('WAVEfmt ', 8);
    for (const [i, v] of [16, 0x10001, 8000, 16000, 0x100002].entries()) wav.writeUInt32LE(v, 16 + 4 * i);
    wav.write('data', 36);
    wav.writeUInt32LE(2 * samples, 40);
    for (let i = 0; i < samples; i++) wav.writeInt16LE(Math.round(9000 * Math.sin((2 * Math.PI * 440 * i) / 8000)), 44 + 2 * i);
    const file = join(this.dir, 'speech.wav');
    writeFileSync(file, wav);
    return file;
  }

  /** Lifts the handset, or puts it down. */
  does(command: 'accept' | 'hangup'): Promise<void> {
    const text = JSON.stringify({ command });
    return new Promise((done, fail) => {
      const socket = connect(this.control, '127.0.0.1', () => socket.write(`${text.length}:${text},`));
      socket.on('data', () => socket.end(done));
      socket.on('error', fail);
    });
  }

  unplug() {
    this.process.kill();
    rmSync(this.dir, { recursive: true, force: true });
  }
}
