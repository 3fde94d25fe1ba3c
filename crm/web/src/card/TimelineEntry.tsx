import {
  type Icon,
  IconNote,
  IconPencil,
  IconPhoneIncoming,
  IconPhoneOutgoing,
  IconPhoneX,
  IconPoint,
  IconUserPlus,
} from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { TFunction } from 'i18next';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { duration } from '@/format/duration';
import { moment } from '@/format/time';
import type { Hue } from '@/parts/Chip';
import { When } from '@/parts/When';
import { endText } from '@/phone/names';
import { InlinePlayer } from '@/player/InlinePlayer';
import css from './Card.module.css';

type Item = Schema<'TimelineItem'>;
type Face = { icon: Icon; hue?: Hue; title: ReactNode; text?: ReactNode; side?: ReactNode };

function fields(data: unknown): Record<string, unknown> {
  return data && typeof data === 'object' ? (data as Record<string, unknown>) : {};
}

function callFace(t: TFunction, item: Item): Face {
  const call = item.data as Schema<'Call'>;
  const talked = Boolean(call.answered_at);
  const name = call.agent?.name ?? '';
  const what = talked
    ? t(`card.${call.direction === 'outbound' ? 'calledOut' : 'talked'}`, { time: duration(call.talk_seconds), name })
    : call.direction === 'outbound'
      ? t('card.notReached', { why: endText(call), name })
      : t('card.missedCall', { time: duration(call.wait_seconds) });
  const text = [call.outcome?.name, call.notes, call.next_step && t('card.next', { text: call.next_step })].filter(Boolean).join(' · ');
  return {
    icon: talked ? (call.direction === 'outbound' ? IconPhoneOutgoing : IconPhoneIncoming) : IconPhoneX,
    hue: talked ? 'green' : 'red',
    title: (
      <Link to="/calls/$id" params={{ id: item.object_id }}>
        {what}
      </Link>
    ),
    text,
    side: <InlinePlayer recording={call.recording} of={moment(item.at)} />,
  };
}

function face(t: TFunction, item: Item): Face {
  const data = fields(item.data);
  switch (item.kind) {
    case 'call':
      if (!data.id) return { icon: IconPhoneIncoming, title: t('card.aCall') };
      return callFace(t, item);
    case 'note':
      return { icon: IconNote, hue: 'amber', title: item.actor?.name ?? t('card.kinds.note'), text: String(data.text ?? '') };
    case 'created':
      return { icon: IconUserPlus, hue: 'blue', title: t('card.created'), text: item.actor?.name };
    case 'changed': {
      const changes = Array.isArray(data.changes) ? (data.changes as { field: string; from: string; to: string }[]) : [];
      const words = changes.map((c) => t('card.change', { field: t(`card.${c.field}`), to: c.to || t('common.none') }));
      return { icon: IconPencil, hue: 'violet', title: t('card.changedBy', { name: item.actor?.name ?? '' }), text: words.join(' · ') };
    }
    default:
      return { icon: IconPoint, title: item.kind };
  }
}

/** One thing that happened. */
export function TimelineEntry({ item }: { item: Item; client: string }) {
  const { t } = useTranslation();
  const f = face(t, item);
  return (
    <li className={css.entry}>
      <span className={css.dot} data-hue={f.hue}>
        <f.icon size={14} stroke={1.75} aria-hidden />
      </span>
      <div className={css.what}>
        <div className={css.title}>{f.title}</div>
        {f.text && <div className={css.text}>{f.text}</div>}
      </div>
      {f.side}
      <span className={css.at}>
        <When at={item.at} />
      </span>
    </li>
  );
}
