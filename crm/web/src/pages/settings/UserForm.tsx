import { Button, Drawer, PasswordInput, Select, Switch, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { api, ask, type Schema } from '@/api/client';
import { useMe } from '@/api/session';
import { useRoles, useTeams } from '@/data/lists';
import { Chip } from '@/parts/Chip';
import { Panel } from '@/parts/Panel';
import { useRoleName } from './People';
import { Foot } from './parts';
import { Sessions } from './Sessions';
import css from './Settings.module.css';
import { useSave } from './useSave';

type User = Schema<'User'>;

function valuesOf(u: User | undefined) {
  return {
    name: u?.name ?? '',
    email: u?.email ?? '',
    role: u?.role ?? 'operator',
    team_id: u?.team_id ?? '',
    language: u?.language ?? 'ru',
    active: u?.active ?? true,
    password: '',
  };
}

type Values = ReturnType<typeof valuesOf>;

async function store({ password, active, language, ...v }: Values, u: User | undefined) {
  const tongue = language === 'en' ? 'en' : 'ru';
  if (!u) return ask(api.POST('/users', { body: { ...v, language: tongue, password: password || undefined } }));
  const saved = await ask(
    api.PATCH('/users/{id}', { params: { path: { id: u.id } }, body: { ...v, language: tongue, active, version: u.version } }),
  );
  if (password) await ask(api.POST('/users/{id}/password', { params: { path: { id: u.id } }, body: { password } }));
  return saved;
}

/** A person: name, e-mail, role, team, password; who left is switched off, not deleted. */
export function UserForm({ user, close }: { user: User | undefined; close: () => void }) {
  const { t } = useTranslation();
  const form = useForm<Values>({ initialValues: valuesOf(user) });
  const roleName = useRoleName();
  const roles = useRoles().map((r) => ({ value: r.name, label: roleName(r.name) }));
  const teams = useTeams().map((x) => ({ value: x.id, label: x.name }));
  const save = useSave({ form, save: (v: Values) => store(v, user), done: close });
  return (
    <Drawer
      opened
      onClose={close}
      position="right"
      title={user?.name ?? t('settings.people.add')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form className={css.form} onSubmit={form.onSubmit((v) => save.mutate(v))}>
        <TextInput data-autofocus label={t('settings.people.name')} {...form.getInputProps('name')} />
        <TextInput label={t('settings.people.email')} type="email" autoComplete="off" {...form.getInputProps('email')} />
        <div className={css.pair}>
          <Select label={t('settings.people.role')} data={roles} allowDeselect={false} {...form.getInputProps('role')} />
          <Select
            label={t('settings.people.team')}
            data={teams}
            clearable
            {...form.getInputProps('team_id')}
            onChange={(v) => form.setFieldValue('team_id', v ?? '')}
          />
        </div>
        <Select
          label={t('common.language')}
          allowDeselect={false}
          data={[
            { value: 'ru', label: 'Русский' },
            { value: 'en', label: 'English' },
          ]}
          {...form.getInputProps('language')}
        />
        <PasswordInput
          label={t(user ? 'settings.people.newPassword' : 'settings.people.password')}
          description={t(user ? 'settings.people.newPasswordHint' : 'settings.people.passwordHint')}
          autoComplete="new-password"
          {...form.getInputProps('password')}
        />
        {user && (
          <Switch
            label={t('settings.people.active')}
            description={t('settings.people.activeHint')}
            checked={form.values.active}
            onChange={(e) => form.setFieldValue('active', e.currentTarget.checked)}
          />
        )}
        <Foot problem={save.problem} pending={save.isPending} onClose={close} />
      </form>
      {user && <Account user={user} close={close} />}
    </Drawer>
  );
}

/** How somebody logs in: their second step, for whoever has lost the device, and where they are now. */
function Account({ user, close }: { user: User; close: () => void }) {
  const { t } = useTranslation();
  const me = useMe();
  const reset = useSave({
    save: () => ask(api.DELETE('/users/{id}/second-step', { params: { path: { id: user.id } } })),
    words: t('settings.people.secondReset'),
    done: close,
  });
  return (
    <div className={css.below}>
      <Panel
        title={t('settings.second.title')}
        side={
          <Chip hue={user.second_step ? 'green' : undefined}>{t(user.second_step ? 'settings.second.isOn' : 'settings.second.isOff')}</Chip>
        }
      >
        <p className={css.hint}>{t(user.second_step ? 'settings.people.secondHint' : 'settings.people.secondNone')}</p>
        {user.second_step && user.id !== me.id && (
          <p>
            <Button size="compact-sm" loading={reset.isPending} onClick={() => reset.mutate({})}>
              {t('settings.people.resetSecond')}
            </Button>
          </p>
        )}
        {reset.problem && <Foot problem={reset.problem} pending={false} />}
      </Panel>
      <Sessions user={user.id} />
    </div>
  );
}
