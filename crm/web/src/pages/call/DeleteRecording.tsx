import { Button, Group, Modal, Textarea } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, ask, type Schema } from '@/api/client';
import { queryClient } from '@/api/query';
import { duration } from '@/format/duration';
import { ProblemText } from '@/parts/ProblemText';
import { say } from '@/parts/undo';

type Props = { recording: Schema<'Recording'>; opened: boolean; close: () => void };

/** The one question of the app: a deleted recording cannot be brought back. */
export function DeleteRecording({ recording, opened, close }: Props) {
  const { t } = useTranslation();
  const [reason, setReason] = useState('');
  const remove = useMutation({
    mutationFn: () => ask(api.DELETE('/recordings/{id}', { params: { path: { id: recording.id } }, body: { reason } })),
    onSuccess: () => {
      close();
      say(t('call.deleted'));
      void queryClient.invalidateQueries({ queryKey: ['recordings'] });
      void queryClient.invalidateQueries({ queryKey: ['calls'] });
    },
  });
  return (
    <Modal opened={opened} onClose={close} title={t('call.deleteTitle')} closeButtonProps={{ 'aria-label': t('common.close') }}>
      <form
        onSubmit={(e) => {
          e.preventDefault();
          remove.mutate();
        }}
      >
        <p>{t('call.deleteText')}</p>
        <Textarea
          label={t('call.deleteReason')}
          description={t('call.deleteReasonHint')}
          autosize
          minRows={2}
          data-autofocus
          value={reason}
          onChange={(e) => setReason(e.currentTarget.value)}
          error={remove.error && <ProblemText problem={remove.error} />}
        />
        <Group justify="flex-end" mt={12}>
          <Button onClick={close}>{t('common.cancel')}</Button>
          <Button type="submit" variant="filled" color="var(--rb-red-fill)" loading={remove.isPending}>
            {t('call.deleteYes', { length: duration(recording.duration) })}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
