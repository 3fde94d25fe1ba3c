import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { duration } from '@/format/duration';
import { percent } from '@/format/number';
import { phone } from '@/format/phone';
import { clockSeconds } from '@/format/time';
import { codes, resultOf } from '@/pages/calls/words';
import { Panel } from '@/parts/Panel';
import { PhoneLink } from '@/phone/PhoneLink';
import css from './Call.module.css';
import { useRecording, useWaveform } from './Sound';
import { useSpeech } from './useSpeech';

/** What is known of the call, line by line. */
export function Facts({ call }: { call: Schema<'Call'> }) {
  const { t } = useTranslation();
  const none = t('common.none');
  const time = (at: string | null | undefined) => (at ? clockSeconds(at) : none);
  const rows: [string, ReactNode][] = [
    [t('call.fact.result'), t(resultOf(call).word)],
    [
      t('call.fact.phone'),
      call.phone ? <PhoneLink key="phone" e164={call.phone} client={call.client?.id} /> : call.caller || t('calls.withheld'),
    ],
    [t('call.fact.match'), t(`call.match.${call.match}`, { defaultValue: call.match || none })],
    [t('call.fact.number'), [call.number_name, call.number ? phone(call.number) : ''].filter(Boolean).join(', ') || none],
    [t('call.fact.trunk'), trunksOf(call) || none],
    [t('call.fact.source'), call.source?.name ?? none],
    [t('call.fact.agent'), call.agent ? call.agent.name : t('calls.noAgent')],
    [t('call.fact.why'), call.why ? t(`call.why.${call.why}`, { defaultValue: call.why }) : none],
    [t('call.fact.started'), time(call.started_at)],
    [t('call.fact.answered'), time(call.answered_at)],
    [t('call.fact.ended'), time(call.ended_at)],
    [
      t('call.fact.end'),
      call.ended_at ? (
        <span key="end" title={codes(call) || undefined}>
          {t(`calls.end.${call.end_reason}`, { defaultValue: call.end_reason })}
        </span>
      ) : (
        t(`calls.live.${call.state}`)
      ),
    ],
  ];
  if (codes(call)) rows.push([t('call.fact.network'), codes(call)]);
  if (call.first_time) rows.push([t('call.fact.first'), t('calls.yes.true')]);
  if (call.missed_id)
    rows.push([
      t('call.fact.debt'),
      <Link key="debt" to="/calls" search={{ debt: call.missed_id }}>
        {t('call.fact.debtCalls')}
      </Link>,
    ]);
  return (
    <Panel title={t('call.facts')} bare>
      <Lines rows={rows} />
    </Panel>
  );
}

/** How the two sides spoke, read off the picture of the recording. */
export function Speaking({ call }: { call: Schema<'Call'> }) {
  const { t } = useTranslation();
  const recording = useRecording(call.recording?.id);
  const waveform = useWaveform(recording.data);
  const s = useSpeech(waveform.data);
  if (!s) return null;
  const whole = Math.max(0.001, s.client + s.agent);
  const part = (v: number) => `${duration(v)} · ${percent(Math.round((100 * v) / whole) / 100)}`;
  return (
    <Panel title={t('call.speaking')} bare>
      <Lines
        rows={[
          [t('call.spokeClient'), part(s.client)],
          [t('call.spokeAgent'), part(s.agent)],
          [t('call.spokeBoth'), duration(s.both)],
          [t('call.spokeNone'), duration(s.silence)],
          [t('call.held'), duration(call.hold_seconds)],
        ]}
      />
    </Panel>
  );
}

function Lines({ rows }: { rows: [string, ReactNode][] }) {
  return (
    <dl className={css.dl}>
      {rows.map(([name, value]) => (
        <div key={name} className={css.row}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** The lines to providers in the order in which they were tried. */
function trunksOf(call: Schema<'Call'>): string {
  const tried = call.segments.map((s) => s.trunk?.name).filter(Boolean);
  return tried.length > 0 ? tried.join(' → ') : (call.trunk?.name ?? '');
}
