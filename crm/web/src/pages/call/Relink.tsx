import { Button, Modal, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, ask, type Schema } from '@/api/client';
import { queryClient } from '@/api/query';
import { ProblemText } from '@/parts/ProblemText';
import { done } from '@/parts/undo';
import css from './Call.module.css';

type Props = { call: Schema<'Call'>; opened: boolean; close: () => void };

/** Gives the call to another card; it can be undone. */
export function Relink({ call, opened, close }: Props) {
  const { t } = useTranslation();
  const [text, setText] = useState(call.phone);
  const [query] = useDebouncedValue(text.trim(), 250);
  const found = useQuery({
    queryKey: ['clients', 'pick', query],
    enabled: opened && query !== '',
    placeholderData: keepPreviousData,
    queryFn: async () => (await ask(api.GET('/clients', { params: { query: { q: query, limit: 20 } } }))).items ?? [],
  });
  const link = useMutation({
    mutationFn: (client: string) => ask(api.PATCH('/calls/{id}', { params: { path: { id: call.id } }, body: { client } })),
    onSuccess: (now) => {
      refresh(call.id);
      close();
      const was = call.client;
      done(t('call.relinked', { name: now.client?.name || t('calls.unnamed') }), () => {
        if (was)
          void ask(api.PATCH('/calls/{id}', { params: { path: { id: call.id } }, body: { client: was.id } })).then(() => refresh(call.id));
      });
    },
  });
  return (
    <Modal opened={opened} onClose={close} title={t('call.relink')} closeButtonProps={{ 'aria-label': t('common.close') }}>
      <TextInput label={t('call.relinkFind')} data-autofocus value={text} onChange={(e) => setText(e.currentTarget.value)} />
      {link.error && (
        <p role="alert">
          <ProblemText problem={link.error} />
        </p>
      )}
      <div className={css.found}>
        {found.data?.length === 0 && <p>{t('list.nothing')}</p>}
        {found.data?.map((c) => (
          <Button
            key={c.id}
            variant="subtle"
            justify="space-between"
            disabled={c.id === call.client?.id}
            loading={link.isPending && link.variables === c.id}
            rightSection={<span className={css.facts}>{[c.company, c.city].filter(Boolean).join(', ')}</span>}
            onClick={() => link.mutate(c.id)}
          >
            {c.name || t('calls.unnamed')}
          </Button>
        ))}
      </div>
    </Modal>
  );
}

function refresh(id: string) {
  void queryClient.invalidateQueries({ queryKey: ['calls', id] });
  void queryClient.invalidateQueries({ queryKey: ['calls', 'list'] });
  void queryClient.invalidateQueries({ queryKey: ['clients'] });
}
