import { Button, Textarea } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { timer } from '@/format/duration';
import { writeCall } from '@/live/callNotes';
import { usePlace } from '@/live/drafts';
import { softphone } from '@/live/softphone';
import { secondsSince } from '@/live/useLive';
import { onKey } from '@/phone/keys';
import css from './CallPanel.module.css';

/** The notes of a call. They save themselves and carry marks of the time in the talk. */
export function Notes({ call, text }: { call: Schema<'Call'>; text: string }) {
  const { t } = useTranslation();
  const key = `call:${call.id}:notes`;
  const ref = usePlace<HTMLTextAreaElement>(key);
  const talking = call.state === 'talking';
  const was = useRef(call.state);

  // The one who answers writes: the notes take the focus, unless the caller was nobody's decision. They may stand in a tab that
  // the answer only brings to the front: it is there after the next frame.
  useEffect(() => {
    const begins = talking && (was.current === 'ringing' || was.current === 'dialing');
    was.current = call.state;
    if (!begins) return;
    ref.current?.focus();
    requestAnimationFrame(() => requestAnimationFrame(() => ref.current?.focus()));
  }, [talking, call.state, ref]);

  const mark = () => {
    const el = ref.current;
    if (!el || !call.answered_at) return;
    const stamp = `[${timer(secondsSince(call.answered_at, softphone.now()))}] `;
    const at = el.selectionStart;
    const line = at > 0 && el.value[at - 1] !== '\n' ? `\n${stamp}` : stamp;
    // Into the field itself, so that the caret stands behind the mark before the next letter comes.
    el.focus();
    el.setRangeText(line, at, el.selectionEnd, 'end');
    el.dispatchEvent(new Event('input', { bubbles: true }));
  };
  useEffect(() => onKey('mark', mark));

  return (
    <div className={css.notes}>
      <div className={css.label}>
        <label htmlFor={key}>{t('desk.notes')}</label>
        {call.answered_at ? (
          <Button size="compact-xs" variant="subtle" onClick={mark} rightSection={<kbd>Alt M</kbd>}>
            {t('desk.mark')}
          </Button>
        ) : (
          <span className={css.hint}>{t('desk.startNow')}</span>
        )}
      </div>
      <Textarea
        ref={ref}
        id={key}
        data-draft={key}
        classNames={{ root: css.area, wrapper: css.area, input: css.input }}
        placeholder={t('desk.notesHint')}
        value={text}
        onChange={(e) => writeCall(call.id, { notes: e.currentTarget.value })}
      />
    </div>
  );
}
