import { ActionIcon, Button, Drawer, Group, SegmentedControl, Select, TagsInput, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api, ask, Problem, type Schema } from '@/api/client';
import { queryClient } from '@/api/query';
import { useChoices, useTags, useUsers } from '@/data/lists';
import form_ from '@/pages/clients/Clients.module.css';
import { ProblemText } from '@/parts/ProblemText';
import { say } from '@/parts/undo';
import css from './Client.module.css';

type Client = Schema<'Client'>;

function valuesOf(c: Client) {
  return {
    kind: c.kind,
    name: c.name,
    last_name: c.last_name,
    first_name: c.first_name,
    middle_name: c.middle_name,
    company: c.company,
    city: c.city,
    owner_id: c.owner?.id ?? '',
    tags: c.tags ?? [],
    preferences: c.preferences,
    claims: c.claims,
    source: c.source,
    phones: (c.phones ?? []).map((p) => ({ id: p.id, typed: p.typed, label: p.label })),
    emails: (c.emails ?? []).map((e) => ({ id: e.id, email: e.email, label: e.label })),
  };
}

type Values = ReturnType<typeof valuesOf>;

function bodyOf(v: Values, version: number): Schema<'ClientChange'> {
  return {
    ...v,
    version,
    phones: v.phones.filter((p) => p.typed.trim()).map((p) => ({ ...p, id: p.id || undefined })),
    emails: v.emails.filter((e) => e.email.trim()).map((e) => ({ ...e, id: e.id || undefined })),
  };
}

/** Changes a card. If a colleague changed it meanwhile, what is typed stays and may be written over theirs. */
export function EditClient({ client, close }: { client: Client; close: () => void }) {
  const { t } = useTranslation();
  const form = useForm<Values>({ initialValues: valuesOf(client) });
  const users = useUsers().map((u) => ({ value: u.id, label: u.name }));
  const sources = [...new Set([client.source, ...useChoices('sources').map((s) => s.name)])].filter(Boolean);
  const tags = useTags();
  const save = useMutation({
    mutationFn: ({ v, version }: { v: Values; version: number }) =>
      ask(api.PATCH('/clients/{id}', { params: { path: { id: client.id } }, body: bodyOf(v, version) })),
    onSuccess: () => {
      void queryClient.invalidateQueries({ queryKey: ['clients'] });
      close();
      say(t('client.saved'));
    },
  });
  const problem = save.error instanceof Problem ? save.error : undefined;
  const theirs = problem?.code === 'changed_meanwhile' ? (problem.params.current as Client) : undefined;
  const field = (name: keyof Values) => form.getInputProps(name);
  return (
    <Drawer opened onClose={close} position="right" title={t('client.edit')} closeButtonProps={{ 'aria-label': t('common.close') }}>
      <form className={form_.form} onSubmit={form.onSubmit((v) => save.mutate({ v, version: client.version }))}>
        <SegmentedControl
          aria-label={t('clients.kind')}
          data={['person', 'company'].map((v) => ({ value: v, label: t(`clients.${v}`) }))}
          {...field('kind')}
        />
        <TextInput data-autofocus label={t('clients.name')} {...field('name')} />
        <div className={form_.pair}>
          <TextInput label={t('client.lastName')} {...field('last_name')} />
          <TextInput label={t('client.firstName')} {...field('first_name')} />
        </div>
        <div className={form_.pair}>
          <TextInput label={t('clients.companyName')} {...field('company')} />
          <TextInput label={t('clients.city')} {...field('city')} />
        </div>
        <Many form={form} list="phones" value="typed" label={t('clients.phone')} blank={{ id: '', typed: '', label: '' }} />
        <Many form={form} list="emails" value="email" label={t('clients.email')} blank={{ id: '', email: '', label: '' }} />
        <Select
          label={t('clients.owner')}
          data={users}
          searchable
          clearable
          {...field('owner_id')}
          onChange={(v) => form.setFieldValue('owner_id', v ?? '')}
        />
        <TagsInput label={t('clients.tags')} data={tags} {...field('tags')} />
        <Textarea label={t('client.preferences')} autosize {...field('preferences')} />
        <Textarea label={t('client.claims')} autosize {...field('claims')} />
        <Select
          label={t('clients.source')}
          data={sources}
          searchable
          clearable
          {...field('source')}
          onChange={(v) => form.setFieldValue('source', v ?? '')}
        />
        {problem && (
          <div role="alert">
            <ProblemText problem={problem} />{' '}
            {theirs && (
              <Button size="compact-sm" onClick={() => save.mutate({ v: form.values, version: theirs.version })}>
                {t('call.keepMine')}
              </Button>
            )}
          </div>
        )}
        <Group justify="flex-end">
          <Button onClick={close}>{t('common.cancel')}</Button>
          <Button type="submit" variant="filled" loading={save.isPending}>
            {t('common.save')}
          </Button>
        </Group>
      </form>
    </Drawer>
  );
}

type ManyProps = {
  form: ReturnType<typeof useForm<Values>>;
  list: 'phones' | 'emails';
  value: 'typed' | 'email';
  label: string;
  blank: Values['phones'][number] | Values['emails'][number];
};

/** Several numbers or addresses, each with its label. */
function Many({ form, list, value, label, blank }: ManyProps) {
  const { t } = useTranslation();
  return (
    <fieldset className={css.many} style={{ border: 0, margin: 0, padding: 0 }}>
      <legend>{label}</legend>
      {form.values[list].map((_, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a line without an ID yet has only its place
        <div key={i} className={css.line}>
          <TextInput aria-label={`${label} ${i + 1}`} {...form.getInputProps(`${list}.${i}.${value}`)} />
          <TextInput
            aria-label={t('client.labelOf', { n: i + 1, what: label })}
            placeholder={t('client.label')}
            {...form.getInputProps(`${list}.${i}.label`)}
          />
          <ActionIcon
            variant="default"
            size={36}
            aria-label={t('client.drop', { n: i + 1, what: label })}
            onClick={() => form.removeListItem(list, i)}
          >
            <IconX size={15} stroke={1.75} aria-hidden />
          </ActionIcon>
        </div>
      ))}
      <Button
        size="compact-sm"
        variant="subtle"
        leftSection={<IconPlus size={14} stroke={1.75} aria-hidden />}
        onClick={() => form.insertListItem(list, blank)}
      >
        {t('client.more', { what: label })}
      </Button>
    </fieldset>
  );
}
