import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api, ask, type Schema } from '@/api/client';
import { useCan } from '@/api/session';
import { percent } from '@/format/number';
import { Panel } from '@/parts/Panel';
import { onTheWay } from '@/player/states';
import { usePlayback } from '@/player/usePlayback';
import { Controls } from './Controls';
import { SoundArea, SpeechTable } from './SoundArea';
import { Trail } from './Trail';
import css from './Trail.module.css';
import { length } from './trail';
import { useSpeech } from './useSpeech';

/** The recording's row, again every 2 s while it is on its way. */
export function useRecording(id: string | undefined) {
  const can = useCan();
  return useQuery({
    queryKey: ['recordings', id],
    enabled: Boolean(id) && can('recordings.listen'),
    refetchInterval: (q) => (onTheWay(q.state.data?.state) ? 2000 : false),
    queryFn: () => ask(api.GET('/recordings/{id}', { params: { path: { id: id ?? '' } } })),
  });
}

/** The picture of a recording. */
export function useWaveform(recording: Schema<'Recording'> | undefined) {
  return useQuery({
    queryKey: ['recordings', recording?.id, 'peaks', recording?.size],
    enabled: Boolean(recording?.playable),
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: () => ask(api.GET('/recordings/{id}/peaks', { params: { path: { id: recording?.id ?? '' } } })),
  });
}

/** The call and its recording: the trail, the waveform and the player on one time axis. */
export function Sound({ call, now }: { call: Schema<'Call'>; now: number }) {
  const { t } = useTranslation();
  const recording = useRecording(call.recording?.id);
  const waveform = useWaveform(recording.data);
  const r = recording.data;
  const offset = r ? Math.max(0, (Date.parse(r.started_at) - Date.parse(call.started_at)) / 1000) : 0;
  const [playback, state] = usePlayback(r?.playable ? r.id : undefined, r?.duration ?? 0);
  const spoken = useSpeech(waveform.data);
  const whole = spoken ? spoken.client + spoken.agent : 0;
  const share = (s: number) => (whole > 0 ? percent(Math.round((100 * s) / whole) / 100) : t('common.unknown'));
  return (
    <Panel title={t('player.wave')} bare side={<Legend />}>
      <Trail
        call={call}
        now={now}
        at={playback && r ? offset + state.at : undefined}
        onSeek={playback && r ? (second) => second >= offset - 1 && playback.seek(second - offset) : undefined}
        sides={
          <>
            <span>
              <b className={css.client}>{t('player.client')}</b>
              {spoken && t('player.left', { share: share(spoken.client) })}
            </span>
            <span>
              <b className={css.agent}>{t('player.agents')}</b>
              {spoken && t('player.right', { share: share(spoken.agent) })}
            </span>
          </>
        }
        sound={
          <SoundArea call={call} recording={r} waveform={waveform.data} offset={offset} whole={length(call, now)} audio={playback?.audio} />
        }
      />
      {waveform.data && <SpeechTable waveform={waveform.data} offset={offset} />}
      {playback && r && <Controls playback={playback} state={state} offset={offset} length={r.duration} />}
    </Panel>
  );
}

function Legend() {
  const { t } = useTranslation();
  return (
    <span className={css.legend} aria-hidden>
      {(['talk', 'waiting', 'ringing', 'lost'] as const).map((k) => (
        <span key={k}>
          <i className={css[k]} /> {t(`call.legend.${k}`)}
        </span>
      ))}
    </span>
  );
}
