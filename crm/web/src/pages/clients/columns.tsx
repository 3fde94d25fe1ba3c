import { ActionIcon } from '@mantine/core';
import { IconPhone } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { TFunction } from 'i18next';
import type { Schema } from '@/api/client';
import { count } from '@/format/number';
import { phone } from '@/format/phone';
import type { CardOf, Column } from '@/list/Rows';
import { Avatar } from '@/parts/Avatar';
import { Chip } from '@/parts/Chip';
import { When } from '@/parts/When';
import { PhoneLink } from '@/phone/PhoneLink';
import css from './Clients.module.css';

type Client = Schema<'Client'>;
type Dial = (e164: string, client?: string) => void;

/** The name that a card goes by. */
export function nameOf(c: Client, t: TFunction): string {
  return c.name || c.company || (c.phones?.[0]?.e164 ? phone(c.phones[0].e164) : t('calls.unnamed'));
}

function Who({ c, t }: { c: Client; t: TFunction }) {
  const second = [c.kind === 'person' ? c.company : [c.last_name, c.first_name].filter(Boolean).join(' '), c.city]
    .filter(Boolean)
    .join(', ');
  return (
    <span className={css.who}>
      <Avatar name={c.name} company={c.kind === 'company'} />
      <span className={css.text}>
        <Link data-main to="/clients/$id" params={{ id: c.id }} className={css.name}>
          {nameOf(c, t)}
        </Link>
        {second && <span className={css.sub}>{second}</span>}
      </span>
    </span>
  );
}

function Phone({ c, t, dial }: { c: Client; t: TFunction; dial: Dial | undefined }) {
  const first = c.phones?.[0];
  if (!first) return <span className={css.sub}>{t('common.none')}</span>;
  if (!first.e164) return <span>{first.typed}</span>;
  return (
    <span className={css.phone}>
      <PhoneLink e164={first.e164} client={c.id} />
      {dial && (
        <ActionIcon
          className={css.call}
          variant="filled"
          color="var(--rb-green-fill)"
          size={26}
          tabIndex={-1}
          aria-label={t('clients.call', { name: nameOf(c, t) })}
          onClick={() => dial(first.e164, c.id)}
        >
          <IconPhone size={15} stroke={1.75} aria-hidden />
        </ActionIcon>
      )}
    </span>
  );
}

/** The columns of the list of clients. */
export function columns(t: TFunction, dial: Dial | undefined): Column<Client>[] {
  const none = <span className={css.sub}>{t('common.none')}</span>;
  return [
    { key: 'who', head: t('clients.col.who'), cell: (c) => <Who c={c} t={t} /> },
    { key: 'phone', head: t('clients.col.phone'), width: 210, cell: (c) => <Phone c={c} t={t} dial={dial} /> },
    {
      key: 'owner',
      head: t('clients.col.owner'),
      cell: (c) =>
        c.owner ? (
          <span className={css.owner}>
            <Avatar name={c.owner.name} size={20} />
            {c.owner.name}
          </span>
        ) : (
          none
        ),
    },
    {
      key: 'tags',
      head: t('clients.col.tags'),
      cell: (c) => (
        <span className={css.tags}>
          {(c.tags ?? []).slice(0, 3).map((tag) => (
            <Chip key={tag}>{tag}</Chip>
          ))}
          {(c.tags ?? []).length > 3 && <span className={css.sub}>+{(c.tags ?? []).length - 3}</span>}
        </span>
      ),
    },
    { key: 'source', head: t('clients.col.source'), cell: (c) => c.source || none },
    { key: 'last', head: t('clients.col.last'), width: 150, cell: (c) => (c.last_call_at ? <When at={c.last_call_at} /> : none) },
    {
      key: 'calls',
      head: t('clients.col.calls'),
      right: true,
      width: 80,
      cell: (c) =>
        c.calls_count > 0 ? (
          <Link to="/calls" search={{ client: c.id }} aria-label={t('clients.callsOf', { name: nameOf(c, t), count: c.calls_count })}>
            {count(c.calls_count)}
          </Link>
        ) : (
          none
        ),
    },
  ];
}

/** The two lines of a client on a phone. */
export function card(t: TFunction, dial: Dial | undefined): CardOf<Client> {
  return (c) => ({
    title: (
      <>
        <Avatar name={c.name} company={c.kind === 'company'} size={20} />
        <Link data-main to="/clients/$id" params={{ id: c.id }} className={css.name}>
          {nameOf(c, t)}
        </Link>
      </>
    ),
    aside: c.last_call_at && (
      <span className={css.sub}>
        <When at={c.last_call_at} as="day" />
      </span>
    ),
    second: <span className={css.sub}>{[c.company !== c.name && c.company, c.city, c.owner?.name].filter(Boolean).join(' · ')}</span>,
    action: <Phone c={c} t={t} dial={dial} />,
  });
}
