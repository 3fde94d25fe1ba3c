import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { useCan } from '@/api/session';
import { duration } from '@/format/duration';
import { percent } from '@/format/number';
import { reasonWords } from '@/player/InlinePlayer';
import { speech } from '@/player/speech';
import { Waveform } from '@/player/Waveform';
import css from './Trail.module.css';

type Props = {
  call: Schema<'Call'>;
  recording: Schema<'Recording'> | undefined;
  waveform: Schema<'Waveform'> | undefined;
  offset: number;
  whole: number;
  audio: HTMLAudioElement | undefined;
};

/** The waveform in its place on the axis; until it is there, the words of what is the matter. */
export function SoundArea({ call, recording, waveform, offset, whole, audio }: Props) {
  const { t } = useTranslation();
  const can = useCan();
  if (!call.recording) return <State text={t(call.ended_at && !call.answered_at ? 'call.noTalk' : 'player.notRecorded')} />;
  if (!can('recordings.listen')) return <State text={t('player.noRight')} />;
  if (!recording) return <Bones />;
  if (recording.state === 'purged') return <State text={`${t('player.state.purged')}. ${recording.reason}`} />;
  if (recording.state === 'failed' && !recording.playable)
    return <State text={`${t('player.failed', { reason: reasonWords(t, recording.reason) })}. ${t('player.failedText')}`} />;
  if (!recording.playable) return <State text={t(recording.state === 'capturing' ? 'player.state.capturing' : 'player.soon')} />;
  const place = (from: number, to: number) => ({ left: `${(100 * from) / whole}%`, width: `${(100 * (to - from)) / whole}%` });
  const begin = Date.parse(call.started_at);
  const holds = (call.segments ?? []).filter((s) => s.kind === 'hold' && s.to);
  return (
    <>
      {offset > 0.5 && (
        <div className={css.silent} style={place(0, offset)}>
          {offset / whole > 0.12 && <span>{t('player.fromAnswer')}</span>}
        </div>
      )}
      {holds.map((s) => (
        <div
          key={s.from}
          className={css.held}
          style={place((Date.parse(s.from) - begin) / 1000, (Date.parse(s.to ?? s.from) - begin) / 1000)}
        />
      ))}
      {(recording.gaps ?? []).map((g) => (
        <div key={g.from} className={css.gap} style={place(offset + g.from, offset + g.to)} title={g.why} />
      ))}
      <div className={css.wave} style={place(offset, offset + recording.duration)}>
        {waveform && audio ? <Waveform waveform={waveform} duration={recording.duration} audio={audio} height={74} /> : <Bones />}
      </div>
    </>
  );
}

function State({ text }: { text: string }) {
  return (
    <div className={css.state} role="status">
      {text}
    </div>
  );
}

function Bones() {
  return (
    <div className={css.bones} aria-hidden>
      {Array.from({ length: 60 }, (_, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: bones have no identity
        <i key={i} style={{ height: `${20 + ((i * 37) % 60)}%` }} />
      ))}
    </div>
  );
}

/** The waveform's data for readers: who spoke how much, by stretches of the recording. */
export function SpeechTable({ waveform, offset }: { waveform: Schema<'Waveform'>; offset: number }) {
  const { t } = useTranslation();
  const seconds = Math.max(1, waveform.frames / 8000);
  const step = Math.max(5, Math.ceil(seconds / 20));
  const parts = Array.from({ length: Math.ceil(seconds / step) }, (_, i) => ({ from: i * step, to: Math.min(seconds, (i + 1) * step) }));
  return (
    <div className="sr">
      <table aria-label={t('player.table')}>
        <thead>
          <tr>
            <th scope="col">{t('player.tableTime')}</th>
            <th scope="col">{t('player.client')}</th>
            <th scope="col">{t('player.agents')}</th>
          </tr>
        </thead>
        <tbody>
          {parts.map((p) => {
            const s = speech(waveform, p.from, p.to);
            const share = (v: number) => t('player.spoke', { share: percent(Math.min(1, v / (p.to - p.from))) });
            return (
              <tr key={p.from}>
                <td>
                  {duration(offset + p.from)}–{duration(offset + p.to)}
                </td>
                <td>{share(s.client)}</td>
                <td>{share(s.agent)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
