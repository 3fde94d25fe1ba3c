import { NumberInput, Select } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api, ask, type Schema } from '@/api/client';
import { useNumbers } from '@/data/lists';
import { phone } from '@/format/phone';
import { Panel } from '@/parts/Panel';
import { Foot } from './parts';
import css from './Settings.module.css';
import { useSave } from './useSave';

const figures = [
  { name: 'ring_seconds', min: 5, max: 120 },
  { name: 'wrap_seconds', min: 0, max: 3600 },
  { name: 'away_seconds', min: 3, max: 300 },
  { name: 'max_wait_seconds', min: 5, max: 3600 },
  { name: 'max_outbound', min: 0, max: 1000 },
  { name: 'missed_minutes', min: 1, max: 10080 },
] as const;

/** How the telephone behaves, from the next call on. */
export function TelephonySection() {
  const { data } = useQuery({ queryKey: ['settings', 'telephony'], queryFn: () => ask(api.GET('/telephony-settings')) });
  return data ? <TelephonyForm key={data.version} settings={data} /> : null;
}

function TelephonyForm({ settings }: { settings: Schema<'Settings'> }) {
  const { t } = useTranslation();
  const numbers = useNumbers().map((n) => ({ value: n.id, label: `${n.name} ${phone(n.e164)}` }));
  const form = useForm({
    initialValues: {
      ring_seconds: settings.ring_seconds,
      wrap_seconds: settings.wrap_seconds,
      away_seconds: settings.away_seconds,
      max_wait_seconds: settings.max_wait_seconds,
      max_outbound: settings.max_outbound,
      missed_minutes: settings.missed_minutes,
      caller_id: settings.caller_id,
    },
  });
  const save = useSave({
    form,
    save: (v: typeof form.values) => ask(api.PATCH('/telephony-settings', { body: { ...v, version: settings.version } })),
  });
  return (
    <Panel title={t('settings.telephony.title')}>
      <form className={css.form} onSubmit={form.onSubmit((v) => save.mutate(v))}>
        {figures.map((f) => (
          <NumberInput
            key={f.name}
            label={t(`settings.telephony.${f.name}`)}
            description={t(`settings.telephony.${f.name}_hint`)}
            min={f.min}
            max={f.max}
            clampBehavior="strict"
            {...form.getInputProps(f.name)}
          />
        ))}
        <Select
          label={t('settings.telephony.caller_id')}
          description={t('settings.telephony.caller_id_hint')}
          data={numbers}
          clearable
          {...form.getInputProps('caller_id')}
          onChange={(v) => form.setFieldValue('caller_id', v ?? '')}
        />
        <Foot problem={save.problem} pending={save.isPending} dirty={form.isDirty()} />
      </form>
    </Panel>
  );
}
