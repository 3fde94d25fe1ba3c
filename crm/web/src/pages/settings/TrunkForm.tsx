import { Button, Drawer, NumberInput, PasswordInput, SegmentedControl, Select, Switch, TagsInput, TextInput } from '@mantine/core';
import { type UseFormReturnType, useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { api, ask, type Schema } from '@/api/client';
import { useNumbers } from '@/data/lists';
import { phone } from '@/format/phone';
import { Foot } from './parts';
import css from './Settings.module.css';
import { TrunkTest } from './TrunkTest';
import { useSave } from './useSave';

type Trunk = Schema<'Trunk'>;

function valuesOf(trunk: Trunk | undefined) {
  return {
    name: trunk?.name ?? '',
    enabled: trunk?.enabled ?? true,
    kind: trunk?.endpoint ? 'endpoint' : 'own',
    endpoint: trunk?.endpoint ?? '',
    host: trunk?.host ?? '',
    transport: trunk?.transport ?? 'udp',
    secure: trunk?.secure ?? false,
    login: trunk?.login ?? '',
    password: '',
    register: trunk?.register ?? true,
    probe: trunk?.probe ?? true,
    domain: trunk?.domain ?? '',
    proxy: trunk?.proxy ?? '',
    sources: trunk?.sources ?? [],
    called: trunk?.called ?? 'request_uri',
    home: trunk?.home ?? 'plus',
    abroad: trunk?.abroad ?? 'plus',
    identity: trunk?.identity ?? 'from',
    codecs: (trunk?.codecs ?? ['alaw', 'ulaw']).join(','),
    prefixes: trunk?.prefixes ?? [],
    position: trunk?.position ?? 0,
    max_calls: trunk?.max_calls ?? 0,
    shows: Object.fromEntries((trunk?.shows ?? []).map((s) => [s.number, s.as ?? ''])) as Record<string, string>,
  };
}

type Values = ReturnType<typeof valuesOf>;
export type TrunkFormOf = UseFormReturnType<Values>;

/** What is sent: of an endpoint of Asterisk's own only what Ringbook decides. */
function bodyOf({ kind, password, codecs, shows, ...rest }: Values): Schema<'TrunkChange'> {
  const own = kind === 'own';
  return {
    ...rest,
    endpoint: own ? '' : rest.endpoint,
    host: own ? rest.host : '',
    register: own && rest.register && rest.login !== '',
    codecs: codecs.split(','),
    shows: Object.entries(shows).map(([number, as]) => ({ number, as })),
    ...(password ? { password } : {}),
  } as Schema<'TrunkChange'>;
}

/** A line to a provider, in the order in which its contract has it. */
export function TrunkForm({ trunk, close }: { trunk: Trunk | undefined; close: () => void }) {
  const { t } = useTranslation();
  const form = useForm<Values>({ initialValues: valuesOf(trunk) });
  const save = useSave({
    form,
    save: (v: Values) =>
      trunk
        ? ask(api.PATCH('/trunks/{id}', { params: { path: { id: trunk.id } }, body: { ...bodyOf(v), version: trunk.version } }))
        : ask(api.POST('/trunks', { body: bodyOf(v) })),
    done: close,
  });
  const remove = useSave({
    save: () => ask(api.DELETE('/trunks/{id}', { params: { path: { id: trunk?.id ?? '' } } })),
    words: t('settings.removed', { name: trunk?.name }),
    done: close,
  });
  return (
    <Drawer
      opened
      onClose={close}
      position="right"
      size="lg"
      title={t(trunk ? 'settings.trunks.edit' : 'settings.trunks.add')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form className={css.form} onSubmit={form.onSubmit((v) => save.mutate(v))}>
        <TextInput data-autofocus label={t('settings.name')} description={t('settings.trunks.nameHint')} {...form.getInputProps('name')} />
        <SegmentedControl
          aria-label={t('settings.trunks.kind')}
          data={['own', 'endpoint'].map((value) => ({ value, label: t(`settings.trunks.kinds.${value}`) }))}
          {...form.getInputProps('kind')}
        />
        {form.values.kind === 'own' ? (
          <Connection form={form} known={trunk?.has_password ?? false} />
        ) : (
          <TextInput
            label={t('settings.trunks.endpoint')}
            description={t('settings.trunks.endpointHint')}
            {...form.getInputProps('endpoint')}
          />
        )}
        <Writing form={form} />
        <Share form={form} />
        <Switch label={t('settings.trunks.enabled')} {...form.getInputProps('enabled', { type: 'checkbox' })} />
        <Foot problem={save.problem ?? remove.error} pending={save.isPending} onClose={close} />
      </form>
      {trunk && <TrunkTest trunk={trunk} />}
      {trunk && (
        <Button mt="md" variant="subtle" color="red" loading={remove.isPending} onClick={() => remove.mutate({})}>
          {t('settings.trunks.remove')}
        </Button>
      )}
    </Drawer>
  );
}

/** Where the provider is and how one logs in there. */
function Connection({ form, known }: { form: TrunkFormOf; known: boolean }) {
  const { t } = useTranslation();
  return (
    <>
      <div className={css.pair}>
        <TextInput label={t('settings.trunks.host')} description={t('settings.trunks.hostHint')} {...form.getInputProps('host')} />
        <Select
          label={t('settings.trunks.transport')}
          allowDeselect={false}
          data={[
            { value: 'udp', label: 'UDP' },
            { value: 'tcp', label: 'TCP' },
            { value: 'tls', label: 'TLS' },
          ]}
          {...form.getInputProps('transport')}
        />
      </div>
      <div className={css.pair}>
        <TextInput
          label={t('settings.trunks.login')}
          description={t('settings.trunks.loginHint')}
          autoComplete="off"
          {...form.getInputProps('login')}
        />
        <PasswordInput
          label={t('settings.trunks.password')}
          description={known ? t('settings.trunks.passwordKept') : undefined}
          autoComplete="new-password"
          visibilityToggleButtonProps={{ 'aria-label': t('settings.trunks.showPassword') }}
          {...form.getInputProps('password')}
        />
      </div>
      <Switch
        label={t('settings.trunks.register')}
        description={t('settings.trunks.registerHint')}
        disabled={form.values.login === ''}
        {...form.getInputProps('register', { type: 'checkbox' })}
      />
      <Switch
        label={t('settings.trunks.probe')}
        description={t('settings.trunks.probeHint')}
        {...form.getInputProps('probe', { type: 'checkbox' })}
      />
      {form.values.transport === 'tls' && (
        <Switch
          label={t('settings.trunks.secure')}
          description={t('settings.trunks.secureHint')}
          {...form.getInputProps('secure', { type: 'checkbox' })}
        />
      )}
      <TagsInput label={t('settings.trunks.sources')} description={t('settings.trunks.sourcesHint')} {...form.getInputProps('sources')} />
      <div className={css.pair}>
        <TextInput label={t('settings.trunks.domain')} description={t('settings.trunks.domainHint')} {...form.getInputProps('domain')} />
        <TextInput label={t('settings.trunks.proxy')} description={t('settings.trunks.proxyHint')} {...form.getInputProps('proxy')} />
      </div>
      <Select
        label={t('settings.trunks.codecs')}
        allowDeselect={false}
        data={[
          { value: 'alaw,ulaw', label: 'G.711 A-law, µ-law' },
          { value: 'ulaw,alaw', label: 'G.711 µ-law, A-law' },
          { value: 'alaw', label: 'G.711 A-law' },
          { value: 'ulaw', label: 'G.711 µ-law' },
        ]}
        {...form.getInputProps('codecs')}
      />
    </>
  );
}

/** How numbers are written, both ways, and where the called number stands. */
function Writing({ form }: { form: TrunkFormOf }) {
  const { t } = useTranslation();
  const choice = (name: 'called' | 'home' | 'abroad' | 'identity', values: string[]) => (
    <Select
      label={t(`settings.trunks.${name}`)}
      description={t(`settings.trunks.${name}Hint`)}
      allowDeselect={false}
      data={values.map((value) => ({ value, label: t(`settings.trunks.${name}s.${value}`) }))}
      {...form.getInputProps(name)}
    />
  );
  const own = form.values.kind === 'own';
  return (
    <>
      <div className={css.pair}>
        {choice('home', ['plus', 'digits', 'national', 'bare'])}
        {choice('abroad', ['plus', 'digits', 'prefix'])}
      </div>
      {own && (
        <div className={css.pair}>
          {choice('called', ['request_uri', 'to', 'diversion', 'p_called_party_id'])}
          {choice('identity', ['from', 'pai'])}
        </div>
      )}
    </>
  );
}

/** What the trunk carries, how much, and as whom we call. */
function Share({ form }: { form: TrunkFormOf }) {
  const { t } = useTranslation();
  const numbers = useNumbers();
  const { shows } = form.values;
  const toggle = (id: string, on: boolean) => {
    const { [id]: _, ...others } = shows;
    form.setFieldValue('shows', on ? { ...shows, [id]: '' } : others);
  };
  return (
    <>
      <TagsInput
        label={t('settings.trunks.prefixes')}
        description={t('settings.trunks.prefixesHint')}
        {...form.getInputProps('prefixes')}
      />
      <div className={css.pair}>
        <NumberInput
          label={t('settings.trunks.position')}
          description={t('settings.trunks.positionHint')}
          min={0}
          max={1000}
          {...form.getInputProps('position')}
        />
        <NumberInput
          label={t('settings.trunks.max_calls')}
          description={t('settings.trunks.maxCallsHint')}
          min={0}
          max={10000}
          {...form.getInputProps('max_calls')}
        />
      </div>
      <fieldset className={css.group}>
        <legend>{t('settings.trunks.shows')}</legend>
        <p className={css.hint}>{t('settings.trunks.showsHint')}</p>
        {numbers.map((n) => (
          <div key={n.id} className={css.pair}>
            <Switch label={`${n.name} ${phone(n.e164)}`} checked={n.id in shows} onChange={(e) => toggle(n.id, e.currentTarget.checked)} />
            {n.id in shows && (
              <TextInput
                aria-label={t('settings.trunks.showAs', { number: n.name })}
                placeholder={t('settings.trunks.showAsIs')}
                value={shows[n.id]}
                onChange={(e) => form.setFieldValue('shows', { ...shows, [n.id]: e.currentTarget.value })}
              />
            )}
          </div>
        ))}
      </fieldset>
    </>
  );
}
