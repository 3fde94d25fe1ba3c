import { NumberInput, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api, ask, type Schema } from '@/api/client';
import { money } from '@/format/number';
import { Panel } from '@/parts/Panel';
import { Foot } from './parts';
import css from './Settings.module.css';
import { useSave } from './useSave';

/** The night rule and the money of a day: what a stolen password can cost at most. */
export function OutboundForm() {
  const { data } = useQuery({ queryKey: ['settings', 'outbound'], queryFn: () => ask(api.GET('/outbound')) });
  return data ? <Fields key={data.version} guard={data} /> : null;
}

const clock = (minutes: number) => `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;

function minutes(text: string): number {
  const [hours, rest] = text.split(':').map(Number);
  return (hours ?? 0) * 60 + (rest ?? 0) || 0;
}

function Fields({ guard }: { guard: Schema<'Outbound'> }) {
  const { t } = useTranslation();
  const rule = guard.night_from !== guard.night_to;
  const form = useForm({
    initialValues: {
      night_from: rule ? clock(guard.night_from) : '',
      night_to: rule ? clock(guard.night_to) : '',
      day_limit: guard.day_limit / 100,
      currency: guard.currency,
    },
  });
  const save = useSave({
    form,
    save: (v: typeof form.values) => {
      const both = v.night_from !== '' && v.night_to !== '';
      const body = {
        night_from: both ? minutes(v.night_from) : 0,
        night_to: both ? minutes(v.night_to) : 0,
        day_limit: Math.round(Number(v.day_limit) * 100) || 0,
        currency: v.currency.toUpperCase(),
        version: guard.version,
      };
      return ask(api.PATCH('/outbound', { body }));
    },
  });
  return (
    <Panel title={t('settings.outbound.title')}>
      <form className={css.form} onSubmit={form.onSubmit((v) => save.mutate(v))}>
        <p className={css.hint}>{t('settings.outbound.hint')}</p>
        <div className={css.pair}>
          <TextInput type="time" label={t('settings.outbound.night_from')} {...form.getInputProps('night_from')} />
          <TextInput type="time" label={t('settings.outbound.night_to')} {...form.getInputProps('night_to')} />
        </div>
        <p className={css.hint}>{t('settings.outbound.nightHint')}</p>
        <div className={css.pair}>
          <NumberInput
            label={t('settings.outbound.day_limit')}
            description={t('settings.outbound.dayLimitHint', { spent: money(guard.spent, guard.currency) })}
            min={0}
            decimalScale={2}
            {...form.getInputProps('day_limit')}
          />
          <TextInput label={t('settings.outbound.currency')} maxLength={3} {...form.getInputProps('currency')} />
        </div>
        <Foot problem={save.problem} pending={save.isPending} dirty={form.isDirty()} />
      </form>
    </Panel>
  );
}
