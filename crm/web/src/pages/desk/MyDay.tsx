import { Button } from '@mantine/core';
import { IconMicrophone } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api, ask, type Schema } from '@/api/client';
import { useCan, useMe } from '@/api/session';
import { duration } from '@/format/duration';
import { count } from '@/format/number';
import { day } from '@/format/time';
import { softphone } from '@/live/softphone';
import { useLiveState, useSound } from '@/live/useLive';
import { Panel } from '@/parts/Panel';
import { When } from '@/parts/When';
import { callName } from '@/phone/names';
import { tellRefusal } from '@/phone/refusal';
import css from './Desk.module.css';
import { RingMe } from './RingMe';
import { putCall } from './tabs';

/** One's calls of this day, the newest first; at most a hundred. */
function useToday() {
  const me = useMe();
  const can = useCan();
  const today = day(new Date());
  const { data } = useQuery({
    queryKey: ['calls', 'desk', me.id, today],
    enabled: can('calls.read'),
    queryFn: () => ask(api.GET('/calls', { params: { query: { agent: me.id, from: today, to: today, limit: 100 } } })),
  });
  return { me, today, items: data?.items ?? [], whole: !data?.next_cursor };
}

/** The last calls of the day; each opens on the desk. */
export function LastCalls() {
  const { t } = useTranslation();
  const { items } = useToday();
  return (
    <Panel title={t('desk.lastCalls')} bare>
      {items.length === 0 && <p className={css.note}>{t('desk.noCalls')}</p>}
      <ul className={css.list}>
        {items.slice(0, 10).map((c) => (
          <LastCall key={c.id} call={c} />
        ))}
      </ul>
    </Panel>
  );
}

/** The day so far in figures, while nobody calls. */
export function MyDay() {
  const { t } = useTranslation();
  const { me, today, items, whole } = useToday();
  const talks = items.filter((c) => c.answered_at);
  const talk = talks.reduce((sum, c) => sum + c.talk_seconds, 0);
  return (
    <div className={css.day}>
      <Panel title={t('desk.myDay')}>
        <dl className={css.figures}>
          <dt>{t('desk.talks')}</dt>
          <dd>
            <Link to="/calls" search={{ talked_by: me.id, from: today, to: today }}>
              {count(talks.length)}
              {whole ? '' : '+'}
            </Link>
          </dd>
          <dt>{t('desk.talkTime')}</dt>
          <dd className="num">{duration(talk)}</dd>
          <dt>{t('desk.calledOut')}</dt>
          <dd>
            <Link to="/calls" search={{ agent: me.id, direction: 'outbound', from: today, to: today }}>
              {count(items.filter((c) => c.direction === 'outbound').length)}
            </Link>
          </dd>
        </dl>
      </Panel>
      <RingMe />
      <Echo />
    </div>
  );
}

function LastCall({ call }: { call: Schema<'Call'> }) {
  const { t } = useTranslation();
  return (
    <li>
      <When at={call.started_at} as="clock" />
      <button type="button" className={css.call} onClick={() => putCall(call.id, true)}>
        {callName(call)}
      </button>
      <span className={css.soft}>{call.answered_at ? duration(call.talk_seconds) : t('desk.noTalk')}</span>
    </li>
  );
}

/** The test of the sound on its whole way: to the server and back. */
function Echo() {
  const { t } = useTranslation();
  const { agent } = useLiveState();
  const sound = useSound();
  if (sound.media !== 'connected' || agent?.call) return null;
  return (
    <Button
      leftSection={<IconMicrophone size={16} stroke={1.75} />}
      aria-pressed={sound.echo}
      onClick={() => void softphone.setEcho(!sound.echo).catch(tellRefusal)}
    >
      {sound.echo ? t('shift.hearSelfStop') : t('shift.hearSelf')}
    </Button>
  );
}
