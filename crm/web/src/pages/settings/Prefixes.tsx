import { ActionIcon, Drawer, NumberInput, Switch, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, ask, type Schema } from '@/api/client';
import { queryClient } from '@/api/query';
import { money } from '@/format/number';
import { Panel } from '@/parts/Panel';
import { done } from '@/parts/undo';
import { OutboundForm } from './OutboundForm';
import { Foot } from './parts';
import css from './Settings.module.css';
import { useSave } from './useSave';

type Prefix = Schema<'Prefix'>;

/** Which numbers may be dialled, at which hours and for how much; everything else is denied. */
export function PrefixesSection() {
  const { t } = useTranslation();
  const [edited, setEdited] = useState<Prefix>();
  const { data } = useQuery({ queryKey: ['settings', 'prefixes'], queryFn: async () => (await ask(api.GET('/prefixes'))).items ?? [] });
  const guard = useQuery({ queryKey: ['settings', 'outbound'], queryFn: () => ask(api.GET('/outbound')) }).data;
  return (
    <>
      <Panel title={t('settings.prefixes.title')} count={data?.length} bare>
        <ul className={css.list}>
          {data?.map((p) => (
            <Line key={p.id} prefix={p} currency={guard?.currency ?? 'RUB'} edit={() => setEdited(p)} />
          ))}
        </ul>
      </Panel>
      <Panel title={t('settings.prefixes.add')}>
        <PrefixForm key={data?.length} label={t('settings.add')} />
      </Panel>
      <OutboundForm />
      {edited && (
        <Drawer
          opened
          onClose={() => setEdited(undefined)}
          position="right"
          title={edited.prefix}
          closeButtonProps={{ 'aria-label': t('common.close') }}
        >
          <PrefixForm prefix={edited} close={() => setEdited(undefined)} />
        </Drawer>
      )}
    </>
  );
}

function PrefixForm({ prefix, label, close }: { prefix?: Prefix; label?: string; close?: () => void }) {
  const { t } = useTranslation();
  const form = useForm({
    initialValues: {
      prefix: prefix?.prefix ?? '',
      name: prefix?.name ?? '',
      price: (prefix?.price ?? 0) / 100,
      night: prefix?.night ?? true,
    },
  });
  const save = useSave({
    form,
    save: (v: typeof form.values) => {
      const body = { ...v, price: Math.round(Number(v.price) * 100) || 0 };
      return prefix
        ? ask(api.PATCH('/prefixes/{id}', { params: { path: { id: prefix.id } }, body }))
        : ask(api.POST('/prefixes', { body }));
    },
    done: () => {
      form.reset();
      close?.();
    },
  });
  return (
    <form className={css.form} onSubmit={form.onSubmit((v) => save.mutate(v))}>
      <div className={css.pair}>
        <TextInput label={t('settings.prefixes.prefix')} description={t('settings.prefixes.hint')} {...form.getInputProps('prefix')} />
        <TextInput label={t('settings.name')} description={t('settings.prefixes.nameHint')} {...form.getInputProps('name')} />
      </div>
      <NumberInput
        label={t('settings.prefixes.price')}
        description={t('settings.prefixes.priceHint')}
        min={0}
        decimalScale={2}
        {...form.getInputProps('price')}
      />
      <Switch label={t('settings.prefixes.night')} {...form.getInputProps('night', { type: 'checkbox' })} />
      <Foot problem={save.problem} pending={save.isPending} label={label} onClose={close} />
    </form>
  );
}

function Line({ prefix, currency, edit }: { prefix: Prefix; currency: string; edit: () => void }) {
  const { t } = useTranslation();
  const remove = useSave({
    save: () => ask(api.DELETE('/prefixes/{id}', { params: { path: { id: prefix.id } } })),
    words: t('settings.prefixes.denied', { prefix: prefix.prefix }),
    done: () =>
      done(t('settings.prefixes.denied', { prefix: prefix.prefix }), () => {
        const { id: _, ...body } = prefix;
        void ask(api.POST('/prefixes', { body })).then(() => queryClient.invalidateQueries({ queryKey: ['settings'] }));
      }),
  });
  return (
    <li className={css.row}>
      <span>
        <button type="button" className={css.link} onClick={edit}>
          <b className="num">{prefix.prefix}</b>
        </button>{' '}
        <span className={css.sub}>
          {[
            prefix.name,
            prefix.price > 0 && t('settings.prefixes.aMinute', { price: money(prefix.price, currency) }),
            !prefix.night && t('settings.prefixes.notAtNight'),
          ]
            .filter(Boolean)
            .join(' · ')}
        </span>
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
