import { Button, CopyButton, Select, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, ask, type Schema } from '@/api/client';
import { useCan, useMe } from '@/api/session';
import { useUsers } from '@/data/lists';
import { Panel } from '@/parts/Panel';
import { When } from '@/parts/When';
import { Foot } from './parts';
import css from './Settings.module.css';
import { useSave } from './useSave';

/** Keys for programs; a secret is shown once, when it is made. */
export function TokensSection() {
  const { t } = useTranslation();
  const can = useCan();
  const me = useMe();
  const users = useUsers();
  const [made, setMade] = useState<Schema<'NewToken'>>();
  const { data } = useQuery({ queryKey: ['settings', 'tokens'], queryFn: async () => (await ask(api.GET('/tokens'))).items ?? [] });
  const form = useForm({ initialValues: { name: '', email: me.email } });
  const create = useSave({
    form,
    save: (body: typeof form.values) => ask(api.POST('/tokens', { body })),
    done: (token) => {
      setMade(token);
      form.reset();
    },
  });
  return (
    <>
      <Panel title={t('settings.tokens.title')} count={data?.length} bare>
        {data?.length === 0 && <p className={css.row}>{t('settings.tokens.none')}</p>}
        <ul className={css.list}>
          {data?.map((token) => (
            <Line key={token.id} token={token} owner={users.find((u) => u.id === token.user_id)?.name ?? ''} />
          ))}
        </ul>
      </Panel>
      <Panel title={t('settings.tokens.add')}>
        <form className={css.form} onSubmit={form.onSubmit((v) => create.mutate(v))}>
          <TextInput label={t('settings.name')} description={t('settings.tokens.nameHint')} {...form.getInputProps('name')} />
          {can('tokens.write.all') && (
            <Select
              label={t('settings.tokens.whose')}
              description={t('settings.tokens.whoseHint')}
              allowDeselect={false}
              searchable
              data={users.map((u) => ({ value: u.email, label: u.name }))}
              {...form.getInputProps('email')}
            />
          )}
          <Foot problem={create.problem} pending={create.isPending} label={t('settings.tokens.make')} />
          {made && (
            <div className={css.secret} role="status">
              <p className={css.hint}>{t('settings.tokens.once')}</p>
              <code>{made.secret}</code>{' '}
              <CopyButton value={made.secret}>
                {({ copied, copy }) => (
                  <Button size="compact-sm" onClick={copy}>
                    {t(copied ? 'settings.tokens.copied' : 'settings.tokens.copy')}
                  </Button>
                )}
              </CopyButton>
            </div>
          )}
        </form>
      </Panel>
    </>
  );
}

function Line({ token, owner }: { token: Schema<'APIToken'>; owner: string }) {
  const { t } = useTranslation();
  const end = useSave({
    save: () => ask(api.DELETE('/tokens/{id}', { params: { path: { id: token.id } } })),
    words: t('settings.removed', { name: token.name }),
  });
  return (
    <li className={css.row}>
      <span>
        <b>{token.name}</b> <span className={css.sub}>{owner}</span>
        <br />
        <span className={css.sub}>
          {t('settings.tokens.made')} <When at={token.created_at} /> ·{' '}
          {token.seen_at ? (
            <>
              {t('settings.tokens.used')} <When at={token.seen_at} />
            </>
          ) : (
            t('settings.tokens.unused')
          )}
        </span>
      </span>
      <Button size="compact-sm" loading={end.isPending} onClick={() => end.mutate({})}>
        {t('settings.tokens.end')}
      </Button>
    </li>
  );
}
