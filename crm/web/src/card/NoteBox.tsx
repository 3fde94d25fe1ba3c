import { Button, Textarea } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api, ask } from '@/api/client';
import { queryClient } from '@/api/query';
import { useDraft, usePlace } from '@/live/drafts';
import { ProblemText } from '@/parts/ProblemText';
import css from './Card.module.css';

/** Where a note on the client is written. A draft is kept until it is added. */
export function NoteBox({ client }: { client: string }) {
  const { t } = useTranslation();
  const key = `client:${client}:note`;
  const [text, setText] = useDraft(key);
  const ref = usePlace<HTMLTextAreaElement>(key);
  const add = useMutation({
    mutationFn: (note: string) => ask(api.POST('/clients/{id}/notes', { params: { path: { id: client } }, body: { text: note } })),
    onSuccess: (_, sent) => {
      if (text === sent) setText(null);
      void queryClient.invalidateQueries({ queryKey: ['clients', client] });
    },
  });
  return (
    <div className={css.noteBox}>
      <Textarea
        ref={ref}
        data-draft={key}
        aria-label={t('card.note')}
        placeholder={t('card.noteHint')}
        autosize
        minRows={1}
        maxRows={8}
        value={text ?? ''}
        onChange={(e) => setText(e.currentTarget.value || null)}
        onKeyDown={(e) => {
          if (e.key !== 'Enter' || !e.ctrlKey || !text?.trim()) return;
          e.stopPropagation(); // it is the note that is finished, not the call
          add.mutate(text);
        }}
      />
      {text && (
        <div className={css.noteRow}>
          <Button
            size="compact-md"
            loading={add.isPending}
            rightSection={<kbd>Ctrl ↵</kbd>}
            onClick={() => text.trim() && add.mutate(text)}
          >
            {t('card.addNote')}
          </Button>
          <span className={css.second}>{add.error ? <ProblemText problem={add.error} /> : t('card.draftKept')}</span>
        </div>
      )}
    </div>
  );
}
