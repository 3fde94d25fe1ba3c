import { Button } from '@mantine/core';
import { IconUserCheck, IconUserQuestion } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import card from '@/card/Card.module.css';
import { shortDay } from '@/format/time';
import { Choose } from './Choose';

type Props = { call: Schema<'Call'>; match: Schema<'Match'> | null; client: Schema<'Client'> | null };

/** Why we think that it is them, in one sentence; and the way out if it is not. */
export function Why({ call, match, client }: Props) {
  const { t } = useTranslation();
  const [other, setOther] = useState(false);
  if (call.state === 'ended' && !match) return null;
  const unknown = match?.reason === 'unknown' || client?.unnamed;
  const since = match?.since ?? client?.phones.find((p) => p.e164 === call.phone)?.since;
  const chosen = call.match === 'chosen';
  const title = chosen
    ? t('desk.why.chosen')
    : unknown
      ? t('desk.why.unknown')
      : since
        ? t('desk.why.phone', { day: shortDay(since) })
        : t('desk.why.card');
  const calls = match?.calls ?? client?.calls_count ?? 0;
  return (
    <>
      <div className={`${card.why} ${unknown ? card.doubt : ''}`} data-why={unknown ? 'unknown' : (match?.reason ?? 'card')}>
        {unknown ? <IconUserQuestion size={20} stroke={1.75} aria-hidden /> : <IconUserCheck size={20} stroke={1.75} aria-hidden />}
        <p>
          <strong>{title}</strong>
          {unknown ? <small>{t('desk.why.unknownDo')}</small> : <> {t('desk.why.calls', { count: calls })}</>}
        </p>
        <Button size="compact-sm" aria-expanded={other} onClick={() => setOther((o) => !o)}>
          {t('desk.why.notThem')}
        </Button>
      </div>
      {other && <Choose call={call} match={null} candidates={[]} onDone={() => setOther(false)} />}
    </>
  );
}
