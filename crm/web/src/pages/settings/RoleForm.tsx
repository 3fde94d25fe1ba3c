import { Button, Drawer, Select, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { api, ask, type Schema } from '@/api/client';
import { useCan } from '@/api/session';
import { useRoleName } from './People';
import { Foot } from './parts';
import css from './Settings.module.css';
import { useSave } from './useSave';

type Role = Schema<'Role'>;
type Values = { name: string; scopes: Record<string, string> };

/** Splits grants, `calls.read.team`, into rights and scopes. */
function scopesOf(grants: string[] | null | undefined): Record<string, string> {
  return Object.fromEntries((grants ?? []).map((g) => [g.slice(0, g.lastIndexOf('.')), g.slice(g.lastIndexOf('.') + 1)]));
}

/** What a role may do, right by right; the built-in ones can only be read. */
export function RoleForm({ role, roles, close }: { role: Role | undefined; roles: Role[]; close: () => void }) {
  const { t } = useTranslation();
  const can = useCan();
  const roleName = useRoleName();
  const every = [...new Set(roles.flatMap((r) => Object.keys(scopesOf(r.rights))))].sort();
  const form = useForm<Values>({ initialValues: { name: role?.name ?? '', scopes: scopesOf(role?.rights) } });
  const locked = role?.built_in || !can('roles.write');
  const save = useSave({
    form,
    done: close,
    save: (v: Values) =>
      ask(
        api.PUT('/roles/{name}', {
          params: { path: { name: v.name.trim() } },
          body: { rights: Object.entries(v.scopes).flatMap(([right, scope]) => (scope ? [`${right}.${scope}`] : [])) },
        }),
      ),
  });
  const remove = useSave({
    save: () => ask(api.DELETE('/roles/{name}', { params: { path: { name: role?.name ?? '' } } })),
    words: t('settings.removed', { name: role?.name }),
    done: close,
  });
  return (
    <Drawer
      opened
      onClose={close}
      position="right"
      size="lg"
      title={role ? roleName(role.name) : t('settings.people.addRole')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form className={css.form} onSubmit={form.onSubmit((v) => save.mutate(v))}>
        {!role && (
          <TextInput
            data-autofocus
            label={t('settings.name')}
            description={t('settings.people.roleHint')}
            {...form.getInputProps('name')}
          />
        )}
        {locked && <p className={css.hint}>{t('settings.people.builtInHint')}</p>}
        {every.map((right) => (
          <div key={right} className={css.pair}>
            <span>
              {t(`settings.right.${right.replace('.', '_')}`, { defaultValue: right })} <span className={css.sub}>{right}</span>
            </span>
            <Select
              aria-label={right}
              disabled={locked}
              allowDeselect={false}
              data={['', 'own', 'team', 'all'].map((s) => ({ value: s, label: t(`settings.scope.${s || 'no'}`) }))}
              value={form.values.scopes[right] ?? ''}
              onChange={(v) => form.setFieldValue('scopes', { ...form.values.scopes, [right]: v ?? '' })}
            />
          </div>
        ))}
        {!locked && <Foot problem={save.problem ?? remove.error} pending={save.isPending} onClose={close} />}
        {!locked && role && (
          <Button variant="subtle" color="red" loading={remove.isPending} onClick={() => remove.mutate({})}>
            {t('settings.people.removeRole')}
          </Button>
        )}
      </form>
    </Drawer>
  );
}
