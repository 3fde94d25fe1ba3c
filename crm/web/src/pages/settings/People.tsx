import { Button, Switch, TextInput } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, ask, type Schema } from '@/api/client';
import { useCan } from '@/api/session';
import { useRoles, useTeams, useUsers } from '@/data/lists';
import { Avatar } from '@/parts/Avatar';
import { Chip } from '@/parts/Chip';
import { Panel } from '@/parts/Panel';
import { ProblemText } from '@/parts/ProblemText';
import { RoleForm } from './RoleForm';
import css from './Settings.module.css';
import { UserForm } from './UserForm';
import { useSave } from './useSave';

/** The name of a role: the built-in ones in words. */
export function useRoleName() {
  const { t } = useTranslation();
  return (name: string) => t(`settings.role.${name}`, { defaultValue: name });
}

/** Who works here, in which team, with which rights. */
export function PeopleSection() {
  const { t } = useTranslation();
  const can = useCan();
  const [left, setLeft] = useState(false);
  const [edited, setEdited] = useState<Schema<'User'> | 'new'>();
  const users = useUsers(left);
  const roleName = useRoleName();
  return (
    <>
      <Panel
        title={t('settings.people.title')}
        count={users.length}
        bare
        side={
          <>
            <Switch label={t('settings.people.left')} checked={left} onChange={(e) => setLeft(e.currentTarget.checked)} />
            {can('users.write') && (
              <Button size="compact-sm" leftSection={<IconPlus size={15} stroke={1.75} aria-hidden />} onClick={() => setEdited('new')}>
                {t('settings.people.add')}
              </Button>
            )}
          </>
        }
      >
        <div className={css.scroll}>
          <table className={css.table}>
            <thead>
              <tr>
                <th scope="col">{t('settings.people.name')}</th>
                <th scope="col">{t('settings.people.email')}</th>
                <th scope="col">{t('settings.people.role')}</th>
                <th scope="col">{t('settings.people.team')}</th>
              </tr>
            </thead>
            <tbody>
              {users.map((u) => (
                <tr key={u.id}>
                  <td>
                    <span style={{ display: 'inline-flex', gap: 8, alignItems: 'center' }}>
                      <Avatar name={u.name} />
                      {can('users.write') ? (
                        <button type="button" className={css.link} onClick={() => setEdited(u)}>
                          {u.name}
                        </button>
                      ) : (
                        u.name
                      )}
                      {!u.active && <Chip hue="amber">{t('settings.people.off')}</Chip>}
                    </span>
                  </td>
                  <td>{u.email}</td>
                  <td>{roleName(u.role)}</td>
                  <td>{u.team || t('common.none')}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </Panel>
      <Teams />
      <Roles />
      {edited && <UserForm user={edited === 'new' ? undefined : edited} close={() => setEdited(undefined)} />}
    </>
  );
}

function Teams() {
  const { t } = useTranslation();
  const can = useCan();
  const teams = useTeams();
  const [name, setName] = useState('');
  const create = useSave({ save: (body: { name: string }) => ask(api.POST('/teams', { body })), done: () => setName('') });
  return (
    <Panel title={t('settings.people.teams')} count={teams.length} bare>
      <ul className={css.list}>
        {teams.map((team) => (
          <TeamLine key={team.id} team={team} />
        ))}
        {can('users.write') && (
          <li className={css.row}>
            <form
              style={{ display: 'flex', gap: 8 }}
              onSubmit={(e) => {
                e.preventDefault();
                if (name.trim()) create.mutate({ name });
              }}
            >
              <TextInput
                className={css.grow}
                aria-label={t('settings.people.newTeam')}
                placeholder={t('settings.people.newTeam')}
                value={name}
                onChange={(e) => setName(e.currentTarget.value)}
                error={create.error && <ProblemText problem={create.error} />}
              />
              <Button type="submit" loading={create.isPending}>
                {t('settings.add')}
              </Button>
            </form>
          </li>
        )}
      </ul>
    </Panel>
  );
}

function TeamLine({ team }: { team: Schema<'Team'> }) {
  const { t } = useTranslation();
  const can = useCan();
  const [name, setName] = useState(team.name);
  const save = useSave({ save: (body: { name: string }) => ask(api.PATCH('/teams/{id}', { params: { path: { id: team.id } }, body })) });
  return (
    <li className={css.row}>
      {can('users.write') ? (
        <TextInput
          aria-label={t('settings.nameOf', { name: team.name })}
          value={name}
          onChange={(e) => setName(e.currentTarget.value)}
          onBlur={() => name.trim() && name !== team.name && save.mutate({ name })}
          onKeyDown={(e) => e.key === 'Enter' && e.currentTarget.blur()}
          error={save.error && <ProblemText problem={save.error} />}
        />
      ) : (
        <span>{team.name}</span>
      )}
    </li>
  );
}

function Roles() {
  const { t } = useTranslation();
  const can = useCan();
  const roles = useRoles();
  const roleName = useRoleName();
  const [edited, setEdited] = useState<Schema<'Role'> | 'new'>();
  return (
    <Panel
      title={t('settings.people.roles')}
      count={roles.length}
      bare
      side={
        can('roles.write') && (
          <Button size="compact-sm" leftSection={<IconPlus size={15} stroke={1.75} aria-hidden />} onClick={() => setEdited('new')}>
            {t('settings.people.addRole')}
          </Button>
        )
      }
    >
      <ul className={css.list}>
        {roles.map((r) => (
          <li key={r.name} className={css.row}>
            <span>
              <button type="button" className={css.link} onClick={() => setEdited(r)}>
                {roleName(r.name)}
              </button>{' '}
              <span className={css.sub}>{t('settings.people.rights', { count: r.rights?.length ?? 0 })}</span>
            </span>
            {r.built_in && <Chip>{t('settings.people.builtIn')}</Chip>}
          </li>
        ))}
      </ul>
      {edited && <RoleForm role={edited === 'new' ? undefined : edited} roles={roles} close={() => setEdited(undefined)} />}
    </Panel>
  );
}
