import { PasswordInput, SegmentedControl, useMantineColorScheme } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api, ask } from '@/api/client';
import { useMe } from '@/api/session';
import { type Language, setLanguage } from '@/i18n';
import { Panel } from '@/parts/Panel';
import { Foot } from './parts';
import { SecondStepPanel } from './SecondStep';
import { Sessions } from './Sessions';
import css from './Settings.module.css';
import { useSave } from './useSave';

/** One's own: language, look, password, where one is logged in. */
export function MineSection() {
  const { t, i18n } = useTranslation();
  const me = useMe();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const speak = useMutation({
    mutationFn: async (language: Language) => {
      await setLanguage(language);
      return ask(api.PATCH('/session', { body: { language } }));
    },
  });
  return (
    <>
      <Panel title={me.name}>
        <div className={css.form}>
          <p className={css.hint}>{me.email}</p>
          <div>
            <div>{t('common.language')}</div>
            <SegmentedControl
              aria-label={t('common.language')}
              value={i18n.language}
              onChange={(v) => speak.mutate(v as Language)}
              data={[
                { value: 'ru', label: 'Русский' },
                { value: 'en', label: 'English' },
              ]}
            />
          </div>
          <div>
            <div>{t('settings.mine.scheme')}</div>
            <SegmentedControl
              aria-label={t('settings.mine.scheme')}
              value={colorScheme}
              onChange={(v) => setColorScheme(v as 'auto' | 'light' | 'dark')}
              data={(['auto', 'light', 'dark'] as const).map((v) => ({ value: v, label: t(`settings.mine.${v}`) }))}
            />
          </div>
        </div>
      </Panel>
      <Password />
      <SecondStepPanel />
      <Sessions />
    </>
  );
}

function Password() {
  const { t } = useTranslation();
  const form = useForm({
    initialValues: { current: '', password: '', again: '' },
    validate: { again: (v, all) => (v === all.password ? null : t('settings.mine.differ')) },
  });
  const save = useSave({
    form,
    save: ({ current, password }: typeof form.values) => ask(api.POST('/session/password', { body: { current, password } })),
    done: () => form.reset(),
  });
  return (
    <Panel title={t('settings.mine.password')}>
      <form className={css.form} onSubmit={form.onSubmit((v) => save.mutate(v))}>
        <PasswordInput label={t('settings.mine.current')} autoComplete="current-password" {...form.getInputProps('current')} />
        <PasswordInput label={t('settings.mine.next')} autoComplete="new-password" {...form.getInputProps('password')} />
        <PasswordInput label={t('settings.mine.again')} autoComplete="new-password" {...form.getInputProps('again')} />
        <Foot problem={save.problem} pending={save.isPending} dirty={form.isDirty()} label={t('settings.mine.change')} />
      </form>
    </Panel>
  );
}
