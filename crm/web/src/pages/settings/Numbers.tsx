import { Button, Drawer, MultiSelect, NumberInput, Select, Switch, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, ask, type Schema } from '@/api/client';
import { useChoices, useGreetings, useNumbers, useUsers } from '@/data/lists';
import { phone } from '@/format/phone';
import { Panel } from '@/parts/Panel';
import { ChoicesSection } from './Choices';
import { HoursFields } from './HoursFields';
import { readWeek, weekText } from './hours';
import { Foot } from './parts';
import css from './Settings.module.css';
import { useSave } from './useSave';

type OurNumber = Schema<'Number'>;

/** Our numbers: where their calls go and what callers hear; and the sources of traffic. */
export function NumbersSection() {
  const { t } = useTranslation();
  const numbers = useNumbers();
  const sources = useChoices('sources');
  const [edited, setEdited] = useState<OurNumber | 'new'>();
  return (
    <>
      <Panel
        title={t('settings.numbers.title')}
        count={numbers.length}
        bare
        side={
          <Button size="compact-sm" leftSection={<IconPlus size={15} stroke={1.75} aria-hidden />} onClick={() => setEdited('new')}>
            {t('settings.numbers.add')}
          </Button>
        }
      >
        <div className={css.scroll}>
          <table className={css.table}>
            <thead>
              <tr>
                <th scope="col">{t('settings.name')}</th>
                <th scope="col">{t('settings.numbers.e164')}</th>
                <th scope="col">{t('settings.numbers.source')}</th>
                <th scope="col">{t('settings.numbers.queue')}</th>
                <th scope="col">{t('settings.numbers.members')}</th>
              </tr>
            </thead>
            <tbody>
              {numbers.map((n) => (
                <tr key={n.id}>
                  <td>
                    <button type="button" className={css.link} onClick={() => setEdited(n)}>
                      {n.name}
                    </button>
                  </td>
                  <td>{phone(n.e164)}</td>
                  <td>{sources.find((s) => s.id === n.source)?.name ?? t('common.none')}</td>
                  <td>{n.queue}</td>
                  <td>{n.members?.length ? n.members.length : t('settings.numbers.everybody')}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </Panel>
      <ChoicesSection list="sources" />
      {edited && <NumberForm number={edited === 'new' ? undefined : edited} close={() => setEdited(undefined)} />}
    </>
  );
}

function valuesOf(n: OurNumber | undefined) {
  return {
    e164: n?.e164 ?? '',
    name: n?.name ?? '',
    queue: n?.queue ?? 'main',
    source: n?.source ?? '',
    owner: n?.owner ?? '',
    members: n?.members ?? [],
    greeting: n?.greeting ?? '',
    closed_greeting: n?.closed_greeting ?? '',
    nobody_greeting: n?.nobody_greeting ?? '',
    max_wait_seconds: n?.max_wait_seconds ?? ('' as number | ''),
    own: Boolean(n?.hours?.length),
    hours: weekText(n?.hours),
  };
}

type Values = ReturnType<typeof valuesOf>;

function store({ own, hours, max_wait_seconds, ...rest }: Values, n: OurNumber | undefined) {
  const body: Schema<'NumberChange'> = {
    ...rest,
    max_wait_seconds: Number(max_wait_seconds) || 0,
    hours: own ? readWeek(hours).hours : [],
  };
  if (!n) return ask(api.POST('/numbers', { body }));
  return ask(api.PATCH('/numbers/{id}', { params: { path: { id: n.id } }, body: { ...body, version: n.version } }));
}

function NumberForm({ number, close }: { number: OurNumber | undefined; close: () => void }) {
  const { t } = useTranslation();
  const form = useForm<Values>({ initialValues: valuesOf(number) });
  const users = useUsers().map((u) => ({ value: u.id, label: u.name }));
  const sources = useChoices('sources').map((s) => ({ value: s.id, label: s.name }));
  const greetings = useGreetings().map((g) => ({ value: g.id, label: g.name }));
  const save = useSave({ form, save: (v: Values) => store(v, number), done: close });
  const remove = useSave({
    save: () => ask(api.DELETE('/numbers/{id}', { params: { path: { id: number?.id ?? '' } } })),
    words: t('settings.removed', { name: number?.name }),
    done: close,
  });
  const choice = (
    name: 'source' | 'owner' | 'greeting' | 'closed_greeting' | 'nobody_greeting',
    data: { value: string; label: string }[],
  ) => (
    <Select
      label={t(`settings.numbers.${name}`)}
      data={data}
      clearable
      searchable
      {...form.getInputProps(name)}
      onChange={(v) => form.setFieldValue(name, v ?? '')}
    />
  );
  return (
    <Drawer
      opened
      onClose={close}
      position="right"
      title={t(number ? 'settings.numbers.edit' : 'settings.numbers.add')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form
        className={css.form}
        onSubmit={form.onSubmit((v) => {
          if (!v.own || readWeek(v.hours).bad.length === 0) save.mutate(v);
        })}
      >
        <TextInput data-autofocus type="tel" label={t('settings.numbers.e164')} {...form.getInputProps('e164')} />
        <TextInput label={t('settings.name')} {...form.getInputProps('name')} />
        <div className={css.pair}>
          {choice('source', sources)}
          <TextInput label={t('settings.numbers.queue')} {...form.getInputProps('queue')} />
        </div>
        <MultiSelect
          label={t('settings.numbers.members')}
          description={t('settings.numbers.membersHint')}
          data={users}
          searchable
          clearable
          {...form.getInputProps('members')}
        />
        {choice('owner', users)}
        {choice('greeting', greetings)}
        {choice('closed_greeting', greetings)}
        {choice('nobody_greeting', greetings)}
        <NumberInput
          label={t('settings.numbers.max_wait_seconds')}
          description={t('settings.numbers.maxWaitHint')}
          min={0}
          max={3600}
          {...form.getInputProps('max_wait_seconds')}
        />
        <Switch
          label={t('settings.numbers.ownHours')}
          checked={form.values.own}
          onChange={(e) => form.setFieldValue('own', e.currentTarget.checked)}
        />
        {form.values.own && <HoursFields texts={form.values.hours} onChange={(hours) => form.setFieldValue('hours', hours)} />}
        <Foot problem={save.problem ?? remove.error} pending={save.isPending} onClose={close} />
        {number && (
          <Button variant="subtle" color="red" loading={remove.isPending} onClick={() => remove.mutate({})}>
            {t('settings.numbers.remove')}
          </Button>
        )}
      </form>
    </Drawer>
  );
}
