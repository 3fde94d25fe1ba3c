import { Alert, Button, Textarea, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, ask, type Problem, type Schema } from '@/api/client';
import { queryClient } from '@/api/query';
import { useCan } from '@/api/session';
import { useChoices } from '@/data/lists';
import { clock } from '@/format/time';
import { Panel } from '@/parts/Panel';
import { ProblemText } from '@/parts/ProblemText';
import css from './Call.module.css';

type Call = Schema<'Call'>;

/** What people write to a call: how it ended, what comes next, notes. It saves itself and says when. */
export function Result({ call }: { call: Call }) {
  const { t } = useTranslation();
  const can = useCan();
  const outcomes = useChoices('outcomes');
  const [notes, setNotes] = useState(call.notes);
  const [next, setNext] = useState(call.next_step);
  const [saved, setSaved] = useState<Date>();
  const edits = useRef(call.edits);
  const save = useMutation({
    mutationFn: (body: Schema<'Edit'>) =>
      ask(api.PATCH('/calls/{id}', { params: { path: { id: call.id } }, body: { ...body, edits: edits.current } })),
    onSuccess: (now) => {
      edits.current = now.edits;
      setSaved(new Date());
      queryClient.setQueryData(['calls', call.id], now);
      void queryClient.invalidateQueries({ queryKey: ['calls', 'list'] });
    },
  });
  const mine = notes !== call.notes || next !== call.next_step;
  useEffect(() => {
    if (save.isError) return;
    edits.current = Math.max(edits.current, mine ? edits.current : call.edits);
  }, [call.edits, mine, save.isError]);
  // What a colleague wrote comes in only where nothing of one's own is waiting.
  const [seen, setSeen] = useState({ notes: call.notes, next: call.next_step });
  if (seen.notes !== call.notes || seen.next !== call.next_step) {
    setSeen({ notes: call.notes, next: call.next_step });
    if (notes === seen.notes) setNotes(call.notes);
    if (next === seen.next) setNext(call.next_step);
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what is typed starts the clock
  useEffect(() => {
    if (!mine || save.isError) return;
    const id = window.setTimeout(() => save.mutate({ notes, next_step: next }), 800);
    return () => window.clearTimeout(id);
  }, [notes, next]);
  const overwrite = () => {
    const current = (save.error as Problem | null)?.params.current as Call | undefined;
    if (current) edits.current = current.edits;
    save.mutate({ notes, next_step: next });
  };
  const locked = !can('calls.write');
  return (
    <Panel
      title={t('call.result')}
      side={<span className={css.facts}>{saved && !mine ? t('call.saved', { at: clock(saved) }) : mine ? t('call.saving') : ''}</span>}
    >
      <div className={css.form}>
        {/* biome-ignore lint/a11y/useSemanticElements: buttons that are pressed, not a form's fields */}
        <div className={css.outcomes} role="group" aria-label={t('calls.filter.outcome')}>
          {outcomes.map((o) => (
            <Button
              key={o.id}
              size="compact-sm"
              disabled={locked}
              variant={call.outcome?.id === o.id ? 'filled' : 'default'}
              aria-pressed={call.outcome?.id === o.id}
              onClick={() => save.mutate({ outcome: call.outcome?.id === o.id ? '' : o.id })}
            >
              {o.name}
            </Button>
          ))}
        </div>
        <TextInput
          label={t('call.nextStep')}
          value={next}
          readOnly={locked}
          maxLength={2000}
          onChange={(e) => setNext(e.currentTarget.value)}
        />
        <Textarea
          label={t('call.notes')}
          value={notes}
          readOnly={locked}
          autosize
          minRows={3}
          maxLength={20000}
          onChange={(e) => setNotes(e.currentTarget.value)}
        />
        {save.error && (
          <Alert color="red" role="alert">
            <ProblemText problem={save.error} />{' '}
            <Button size="compact-sm" onClick={overwrite}>
              {t((save.error as Problem).code === 'changed_meanwhile' ? 'call.keepMine' : 'common.again')}
            </Button>
          </Alert>
        )}
      </div>
    </Panel>
  );
}
