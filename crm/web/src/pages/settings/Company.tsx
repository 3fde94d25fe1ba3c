import { MultiSelect, NumberInput, Select, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api, ask, type Schema } from '@/api/client';
import { useCompany, useRoles } from '@/data/lists';
import { Panel } from '@/parts/Panel';
import { HoursFields } from './HoursFields';
import { readWeek, weekText } from './hours';
import { useRoleName } from './People';
import { Foot } from './parts';
import css from './Settings.module.css';
import { useSave } from './useSave';

/** Whose book this is, its clock and its opening hours. */
export function CompanySection() {
  const company = useCompany();
  const settings = useQuery({ queryKey: ['settings', 'telephony'], queryFn: () => ask(api.GET('/telephony-settings')) });
  return (
    <>
      {company && <CompanyForm key={company.version} company={company} />}
      {settings.data && <HoursForm key={`h${settings.data.version}`} settings={settings.data} />}
    </>
  );
}

function CompanyForm({ company }: { company: Schema<'Company'> }) {
  const { t } = useTranslation();
  const roleName = useRoleName();
  const roles = useRoles().map((r) => ({ value: r.name, label: roleName(r.name) }));
  const form = useForm({
    initialValues: {
      name: company.name,
      country: company.country,
      time_zone: company.time_zone,
      target_seconds: company.target_seconds,
      second_step_roles: company.second_step_roles,
    },
  });
  const save = useSave({ form, save: (v: typeof form.values) => ask(api.PATCH('/company', { body: { ...v, version: company.version } })) });
  return (
    <Panel title={t('settings.company.title')}>
      <form className={css.form} onSubmit={form.onSubmit((v) => save.mutate(v))}>
        <TextInput label={t('settings.company.name')} {...form.getInputProps('name')} />
        <div className={css.pair}>
          <TextInput
            label={t('settings.company.country')}
            description={t('settings.company.countryHint')}
            maxLength={2}
            {...form.getInputProps('country')}
          />
          <Select
            label={t('settings.company.zone')}
            description={t('settings.company.zoneHint')}
            searchable
            data={[...new Set([company.time_zone, ...Intl.supportedValuesOf('timeZone')])]}
            {...form.getInputProps('time_zone')}
          />
        </div>
        <NumberInput
          label={t('settings.company.target')}
          description={t('settings.company.targetHint')}
          min={1}
          max={86400}
          {...form.getInputProps('target_seconds')}
        />
        <MultiSelect
          label={t('settings.company.second')}
          description={t('settings.company.secondHint')}
          data={roles}
          clearable
          {...form.getInputProps('second_step_roles')}
        />
        <Foot problem={save.problem} pending={save.isPending} dirty={form.isDirty()} />
      </form>
    </Panel>
  );
}

function HoursForm({ settings }: { settings: Schema<'Settings'> }) {
  const { t } = useTranslation();
  const form = useForm({ initialValues: { hours: weekText(settings.hours) } });
  const save = useSave({
    form,
    save: (v: typeof form.values) =>
      ask(api.PATCH('/telephony-settings', { body: { version: settings.version, hours: readWeek(v.hours).hours } })),
  });
  return (
    <Panel title={t('settings.hours')}>
      <form
        className={css.form}
        onSubmit={form.onSubmit((v) => {
          if (readWeek(v.hours).bad.length === 0) save.mutate(v);
        })}
      >
        <HoursFields texts={form.values.hours} onChange={(hours) => form.setFieldValue('hours', hours)} />
        <Foot problem={save.error} pending={save.isPending} dirty={form.isDirty()} />
      </form>
    </Panel>
  );
}
