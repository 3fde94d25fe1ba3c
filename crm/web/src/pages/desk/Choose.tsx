import { Button, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconUserQuestion } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, ask, type Schema } from '@/api/client';
import { queryClient } from '@/api/query';
import card from '@/card/Card.module.css';
import { phone } from '@/format/phone';
import { softphone } from '@/live/softphone';
import { ProblemText } from '@/parts/ProblemText';
import { onKey } from '@/phone/keys';
import css from './Desk.module.css';

type Props = { call: Schema<'Call'>; match: Schema<'Match'> | null; candidates: Schema<'Client'>[]; onDone?: () => void };

/** Gives a call to a card: over the socket while it lives, by the API after. */
async function link(call: Schema<'Call'>, client: string) {
  if (call.state === 'ended') await ask(api.PATCH('/calls/{id}', { params: { path: { id: call.id } }, body: { client } }));
  else await softphone.ask({ type: 'link', call: call.id, client });
  await queryClient.invalidateQueries({ queryKey: ['calls', call.id] });
}

/** Who is it? The cards with this number, or any other, or a new one. */
export function Choose({ call, match, candidates, onDone }: Props) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const [q] = useDebouncedValue(text.trim(), 200);
  const choose = useMutation({ mutationFn: (id: string) => link(call, id), onSuccess: onDone });
  const create = useMutation({
    mutationFn: async () => {
      const phones = call.phone ? [{ typed: call.phone }] : undefined;
      const made = await ask(api.POST('/clients', { body: { kind: 'person', name: text.trim(), phones } }));
      await link(call, made.id);
    },
    onSuccess: onDone,
  });
  const { data } = useQuery({
    queryKey: ['clients', 'choose', q],
    enabled: q.length >= 2,
    queryFn: () => ask(api.GET('/clients', { params: { query: { q, limit: 5 } } })),
  });
  const several = candidates.length > 1;
  useEffect(() => {
    if (!several) return;
    return onKey('other', (digit) => {
      const one = candidates[Number(digit) - 1];
      if (one) choose.mutate(one.id);
    });
  }, [several, candidates, choose.mutate]);
  const reason = match?.reason ?? '';
  const found = q.length >= 2 ? (data?.items ?? []) : [];
  return (
    <div className={css.choose}>
      {match && (
        <div className={`${card.why} ${card.doubt}`} data-why={reason}>
          <IconUserQuestion size={20} stroke={1.75} aria-hidden />
          <p>
            <strong>{t(`desk.why.${reason}`, { count: candidates.length })}</strong>
            <small>{t(`desk.whyDo.${several ? 'several' : reason === 'database_away' ? 'wait' : 'choose'}`)}</small>
          </p>
        </div>
      )}
      {candidates.map((c, i) => (
        <Candidate key={c.id} client={c} digit={several ? i + 1 : 0} onChoose={() => choose.mutate(c.id)} />
      ))}
      <div className={css.find}>
        <TextInput
          className={css.grow}
          aria-label={t('desk.findCard')}
          placeholder={t('desk.findCard')}
          value={text}
          onChange={(e) => setText(e.currentTarget.value)}
        />
        <Button disabled={text.trim().length < 2} loading={create.isPending} onClick={() => create.mutate()}>
          {t('desk.newCard')}
        </Button>
      </div>
      {found.map((c) => (
        <Candidate key={c.id} client={c} digit={0} onChoose={() => choose.mutate(c.id)} />
      ))}
      {(choose.error ?? create.error) && (
        <p className={css.note} role="alert">
          <ProblemText problem={(choose.error ?? create.error) as Error} />
        </p>
      )}
    </div>
  );
}

function Candidate({ client, digit, onChoose }: { client: Schema<'Client'>; digit: number; onChoose: () => void }) {
  const { t } = useTranslation();
  return (
    <div className={css.candidate}>
      <div>
        <strong>{client.name || t('card.unnamed')}</strong>
        <span className={css.soft}>
          {[client.company !== client.name && client.company, client.phones[0]?.e164 && phone(client.phones[0].e164), client.owner?.name]
            .filter(Boolean)
            .join(' · ')}
        </span>
      </div>
      <Button size="compact-sm" rightSection={digit ? <kbd>Alt {digit}</kbd> : undefined} onClick={onChoose}>
        {t('desk.itIs')}
      </Button>
    </div>
  );
}
