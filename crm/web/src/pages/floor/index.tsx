import { IconUsersMinus } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { duration } from '@/format/duration';
import { clockSeconds } from '@/format/time';
import { Bones } from '@/list/Rows';
import { useLater } from '@/list/useLater';
import { type Live, secondsSince, useLiveState, useServerNow, useWatchPresence } from '@/live/useLive';
import { Empty } from '@/parts/Empty';
import { PageHead } from '@/parts/PageHead';
import { Panel } from '@/parts/Panel';
import { PhoneLink } from '@/phone/PhoneLink';
import { Board, callName, Legend, type Line } from './Board';
import css from './Floor.module.css';
import { onFloor } from './floor';
import { OutboundGuard } from './OutboundGuard';

/** Older than this, the figures are grey and say of when they are. */
const late = 5000;

/** Three questions: are clients waiting, what is wrong, who is doing what. */
export default function FloorPage() {
  const { t } = useTranslation();
  useWatchPresence();
  const live = useLiveState();
  const now = useServerNow();
  const age = useAge(live);
  const slow = useLater(!live.presence);
  if (!live.presence)
    return (
      <>
        <PageHead title={t('floor.title')} />
        <div className="panel">{slow && <Bones rows={8} />}</div>
      </>
    );
  const lines = onFloor(live.presence.agents, live.presence.calls);
  const old = age > late;
  return (
    <>
      <PageHead title={t('floor.title')} count={old ? undefined : t('floor.nowAt', { at: clockSeconds(new Date(now)) })}>
        <span className={`${css.live} ${old ? css.red : css.green}`} role="status">
          <span className={css.dot} aria-hidden />
          {old ? t('floor.dataOf', { at: clockSeconds(new Date(now - age)) }) : t('floor.live')}
        </span>
      </PageHead>
      <div className={old ? css.late : undefined}>
        <Tiles lines={lines} waiting={live.waiting} now={old ? now - age : now} />
        <div className={css.page}>
          <Panel title={t('floor.agents')} count={lines.length} side={<Legend lines={lines} />} bare>
            {lines.length === 0 ? (
              <Empty icon={IconUsersMinus} title={t('floor.nobody')} text={t('floor.nobodyText')} />
            ) : (
              <Board lines={lines} now={old ? now - age : now} reasons={live.settings?.pause_reasons ?? []} />
            )}
          </Panel>
          <div className={css.side}>
            <Trouble lines={lines} now={now} />
            <Waiting waiting={live.waiting} now={old ? now - age : now} />
            <OutboundGuard />
          </div>
        </div>
      </div>
    </>
  );
}

/** How long ago the server was last heard, in ms. The feed may rest while nothing happens: only a lost connection makes it old. */
function useAge(live: Live): number {
  const [age, setAge] = useState(0);
  const lost = useRef<number | null>(null);
  lost.current = live.connection === 'open' ? null : (live.lostAt ?? lost.current ?? Date.now());
  useEffect(() => {
    const id = window.setInterval(() => setAge(lost.current === null ? 0 : Date.now() - lost.current), 500);
    return () => window.clearInterval(id);
  }, []);
  return age;
}

function Tiles({ lines, waiting, now }: { lines: Line[]; waiting: Schema<'Call'>[]; now: number }) {
  const { t } = useTranslation();
  const longest = Math.max(0, ...waiting.map((c) => secondsSince(c.waiting_at, now)));
  const free = lines.filter((l) => l.as === 'available').length;
  const talking = lines.filter((l) => l.as === 'talking' || l.as === 'held').length;
  return (
    <div className={css.tiles}>
      <section className={`panel ${css.tile}`} aria-label={t('floor.clients')}>
        <Figure value={String(waiting.length)} label={t('floor.wait', { count: waiting.length })} bad={waiting.length > 0 && free === 0} />
        <Figure value={longest > 0 ? duration(longest) : t('common.none')} label={t('floor.longest')} bad={longest > 60} />
      </section>
      <section className={`panel ${css.tile}`} aria-label={t('floor.onShift')}>
        <Figure value={String(lines.length)} label={t('floor.onShift')} bad={false} />
        <Figure value={String(free)} label={t('floor.count.available')} bad={waiting.length > 0 && free === 0} />
        <Figure value={String(talking)} label={t('floor.count.talking')} bad={false} />
      </section>
    </div>
  );
}

function Figure({ value, label, bad }: { value: string; label: string; bad: boolean }) {
  return (
    <div>
      <span className={`${css.figure} ${bad ? css.red : ''}`}>{value}</span>
      <span className={css.sub}>{label}</span>
    </div>
  );
}

function Waiting({ waiting, now }: { waiting: Schema<'Call'>[]; now: number }) {
  const { t } = useTranslation();
  const list = [...waiting].sort((a, b) => Date.parse(a.waiting_at ?? a.started_at) - Date.parse(b.waiting_at ?? b.started_at));
  return (
    <Panel title={t('floor.waiting')} count={list.length} bare>
      <ul className={css.list}>
        {list.length === 0 && <li className={css.sub}>{t('floor.nobodyWaits')}</li>}
        {list.map((c) => {
          const seconds = secondsSince(c.waiting_at, now);
          return (
            <li key={c.id}>
              <span className={css.grow}>
                {c.client?.name ? (
                  <Link to="/calls/$id" params={{ id: c.id }}>
                    {callName(c, t)}
                  </Link>
                ) : c.phone ? (
                  <PhoneLink e164={c.phone} />
                ) : (
                  callName(c, t)
                )}{' '}
                <span className={css.sub}>
                  {[c.number_name, c.state === 'ringing' && c.agent && t('floor.ringsAt', { name: c.agent.name })]
                    .filter(Boolean)
                    .join(' · ')}
                </span>
              </span>
              <b className={`num ${seconds > 60 ? css.red : ''}`}>{duration(seconds)}</b>
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}

/** What is wrong, with its words. */
function Trouble({ lines, now }: { lines: Line[]; now: number }) {
  const { t } = useTranslation();
  const bad = lines.filter((l) => l.as === 'not_responding' || l.as === 'lost');
  return (
    <Panel title={t('floor.trouble')} count={bad.length} bare>
      <ul className={css.list}>
        {bad.length === 0 && <li className={css.sub}>{t('floor.allWell')}</li>}
        {bad.map((l) => (
          <li key={l.agent.id}>
            <span className={css.grow}>
              {t(`floor.is.${l.as}`, { name: l.agent.name })}
              <br />
              <span className={css.sub}>{t(`floor.hint.${l.as}`)}</span>
            </span>
            <b className={`num ${css.red}`}>{duration(secondsSince(l.agent.since, now))}</b>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
