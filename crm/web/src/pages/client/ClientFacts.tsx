import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { count } from '@/format/number';
import { Chip } from '@/parts/Chip';
import { Panel } from '@/parts/Panel';
import { When } from '@/parts/When';
import { PhoneLink } from '@/phone/PhoneLink';
import css from './Client.module.css';

/** What stands on a client's card. */
export function ClientFacts({ client: c }: { client: Schema<'Client'> }) {
  const { t } = useTranslation();
  const none = t('common.none');
  const rows: [string, ReactNode][] = [
    [t('clients.col.phone'), (c.phones ?? []).length > 0 ? <Phones key="phones" client={c} /> : none],
    [t('clients.email'), (c.emails ?? []).map((e) => e.email).join('\n') || none],
  ];
  const fullName = [c.last_name, c.first_name, c.middle_name].filter(Boolean).join(' ');
  if (fullName && fullName !== c.name) rows.push([t('client.person'), fullName]);
  if (c.kind === 'person' || c.company) rows.push([t('clients.companyName'), c.company || none]);
  rows.push(
    [t('clients.city'), c.city || none],
    [t('clients.owner'), c.owner?.name ?? none],
    [
      t('clients.tags'),
      (c.tags ?? []).length > 0 ? (
        <span key="tags" className={css.tags}>
          {c.tags?.map((tag) => (
            <Chip key={tag}>{tag}</Chip>
          ))}
        </span>
      ) : (
        none
      ),
    ],
    [t('client.preferences'), c.preferences || none],
    [t('client.claims'), c.claims || none],
    [t('clients.source'), c.source || none],
    [t('client.how'), t(`timeline.how.${c.how}`, { defaultValue: none })],
    [t('client.since'), <When key="since" at={c.created_at} />],
    [
      t('clients.calls'),
      <Link key="calls" to="/calls" search={{ client: c.id }}>
        {t('client.callsCount', { count: c.calls_count, n: count(c.calls_count) })}
      </Link>,
    ],
  );
  return (
    <Panel title={t('client.card')} bare>
      <dl className={css.dl}>
        {rows.map(([name, value]) => (
          <div key={name} className={css.row}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}

function Phones({ client }: { client: Schema<'Client'> }) {
  return (
    <ul className={css.phones}>
      {(client.phones ?? []).map((p) => (
        <li key={p.id}>
          {p.label && <span className={css.sub}>{p.label} </span>}
          {p.e164 ? <PhoneLink e164={p.e164} client={client.id} /> : p.typed}
          {p.ext && <span className={css.sub}> #{p.ext}</span>}
        </li>
      ))}
    </ul>
  );
}
