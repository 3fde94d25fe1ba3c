import { Button } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { useCan } from '@/api/session';
import { clock, clockSeconds } from '@/format/time';
import { ProblemText } from '@/parts/ProblemText';
import css from './Card.module.css';
import { CardEdit } from './CardEdit';
import { CardFacts } from './CardFacts';
import { CardHead } from './CardHead';
import { Timeline } from './Timeline';
import { useClientEdit } from './useClientEdit';

type Props = {
  card: Schema<'Card'>;
  /** Leaves room for a call beside it. */
  compact?: boolean;
  /** Leaves the timeline out, where the page has one of its own. */
  alone?: boolean;
  /** Between head and facts: why we think that it is them. */
  why?: ReactNode;
};

/** A client's card: head, numbers, what to know, what happened. What is changed on it saves itself. */
export function ClientCard({ card, compact, alone, why }: Props) {
  const { client } = card;
  if (!client) return null;
  return <Known key={client.id} card={card} client={client} compact={compact} alone={alone} why={why} />;
}

function Known({ card, client, compact, alone, why }: Props & { client: Schema<'Client'> }) {
  const { t } = useTranslation();
  const can = useCan();
  const [editing, setEditing] = useState(false);
  const edit = useClientEdit(client);
  const { saving } = edit;
  const mayWrite = can('clients.write');
  return (
    <div className={css.card} data-client={client.id}>
      <section className="panel" aria-label={client.name || t('card.unnamed')}>
        <CardHead client={client} save={mayWrite ? edit.save : undefined} editing={editing} onEdit={() => setEditing((e) => !e)} />
        <p className={css.saving} role="status">
          {saving.status === 'saved' && t('card.saved', { time: clockSeconds(new Date(saving.at)) })}
          {saving.status === 'saving' && t('card.savingNow')}
          {saving.status === 'refused' && saving.problem && <ProblemText problem={saving.problem} />}
        </p>
        {saving.status === 'conflict' && saving.theirs && (
          <div className={css.conflict} role="alert">
            <IconAlertTriangle size={16} stroke={1.75} aria-hidden />
            <span>{t(saving.by ? 'card.conflictBy' : 'card.conflict', { time: clock(saving.theirs.updated_at), name: saving.by })}</span>
            <Button size="compact-sm" onClick={() => void edit.keepOurs()}>
              {t('card.keepOurs')}
            </Button>
            <Button size="compact-sm" onClick={edit.keepTheirs}>
              {t('card.keepTheirs')}
            </Button>
          </div>
        )}
        {why}
        {editing && mayWrite ? (
          <CardEdit client={client} save={edit.save} onDone={() => setEditing(false)} />
        ) : (
          <CardFacts client={client} />
        )}
      </section>
      {!alone && <Timeline client={client} recent={card.timeline} compact={compact} />}
    </div>
  );
}
