import { Link } from '@tanstack/react-router';
import type { TFunction } from 'i18next';
import type { Schema } from '@/api/client';
import { duration } from '@/format/duration';
import { phone } from '@/format/phone';
import type { CardOf, Column } from '@/list/Rows';
import { Chip } from '@/parts/Chip';
import { When } from '@/parts/When';
import { PhoneLink } from '@/phone/PhoneLink';
import { InlinePlayer } from '@/player/InlinePlayer';
import css from './Calls.module.css';
import { codes, resultOf } from './words';

type Call = Schema<'Call'>;

/** The icon of what a call came to; its word is said to who cannot see. */
export function ResultMark({ call, t }: { call: Call; t: TFunction }) {
  const r = resultOf(call);
  return (
    <span className={`${css.mark} ${r.hue ? css[r.hue] : ''}`} title={t(r.word)}>
      <r.icon size={18} stroke={1.75} aria-hidden />
      <span className="sr">{t(r.word)}</span>
    </span>
  );
}

/** The name that a call goes by: the client's, the number, or what is known. */
export function whoOf(call: Call, t: TFunction): string {
  return call.client?.name || (call.phone ? phone(call.phone) : call.caller || t('calls.withheld'));
}

function Client({ call, t }: { call: Call; t: TFunction }) {
  const name = call.client?.name || (call.client ? t('calls.unnamed') : '');
  return (
    <span className={css.two}>
      {call.client ? (
        <Link to="/clients/$id" params={{ id: call.client.id }} className={css.name}>
          {name}
        </Link>
      ) : (
        <span>{call.phone ? t('calls.noCard') : t('calls.withheld')}</span>
      )}
      <span className={css.sub}>{call.phone ? <PhoneLink e164={call.phone} client={call.client?.id} /> : call.caller}</span>
    </span>
  );
}

function End({ call, t }: { call: Call; t: TFunction }) {
  if (!call.ended_at) return <Chip hue="green">{t(`calls.live.${call.state}`)}</Chip>;
  const words = t(`calls.end.${call.end_reason}`, { defaultValue: call.end_reason });
  return (
    <span className={css.two}>
      <span title={codes(call) || undefined}>{words}</span>
      {call.outcome && <span className={css.sub}>{call.outcome.name}</span>}
    </span>
  );
}

function Moment({ call, t }: { call: Call; t: TFunction }) {
  return (
    <span className={css.when}>
      <ResultMark call={call} t={t} />
      <Link data-main to="/calls/$id" params={{ id: call.id }} className={css.main} aria-label={t('calls.open', { of: whoOf(call, t) })}>
        <When at={call.started_at} />
      </Link>
    </span>
  );
}

const seconds = (n: number, t: TFunction) => (n > 0 ? duration(n) : <span className={css.sub}>{t('common.none')}</span>);

/** The columns of the list of calls. */
export function columns(t: TFunction): Column<Call>[] {
  return [
    { key: 'when', head: t('calls.col.when'), width: 160, cell: (c) => <Moment call={c} t={t} /> },
    { key: 'client', head: t('calls.col.client'), cell: (c) => <Client call={c} t={t} /> },
    {
      key: 'number',
      head: t('calls.col.number'),
      cell: (c) => (
        <span className={css.two}>
          <span>{c.number_name || (c.number ? phone(c.number) : t('common.none'))}</span>
          {c.source && <span className={css.sub}>{c.source.name}</span>}
        </span>
      ),
    },
    { key: 'agent', head: t('calls.col.agent'), cell: (c) => c.agent?.name ?? <span className={css.sub}>{t('calls.noAgent')}</span> },
    { key: 'wait', head: t('calls.col.wait'), right: true, width: 72, cell: (c) => seconds(c.wait_seconds, t) },
    { key: 'talk', head: t('calls.col.talk'), right: true, width: 72, cell: (c) => seconds(c.talk_seconds, t) },
    { key: 'end', head: t('calls.col.end'), cell: (c) => <End call={c} t={t} /> },
    {
      key: 'recording',
      head: t('calls.col.recording'),
      width: 170,
      cell: (c) => <InlinePlayer recording={c.recording} of={whoOf(c, t)} />,
    },
  ];
}

/** The two lines of a call on a phone. */
export function card(t: TFunction): CardOf<Call> {
  return (c) => ({
    title: (
      <>
        <ResultMark call={c} t={t} />
        <Link data-main to="/calls/$id" params={{ id: c.id }} className={`${css.name} ${css.ellipsis}`}>
          {whoOf(c, t)}
        </Link>
      </>
    ),
    aside: <When at={c.started_at} />,
    second: (
      <span className={`${css.sub} ${css.ellipsis}`}>
        {[t(resultOf(c).word), c.agent?.name, c.number_name, c.outcome?.name].filter(Boolean).join(' · ')}
      </span>
    ),
    action: (
      <>
        {c.talk_seconds > 0 && <span className="num">{duration(c.talk_seconds)}</span>}
        <InlinePlayer recording={c.recording} of={whoOf(c, t)} />
      </>
    ),
  });
}
