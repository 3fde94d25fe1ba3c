import { Button } from '@mantine/core';
import { type Icon, IconNote, IconPencil, IconUserPlus } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { duration } from '@/format/duration';
import { ResultMark } from '@/pages/calls/columns';
import { resultOf } from '@/pages/calls/words';
import { Chip } from '@/parts/Chip';
import { When } from '@/parts/When';
import { InlinePlayer } from '@/player/InlinePlayer';
import { deleteNote, EditNote } from './Notes';
import css from './Timeline.module.css';

type Item = Schema<'TimelineItem'>;
type Props = { item: Item; client: string; writable: boolean };
type Change = { field: string; from: string; to: string };

/** One entry of the timeline: a call, a note, a change of the card and by whom. */
export function TimelineRow({ item, client, writable }: Props) {
  if (item.kind === 'call') return <CallRow call={item.data as Schema<'Call'>} item={item} />;
  if (item.kind === 'note') return <NoteRow item={item} client={client} writable={writable} />;
  return <ChangeRow item={item} />;
}

function Side({ item }: { item: Item }) {
  return (
    <div className={css.side}>
      <When at={item.at} />
    </div>
  );
}

function Mark({ icon: I }: { icon: Icon }) {
  return <I size={18} stroke={1.75} color="var(--rb-ink3)" aria-hidden />;
}

function CallRow({ call, item }: { call: Schema<'Call'>; item: Item }) {
  const { t } = useTranslation();
  if (!call?.id) return null;
  const facts = [
    call.agent?.name,
    call.number_name,
    call.answered_at
      ? t('call.talked', { length: duration(call.talk_seconds) })
      : t(`calls.end.${call.end_reason}`, { defaultValue: call.end_reason }),
  ].filter(Boolean);
  return (
    <li className={css.item}>
      <ResultMark call={call} t={t} />
      <div className={css.body}>
        <div className={css.title}>
          <Link to="/calls/$id" params={{ id: call.id }}>
            {t(resultOf(call).word)}
          </Link>{' '}
          {call.outcome && <Chip hue="blue">{call.outcome.name}</Chip>}
        </div>
        <div className={css.sub}>{facts.join(' · ')}</div>
        {call.next_step && <div className={css.sub}>{t('timeline.next', { text: call.next_step })}</div>}
        {call.notes && <p className={css.text}>{call.notes}</p>}
        {call.recording && (
          <div className={css.player}>
            <InlinePlayer wide recording={call.recording} of={t(resultOf(call).word)} />
          </div>
        )}
      </div>
      <Side item={item} />
    </li>
  );
}

function NoteRow({ item, client, writable }: Props) {
  const { t } = useTranslation();
  const [editing, setEditing] = useState(false);
  const data = item.data as { text?: string; edited_at?: string };
  const text = data.text ?? '';
  const remove = useMutation({ mutationFn: () => deleteNote(client, item.object_id, text, t('timeline.deleted')) });
  return (
    <li className={css.item}>
      <Mark icon={IconNote} />
      <div className={css.body}>
        <div className={css.sub}>
          {item.actor?.name ?? t('common.unknown')}
          {data.edited_at && (
            <>
              {' · '}
              {t('timeline.edited')} <When at={data.edited_at} />
            </>
          )}
        </div>
        {editing ? (
          <EditNote client={client} note={item.object_id} text={text} close={() => setEditing(false)} />
        ) : (
          <p className={css.text}>{text}</p>
        )}
        {writable && !editing && (
          <div className={css.actions}>
            <Button size="compact-xs" variant="subtle" onClick={() => setEditing(true)}>
              {t('timeline.edit')}
            </Button>
            <Button size="compact-xs" variant="subtle" loading={remove.isPending} onClick={() => remove.mutate()}>
              {t('timeline.delete')}
            </Button>
          </div>
        )}
        {remove.error && <p role="alert">{t('timeline.notYours')}</p>}
      </div>
      <Side item={item} />
    </li>
  );
}

function ChangeRow({ item }: { item: Item }) {
  const { t } = useTranslation();
  const data = item.data as { changes?: Change[]; how?: string };
  return (
    <li className={css.item}>
      <Mark icon={item.kind === 'created' ? IconUserPlus : IconPencil} />
      <div className={css.body}>
        <div className={css.sub}>
          {t(`timeline.is.${item.kind}`, { defaultValue: item.kind })}
          {data.how && `: ${t(`timeline.how.${data.how}`, { defaultValue: data.how })}`}
          {item.actor && ` · ${item.actor.name}`}
        </div>
        <ul className={css.changes}>
          {(data.changes ?? []).map((c) => (
            <li key={`${c.field} ${c.from} ${c.to}`}>
              {t(`timeline.field.${c.field}`, { defaultValue: c.field })}: {c.from && <span className={css.was}>{c.from}</span>}{' '}
              {c.to || t('timeline.removed')}
            </li>
          ))}
        </ul>
      </div>
      <Side item={item} />
    </li>
  );
}
