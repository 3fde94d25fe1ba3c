import { Button, TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { flushCall, useCallNotes, writeCall } from '@/live/callNotes';
import { usePlace } from '@/live/drafts';
import { useLiveState } from '@/live/useLive';
import { act } from '@/phone/actions';
import { onKey } from '@/phone/keys';
import { endText } from '@/phone/names';
import css from './CallPanel.module.css';
import { Conflict, SavingMark } from './CallSaving';
import { CallTrail } from './CallTrail';
import { Notes } from './Notes';
import { Outcomes } from './Outcomes';
import { clearCall } from './tabs';

/** What comes of the call: notes, outcome, next step, all in one panel, so that the wrap-up is a glance. */
export function CallPanel({ call }: { call: Schema<'Call'> }) {
  const { t } = useTranslation();
  const { agent, settings } = useLiveState();
  const [missing, setMissing] = useState(false);
  const w = useCallNotes(call.id);
  const nextKey = `call:${call.id}:next`;
  const nextRef = usePlace<HTMLInputElement>(nextKey);
  const before = call.state === 'ringing' || call.state === 'dialing';
  const live = ['talking', 'held', 'away'].includes(call.state);
  const answered = call.answered_at !== null;
  const needs = answered && (settings?.outcomes.length ?? 0) > 0 && !w.outcome;

  const finish = async () => {
    if (before) return;
    if (needs) {
      setMissing(true);
      return;
    }
    await flushCall(call.id);
    if (live && !(await act({ type: 'hangup', call: call.id }))) return;
    if (live || agent?.state === 'wrap_up') await act({ type: 'ready' });
    clearCall();
  };
  useEffect(() => onKey('finish', () => void finish()));
  useEffect(() => {
    if (w.outcome) setMissing(false);
  }, [w.outcome]);

  return (
    <section className={`panel ${css.panel}`} aria-label={t('desk.result')}>
      <div className={css.head}>
        <h2>{before ? t('desk.thisCall') : t('desk.result')}</h2>
        <SavingMark status={w.status} savedAt={w.savedAt} code={w.code} />
      </div>
      <Conflict call={call.id} status={w.status} theirs={w.theirs} />
      {(before || !answered) && <CallTrail call={call} />}
      {call.state === 'ended' && !answered && <p className={css.end}>{endText(call)}</p>}
      <div className={css.body}>
        <Notes call={call} text={w.notes} />
        <Outcomes value={w.outcome} missing={missing} onChange={(outcome) => writeCall(call.id, { outcome })} />
        <TextInput
          ref={nextRef}
          data-draft={nextKey}
          label={t('desk.nextStep')}
          classNames={{ label: css.label }}
          placeholder={t('desk.nextStepHint')}
          value={w.nextStep}
          onChange={(e) => writeCall(call.id, { next_step: e.currentTarget.value })}
        />
      </div>
      {!before && (
        <div className={css.foot}>
          <span>
            {live ? t('desk.afterTalk', { seconds: settings?.wrap_seconds ?? 0 }) : agent?.state === 'wrap_up' ? t('desk.thenFree') : ''}
          </span>
          <Button variant="filled" rightSection={<kbd>Ctrl ↵</kbd>} onClick={() => void finish()}>
            {live ? t('desk.endAndSave') : t('desk.finish')}
          </Button>
        </div>
      )}
    </section>
  );
}
