import { Button, Textarea } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, ask } from '@/api/client';
import { queryClient } from '@/api/query';
import { ProblemText } from '@/parts/ProblemText';
import { done } from '@/parts/undo';
import css from './Timeline.module.css';

const again = (client: string) => void queryClient.invalidateQueries({ queryKey: ['clients', client] });

type Props = { client: string; note: string; text: string; close: () => void };

/** Changes a note. */
export function EditNote({ client, note, text: was, close }: Props) {
  const { t } = useTranslation();
  const [text, setText] = useState(was);
  const save = useMutation({
    mutationFn: (to: string) => change(client, note, to),
    onSuccess: () => {
      again(client);
      close();
      done(t('timeline.changed'), () => void change(client, note, was).then(() => again(client)));
    },
  });
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault();
        save.mutate(text);
      }}
    >
      <Textarea
        aria-label={t('timeline.edit')}
        autosize
        autoFocus
        value={text}
        onChange={(e) => setText(e.currentTarget.value)}
        onKeyDown={(e) => e.key === 'Enter' && e.ctrlKey && save.mutate(text)}
        error={save.error && <ProblemText problem={save.error} />}
      />
      <div className={css.actions}>
        <Button size="compact-sm" type="submit" variant="filled" loading={save.isPending}>
          {t('common.save')}
        </Button>
        <Button size="compact-sm" onClick={close}>
          {t('common.cancel')}
        </Button>
      </div>
    </form>
  );
}

function change(client: string, note: string, text: string) {
  return ask(api.PATCH('/clients/{id}/notes/{note}', { params: { path: { id: client, note } }, body: { text } }));
}

/** Deletes a note at once; the toast brings it back. */
export async function deleteNote(client: string, note: string, text: string, words: string) {
  await ask(api.DELETE('/clients/{id}/notes/{note}', { params: { path: { id: client, note } } }));
  again(client);
  done(words, () => {
    void ask(api.POST('/clients/{id}/notes', { params: { path: { id: client } }, body: { text } })).then(() => again(client));
  });
}
