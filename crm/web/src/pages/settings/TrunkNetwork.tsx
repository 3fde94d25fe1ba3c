import { TagsInput, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api, ask, type Schema } from '@/api/client';
import { Panel } from '@/parts/Panel';
import { Foot } from './parts';
import css from './Settings.module.css';
import { useSave } from './useSave';

/** How providers reach us behind a router. */
export function NetworkForm() {
  const { data } = useQuery({ queryKey: ['settings', 'trunk-network'], queryFn: () => ask(api.GET('/trunk-network')) });
  return data ? <Fields key={data.version} network={data} /> : null;
}

function Fields({ network }: { network: Schema<'TrunkNetwork'> }) {
  const { t } = useTranslation();
  const form = useForm({ initialValues: { external_address: network.external_address, local_networks: network.local_networks ?? [] } });
  const save = useSave({
    form,
    save: (v: typeof form.values) => ask(api.PUT('/trunk-network', { body: { ...v, version: network.version } })),
  });
  return (
    <Panel title={t('settings.trunks.network')}>
      <form className={css.form} onSubmit={form.onSubmit((v) => save.mutate(v))}>
        <p className={css.hint}>{t('settings.trunks.networkHint')}</p>
        <TextInput
          label={t('settings.trunks.external')}
          description={t('settings.trunks.externalHint')}
          placeholder="203.0.113.7"
          {...form.getInputProps('external_address')}
        />
        <TagsInput
          label={t('settings.trunks.local')}
          description={t('settings.trunks.localHint')}
          {...form.getInputProps('local_networks')}
        />
        <Foot problem={save.problem} pending={save.isPending} dirty={form.isDirty()} />
      </form>
    </Panel>
  );
}
