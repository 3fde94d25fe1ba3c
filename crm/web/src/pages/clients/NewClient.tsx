import { Button, Drawer, Group, SegmentedControl, Select, TagsInput, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDebouncedValue } from '@mantine/hooks';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api, ask, Problem, type Schema } from '@/api/client';
import { queryClient } from '@/api/query';
import { useMe } from '@/api/session';
import { useChoices, useTags, useUsers } from '@/data/lists';
import { ProblemText } from '@/parts/ProblemText';
import css from './Clients.module.css';
import { nameOf } from './columns';

type Values = {
  kind: 'person' | 'company';
  name: string;
  company: string;
  phone: string;
  email: string;
  city: string;
  owner: string;
  tags: string[];
  source: string;
};

function bodyOf(v: Values): Schema<'ClientChange'> {
  return {
    kind: v.kind,
    name: v.name,
    company: v.kind === 'person' ? v.company : '',
    city: v.city,
    owner_id: v.owner,
    tags: v.tags,
    source: v.source,
    phones: v.phone.trim() ? [{ typed: v.phone }] : [],
    emails: v.email.trim() ? [{ email: v.email }] : [],
  };
}

/** A new client; a number that is on a card already says so before it is made. */
export function NewClient({ close, phone = '' }: { close: () => void; phone?: string }) {
  const { t } = useTranslation();
  const me = useMe();
  const navigate = useNavigate();
  const form = useForm<Values>({
    initialValues: { kind: 'person', name: '', company: '', phone, email: '', city: '', owner: me.id, tags: [], source: '' },
  });
  const users = useUsers().map((u) => ({ value: u.id, label: u.name }));
  const sources = useChoices('sources').map((s) => s.name);
  const tags = useTags();
  const save = useMutation({
    mutationFn: (v: Values) => ask(api.POST('/clients', { body: bodyOf(v) })),
    onSuccess: (made) => {
      void queryClient.invalidateQueries({ queryKey: ['clients'] });
      close();
      void navigate({ to: '/clients/$id', params: { id: made.id } });
    },
    onError: (e) => {
      const field = { bad_email: 'email', phone_unusable: 'phone', empty_client: 'name', tag_too_long: 'tags' }[
        e instanceof Problem ? e.code : ''
      ];
      if (field) form.setFieldError(field, <ProblemText problem={e} />);
    },
  });
  return (
    <Drawer opened onClose={close} position="right" title={t('clients.new')} closeButtonProps={{ 'aria-label': t('common.close') }}>
      <form className={css.form} onSubmit={form.onSubmit((v) => save.mutate(v))}>
        <SegmentedControl
          aria-label={t('clients.kind')}
          data={[
            { value: 'person', label: t('clients.person') },
            { value: 'company', label: t('clients.company') },
          ]}
          {...form.getInputProps('kind')}
        />
        <TextInput
          data-autofocus
          label={t(form.values.kind === 'person' ? 'clients.name' : 'clients.companyName')}
          {...form.getInputProps('name')}
        />
        <TextInput label={t('clients.phone')} type="tel" inputMode="tel" {...form.getInputProps('phone')} />
        <Twins phone={form.values.phone} />
        {form.values.kind === 'person' && <TextInput label={t('clients.companyName')} {...form.getInputProps('company')} />}
        <div className={css.pair}>
          <TextInput label={t('clients.email')} type="email" {...form.getInputProps('email')} />
          <TextInput label={t('clients.city')} {...form.getInputProps('city')} />
        </div>
        <Select
          label={t('clients.owner')}
          data={users}
          searchable
          clearable
          {...form.getInputProps('owner')}
          onChange={(v) => form.setFieldValue('owner', v ?? '')}
        />
        <TagsInput label={t('clients.tags')} data={tags} {...form.getInputProps('tags')} />
        <Select
          label={t('clients.source')}
          data={[...new Set(sources)]}
          searchable
          clearable
          {...form.getInputProps('source')}
          onChange={(v) => form.setFieldValue('source', v ?? '')}
        />
        {save.error && !Object.keys(form.errors).length && (
          <p role="alert">
            <ProblemText problem={save.error} />
          </p>
        )}
        <Group justify="flex-end">
          <Button onClick={close}>{t('common.close')}</Button>
          <Button type="submit" variant="filled" loading={save.isPending}>
            {t('clients.create')}
          </Button>
        </Group>
      </form>
    </Drawer>
  );
}

/** The cards that have the number already. */
function Twins({ phone }: { phone: string }) {
  const { t } = useTranslation();
  const [typed] = useDebouncedValue(phone.trim(), 300);
  const { data } = useQuery({
    queryKey: ['clients', 'lookup', typed],
    enabled: typed.replace(/\D/g, '').length >= 7,
    queryFn: () => ask(api.GET('/lookup', { params: { query: { phone: typed } } })),
  });
  const twins = data ? [...(data.client ? [data.client] : []), ...(data.candidates ?? [])] : [];
  if (twins.length === 0) return null;
  return (
    <div className={css.twin} role="status">
      {t('clients.twin', { count: twins.length })}{' '}
      {twins.map((c, i) => (
        <span key={c.id}>
          {i > 0 && ', '}
          <Link to="/clients/$id" params={{ id: c.id }}>
            {nameOf(c, t)}
          </Link>
        </span>
      ))}
    </div>
  );
}
