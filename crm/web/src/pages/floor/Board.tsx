import {
  type Icon,
  IconBellRinging,
  IconCheck,
  IconCoffee,
  IconPencil,
  IconPhone,
  IconPlayerPause,
  IconPlugConnectedX,
  IconUserOff,
} from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { timer } from '@/format/duration';
import { phone } from '@/format/phone';
import { type Live, secondsSince } from '@/live/useLive';
import { Avatar } from '@/parts/Avatar';
import { Chip, type Hue } from '@/parts/Chip';
import css from './Floor.module.css';
import { type onFloor, type Shown, states } from './floor';

type Call = Schema<'Call'>;
type Agent = NonNullable<Live['presence']>['agents'][number];
/** A line of the board. */
export type Line = ReturnType<typeof onFloor<Agent, Call>>[number];

const faces: Record<Shown, { icon: Icon; hue: Hue | undefined }> = {
  not_responding: { icon: IconUserOff, hue: 'red' },
  lost: { icon: IconPlugConnectedX, hue: 'red' },
  ringing: { icon: IconBellRinging, hue: 'amber' },
  talking: { icon: IconPhone, hue: 'green' },
  held: { icon: IconPlayerPause, hue: 'amber' },
  wrap_up: { icon: IconPencil, hue: 'blue' },
  available: { icon: IconCheck, hue: 'teal' },
  paused: { icon: IconCoffee, hue: undefined },
  offline: { icon: IconUserOff, hue: undefined },
};

/** The name that a call goes by on the floor. */
export function callName(c: Call, t: TFunction): string {
  return c.client?.name || (c.phone ? phone(c.phone) : t('calls.withheld'));
}

/** Who does what: state, since when, with whom or why. */
export function Board({ lines, now, reasons }: { lines: Line[]; now: number; reasons: { id: string; name: string }[] }) {
  const { t } = useTranslation();
  return (
    <table className={css.table} aria-label={t('floor.agents')}>
      <thead>
        <tr>
          <th scope="col">{t('floor.agent')}</th>
          <th scope="col">{t('floor.now')}</th>
          <th scope="col">{t('floor.with')}</th>
          <th scope="col">{t('calls.col.number')}</th>
        </tr>
      </thead>
      <tbody>
        {lines.map(({ agent, call, as }) => (
          <tr key={agent.id}>
            <td>
              <span className={css.who}>
                <Avatar name={agent.name} />
                <Link to="/calls" search={{ agent: agent.id }} style={{ color: 'inherit', textDecoration: 'none' }}>
                  {agent.name}
                </Link>
              </span>
            </td>
            <td>
              <span className={css.state}>
                <Chip hue={faces[as].hue} icon={faces[as].icon}>
                  {t(`floor.state.${as}`)}
                </Chip>
                <span className="num">{timer(secondsSince(agent.since, now))}</span>
              </span>
            </td>
            <td>
              {call ? (
                <Link to="/calls/$id" params={{ id: call.id }}>
                  {callName(call, t)}
                </Link>
              ) : (
                <span className={css.sub}>
                  {as === 'paused'
                    ? (reasons.find((r) => r.id === agent.reason)?.name ?? agent.reason ?? '')
                    : as === 'lost'
                      ? t('floor.silent')
                      : ''}
                </span>
              )}
            </td>
            <td className={css.sub}>{call?.number_name}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** How many are in each state. */
export function Legend({ lines }: { lines: Line[] }) {
  const { t } = useTranslation();
  return (
    <span className={css.legend}>
      {states
        .map((s) => [s, lines.filter((l) => l.as === s).length] as const)
        .filter(([, n]) => n > 0)
        .map(([s, n]) => (
          <span key={s}>
            <b>{n}</b> {t(`floor.count.${s}`)}
          </span>
        ))}
    </span>
  );
}
