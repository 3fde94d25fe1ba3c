import { Button } from '@mantine/core';
import { IconAlertCircle, IconCircleCheck, IconClock, IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, ask, type Schema } from '@/api/client';
import { useCan } from '@/api/session';
import { duration } from '@/format/duration';
import { clockSeconds, full } from '@/format/time';
import { Avatar } from '@/parts/Avatar';
import { Chip, type Hue } from '@/parts/Chip';
import { Panel } from '@/parts/Panel';
import { When } from '@/parts/When';
import { reasonWords } from '@/player/InlinePlayer';
import css from './Call.module.css';
import { DeleteRecording } from './DeleteRecording';

const hue: Record<string, Hue> = { verified: 'green', held: 'violet', failed: 'red', purged: 'red', redacted: 'amber' };

/** Where the recording is and how it came there, and who has listened to it. */
export function Custody({ recording, offset }: { recording: Schema<'Recording'>; offset: number }) {
  const { t } = useTranslation();
  const can = useCan();
  const [asking, setAsking] = useState(false);
  const chain = recording.chain ?? [];
  return (
    <Panel
      title={t('call.custody')}
      side={<Chip hue={hue[recording.state]}>{t(recording.state === 'verified' ? 'call.whole' : `player.state.${recording.state}`)}</Chip>}
    >
      <ul className={css.list}>
        {chain.map((l, i) => (
          <li key={`${l.state} ${l.at}`} title={full(l.at)}>
            <Mark state={l.state} last={i === chain.length - 1} />
            <span>
              {i < chain.length - 1
                ? t(`call.chain.${l.state}`, { defaultValue: t(`player.state.${l.state}`) })
                : t(`player.state.${l.state}`)}
              {l.reason && <span className={css.facts}> · {l.state === 'failed' ? reasonWords(t, l.reason) : l.reason}</span>}
              {l.actor && <span className={css.facts}> · {l.actor.name}</span>}
            </span>
            <time dateTime={l.at}>{clockSeconds(l.at)}</time>
          </li>
        ))}
      </ul>
      {recording.error && recording.state !== 'verified' && (
        <p className={css.sub}>{t('call.attempt', { count: recording.attempts, error: recording.error })}</p>
      )}
      <Listening id={recording.id} offset={offset} />
      {can('recordings.delete') && recording.state !== 'purged' && recording.state !== 'capturing' && (
        <>
          <Button mt={12} fullWidth leftSection={<IconTrash size={15} stroke={1.75} aria-hidden />} onClick={() => setAsking(true)}>
            {t('call.delete')}
          </Button>
          <DeleteRecording recording={recording} opened={asking} close={() => setAsking(false)} />
        </>
      )}
    </Panel>
  );
}

function Mark({ state, last }: { state: string; last: boolean }) {
  if (state === 'failed' || state === 'purged') return <IconAlertCircle className={css.badmark} size={16} stroke={1.75} aria-hidden />;
  if (last && (state === 'capturing' || state === 'spooled' || state === 'uploading'))
    return <IconClock className={css.wait} size={16} stroke={1.75} aria-hidden />;
  return <IconCircleCheck className={css.good} size={16} stroke={1.75} aria-hidden />;
}

function Listening({ id, offset }: { id: string; offset: number }) {
  const { t } = useTranslation();
  const { data } = useQuery({
    queryKey: ['recordings', id, 'listening'],
    refetchInterval: 10_000,
    queryFn: async () => (await ask(api.GET('/recordings/{id}/listening', { params: { path: { id } } }))).items ?? [],
  });
  if (!data) return null;
  return (
    <>
      <h3 className={css.sub}>{t('call.heardBy')}</h3>
      {data.length === 0 && <p className={css.facts}>{t('call.heardNobody')}</p>}
      <ul className={css.list} aria-label={t('call.heardBy')}>
        {data.map((l) => (
          <li key={`${l.user.id} ${l.from} ${l.started_at}`}>
            <Avatar name={l.user.name} size={18} />
            <span>
              {l.user.name}, <When at={l.heard_at} />
            </span>
            <span className={css.side} data-range={`${l.from}-${l.to}`}>
              {duration(offset + l.from)}–{duration(offset + l.to)}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}
