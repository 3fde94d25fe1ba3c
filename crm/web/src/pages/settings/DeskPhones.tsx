import { Button, CopyButton, Group, Modal, Select } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconPhone } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, ask, type Schema } from '@/api/client';
import { useUsers } from '@/data/lists';
import { Chip } from '@/parts/Chip';
import { Empty } from '@/parts/Empty';
import { Panel } from '@/parts/Panel';
import { Foot } from './parts';
import css from './Settings.module.css';
import { useSave } from './useSave';

/** How often the states are asked for anew. */
const stateEvery = 5_000;

/** Telephones on desks: who has one, what is typed into it, whether it is there. */
export function DeskPhonesSection() {
  const { t } = useTranslation();
  const users = useUsers();
  const [given, setGiven] = useState<Schema<'DeskPhoneGiven'>>();
  const { data } = useQuery({
    queryKey: ['settings', 'desk-phones'],
    queryFn: () => ask(api.GET('/desk-phones')),
    refetchInterval: stateEvery,
  });
  const have = new Set(data?.items?.map((d) => d.user.id));
  const form = useForm({ initialValues: { user: '', transport: 'udp' as 'udp' | 'tcp' } });
  const give = useSave({
    form,
    save: (body: typeof form.values) => ask(api.POST('/desk-phones', { body })),
    done: (made) => {
      setGiven(made);
      form.reset();
    },
  });
  return (
    <>
      <Panel title={t('settings.desks.title')} count={data?.items?.length} bare>
        {data?.items?.length === 0 && <Empty icon={IconPhone} title={t('settings.desks.empty')} text={t('settings.desks.emptyHint')} />}
        <ul className={css.list}>
          {data?.items?.map((d) => (
            <Line key={d.user.id} phone={d} renewed={setGiven} />
          ))}
        </ul>
      </Panel>
      {given && data && <Secret given={given} server={data.server} />}
      <Panel title={t('settings.desks.add')}>
        <form className={css.form} onSubmit={form.onSubmit((v) => give.mutate(v))}>
          <Select
            label={t('settings.desks.whose')}
            searchable
            data={users.filter((u) => !have.has(u.id)).map((u) => ({ value: u.id, label: u.name }))}
            {...form.getInputProps('user')}
          />
          <Select
            label={t('settings.desks.transport')}
            description={t('settings.desks.transportHint')}
            allowDeselect={false}
            data={['udp', 'tcp'].map((v) => ({ value: v, label: v.toUpperCase() }))}
            {...form.getInputProps('transport')}
          />
          <Foot problem={give.problem} pending={give.isPending} label={t('settings.desks.make')} />
        </form>
      </Panel>
    </>
  );
}

/** What is typed into the telephone; the password is shown this once. */
function Secret({ given, server }: { given: Schema<'DeskPhoneGiven'>; server: Schema<'DeskPhoneServer'> }) {
  const { t } = useTranslation();
  const facts: [string, string][] = [
    [t('settings.desks.server'), server.host],
    [t('settings.desks.port'), String(server.port)],
    [t('settings.desks.transport'), given.transport.toUpperCase()],
    [t('settings.desks.login'), given.login],
    [t('settings.desks.password'), given.password],
  ];
  return (
    <Panel title={t('settings.desks.type', { name: given.user.name })}>
      <div role="status">
        <p className={css.hint}>{t('settings.desks.once')}</p>
        <table className={css.table}>
          <tbody>
            {facts.map(([name, value]) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>
                  <code>{value}</code>
                </td>
                <td>
                  <CopyButton value={value}>
                    {({ copied, copy }) => (
                      <Button size="compact-sm" onClick={copy}>
                        {t(copied ? 'settings.tokens.copied' : 'settings.tokens.copy')}
                      </Button>
                    )}
                  </CopyButton>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        <p className={css.hint}>{t('settings.desks.vad')}</p>
      </div>
    </Panel>
  );
}

type LineProps = { phone: Schema<'DeskPhone'>; renewed: (given: Schema<'DeskPhoneGiven'>) => void };

function Line({ phone, renewed }: LineProps) {
  const { t } = useTranslation();
  const [asked, setAsked] = useState(false);
  const path = { params: { path: { id: phone.user.id } } };
  const renew = useSave({
    save: () => ask(api.POST('/desk-phones', { body: { user: phone.user.id, transport: phone.transport } })),
    done: renewed,
  });
  const take = useSave({ save: () => ask(api.DELETE('/desk-phones/{id}', path)), words: t('settings.removed', { name: phone.user.name }) });
  const { state } = phone;
  return (
    <li className={css.row}>
      <span>
        <b>{phone.user.name}</b>{' '}
        <Chip hue={state.registered ? 'green' : 'red'}>{t(state.registered ? 'settings.desks.there' : 'settings.desks.away')}</Chip>
        <br />
        <span className={css.sub}>
          {[phone.login, phone.transport.toUpperCase(), state.name, state.address].filter(Boolean).join(' · ')}
        </span>
      </span>
      <span className={css.buttons}>
        <Button size="compact-sm" loading={renew.isPending} onClick={() => renew.mutate({})}>
          {t('settings.desks.renew')}
        </Button>
        <Button size="compact-sm" onClick={() => setAsked(true)}>
          {t('settings.desks.take')}
        </Button>
      </span>
      <Modal opened={asked} onClose={() => setAsked(false)} title={t('settings.desks.takeTitle', { name: phone.user.name })}>
        <p>{t('settings.desks.takeText')}</p>
        <Group justify="flex-end">
          <Button onClick={() => setAsked(false)}>{t('common.cancel')}</Button>
          <Button color="red" loading={take.isPending} onClick={() => take.mutate({})}>
            {t('settings.desks.take')}
          </Button>
        </Group>
      </Modal>
    </li>
  );
}
