import { ActionIcon, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api, ask, type Schema } from '@/api/client';
import { queryClient } from '@/api/query';
import { Panel } from '@/parts/Panel';
import { done } from '@/parts/undo';
import { Foot } from './parts';
import css from './Settings.module.css';
import { useSave } from './useSave';

/** Which numbers may be dialled; everything else is denied. */
export function PrefixesSection() {
  const { t } = useTranslation();
  const { data } = useQuery({ queryKey: ['settings', 'prefixes'], queryFn: async () => (await ask(api.GET('/prefixes'))).items ?? [] });
  const form = useForm({ initialValues: { prefix: '', name: '' } });
  const create = useSave({ form, save: (body: typeof form.values) => ask(api.POST('/prefixes', { body })), done: () => form.reset() });
  return (
    <>
      <Panel title={t('settings.prefixes.title')} count={data?.length} bare>
        <ul className={css.list}>
          {data?.map((p) => (
            <Line key={p.id} prefix={p} />
          ))}
        </ul>
      </Panel>
      <Panel title={t('settings.prefixes.add')}>
        <form className={css.form} onSubmit={form.onSubmit((v) => create.mutate(v))}>
          <div className={css.pair}>
            <TextInput label={t('settings.prefixes.prefix')} description={t('settings.prefixes.hint')} {...form.getInputProps('prefix')} />
            <TextInput label={t('settings.name')} description={t('settings.prefixes.nameHint')} {...form.getInputProps('name')} />
          </div>
          <Foot problem={create.problem} pending={create.isPending} label={t('settings.add')} />
        </form>
      </Panel>
    </>
  );
}

function Line({ prefix }: { prefix: Schema<'Prefix'> }) {
  const { t } = useTranslation();
  const remove = useSave({
    save: () => ask(api.DELETE('/prefixes/{id}', { params: { path: { id: prefix.id } } })),
    words: t('settings.prefixes.denied', { prefix: prefix.prefix }),
    done: () =>
      done(t('settings.prefixes.denied', { prefix: prefix.prefix }), () => {
        void ask(api.POST('/prefixes', { body: { prefix: prefix.prefix, name: prefix.name } })).then(() =>
          queryClient.invalidateQueries({ queryKey: ['settings'] }),
        );
      }),
  });
  return (
    <li className={css.row}>
      <span>
        <b className="num">{prefix.prefix}</b> <span className={css.sub}>{prefix.name}</span>
      </span>
      <ActionIcon
        variant="subtle"
        size={32}
        aria-label={t('settings.remove', { name: prefix.prefix })}
        loading={remove.isPending}
        onClick={() => remove.mutate({})}
      >
        <IconTrash size={16} stroke={1.75} aria-hidden />
      </ActionIcon>
    </li>
  );
}
