import { ActionIcon, Button, Menu } from '@mantine/core';
import { IconCheck, IconPhone, IconPhoneX, IconX } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { useCan } from '@/api/session';
import { duration } from '@/format/duration';
import { phone } from '@/format/phone';
import { Avatar } from '@/parts/Avatar';
import { Chip, type Hue } from '@/parts/Chip';
import { When } from '@/parts/When';
import { useDial } from '@/phone/useDial';
import { minutesLeft } from './debts';
import css from './Missed.module.css';

type Missed = Schema<'Missed'>;

/** Why a debt may be closed by hand. */
export const reasons = ['unreachable', 'other_channel', 'wrong_number', 'spam', 'other'] as const;

/** A reason for closing. */
export type Reason = (typeof reasons)[number];

/** The name that a debt goes by. */
export function debtName(m: Missed): string {
  return m.client?.name || phone(m.phone);
}

function Name({ m }: { m: Missed }) {
  const name = debtName(m);
  const link = m.client ? (
    <Link data-main to="/clients/$id" params={{ id: m.client.id }} className={css.name}>
      {name}
    </Link>
  ) : (
    <Link data-main to="/calls/$id" params={{ id: m.last_call }} className={css.name}>
      {name}
    </Link>
  );
  return (
    <>
      <Avatar name={m.client?.name ?? ''} size={22} />
      {link}
    </>
  );
}

function Deadline({ m, now, t }: { m: Missed; now: number; t: TFunction }) {
  if (m.attempts >= 3) return <Chip hue="red">{t('missed.decide')}</Chip>;
  const left = minutesLeft(m, now);
  const hue: Hue | undefined = left < 0 ? 'red' : left <= 15 ? 'amber' : undefined;
  const far = Math.abs(left) >= 120;
  return (
    <Chip hue={hue} title={t(left < 0 ? 'missed.over' : 'missed.left')}>
      {left < 0 && '−'}
      {far ? t('missed.hours', { n: Math.round(Math.abs(left) / 60) }) : t('missed.minutes', { n: Math.abs(left) })}
    </Chip>
  );
}

type Props = {
  m: Missed;
  now: number;
  onClose: (reason: Reason) => void;
  closing: boolean;
  opened: boolean;
  setOpened: (o: boolean) => void;
};

/** A debt: the deadline first, the reason second, one green button. */
export function DebtCard({ m, now, onClose, closing, opened, setOpened }: Props) {
  const { t } = useTranslation();
  const can = useCan();
  const dial = useDial();
  const second = [m.source?.name, m.number_name].filter(Boolean).join(', ');
  return (
    <li className={css.card} data-row={m.id}>
      <div className={css.line}>
        <Name m={m} />
        <Deadline m={m} now={now} t={t} />
      </div>
      <div className={css.sub}>{[m.client?.name ? phone(m.phone) : t('missed.newNumber'), second].filter(Boolean).join(' · ')}</div>
      <div className={css.line}>
        <IconPhoneX size={14} stroke={1.75} color="var(--rb-ink3)" aria-hidden />
        <Link to="/calls" search={{ debt: m.id }} className={css.sub}>
          {[
            t(`calls.end.${m.last_reason}`, { defaultValue: m.last_reason }),
            m.last_wait_seconds > 0 && duration(m.last_wait_seconds),
            m.rings > 1 && t('missed.rings', { count: m.rings }),
          ]
            .filter(Boolean)
            .join(', ')}
        </Link>
        <span className={`${css.sub} ${css.right}`}>
          <When at={m.last_at} as={Date.now() - Date.parse(m.last_at) < 43_200_000 ? 'clock' : 'day'} />
        </span>
      </div>
      {m.last_attempt_at && (
        <div className={css.sub}>
          {t('missed.tried', { count: m.attempts })}, <When at={m.last_attempt_at} />
        </div>
      )}
      <div className={css.line}>
        {can('calls.make') && (
          <Button
            variant="filled"
            color="var(--rb-green-fill)"
            size="compact-sm"
            leftSection={<IconPhone size={15} stroke={1.75} aria-hidden />}
            aria-label={t('clients.call', { name: debtName(m) })}
            onClick={() => dial(m.phone, m.client?.id)}
          >
            {t(m.attempts > 0 ? 'missed.again' : 'call.dial')}
          </Button>
        )}
        {can('missed.close') && (
          <Menu opened={opened} onChange={setOpened} position="bottom-start" withinPortal>
            <Menu.Target>
              <ActionIcon
                variant="default"
                size={28}
                loading={closing}
                aria-label={t('missed.closeOf', { name: debtName(m) })}
                title={`${t('missed.close')} (X)`}
              >
                <IconX size={15} stroke={1.75} aria-hidden />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Label>{t('missed.close')}</Menu.Label>
              {reasons.map((r) => (
                <Menu.Item key={r} onClick={() => onClose(r)}>
                  {t(`missed.reason.${r}`)}
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
        )}
        <span
          className={css.dots}
          role="img"
          aria-label={t('missed.tried', { count: m.attempts })}
          title={t('missed.tried', { count: m.attempts })}
        >
          {[0, 1, 2].map((n) => (
            <i key={n} className={n < m.attempts ? css.tried : undefined} />
          ))}
        </span>
        {m.owner && (
          <span title={m.owner.name}>
            <Avatar name={m.owner.name} size={20} />
            <span className="sr">{m.owner.name}</span>
          </span>
        )}
      </div>
    </li>
  );
}

/** A debt that is settled: by which talk, or by whom and why. */
export function ClosedCard({ m, reopen }: { m: Missed; reopen?: () => void }) {
  const { t } = useTranslation();
  const talk = m.closed_by;
  return (
    <li className={css.card}>
      <div className={css.line}>
        <IconCheck size={18} stroke={1.75} color="var(--rb-green)" aria-hidden />
        <Name m={m} />
      </div>
      <div className={css.sub}>
        {talk ? (
          <Link to="/calls/$id" params={{ id: talk.call }}>
            {t(talk.direction === 'outbound' ? 'missed.byUs' : 'missed.byClient', { length: duration(talk.talk_seconds) })}
          </Link>
        ) : (
          t('missed.byHand', { reason: t(`missed.reason.${m.reason}`, { defaultValue: m.reason }) })
        )}
      </div>
      <div className={css.line}>
        <span className={css.sub}>{talk?.agent?.name ?? m.closed_user?.name}</span>
        {!talk && m.reason !== 'merged' && reopen && (
          <Button size="compact-xs" variant="subtle" aria-label={t('missed.reopenOf', { name: debtName(m) })} onClick={reopen}>
            {t('missed.reopen')}
          </Button>
        )}
        {m.closed_at && (
          <span className={`${css.sub} ${css.right}`}>
            <When at={m.closed_at} />
          </span>
        )}
      </div>
    </li>
  );
}
