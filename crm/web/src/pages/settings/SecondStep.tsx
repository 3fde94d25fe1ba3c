import { Button, CopyButton, Group, PasswordInput, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, ask, type Schema } from '@/api/client';
import { Chip } from '@/parts/Chip';
import { Panel } from '@/parts/Panel';
import { When } from '@/parts/When';
import { Foot } from './parts';
import css from './Settings.module.css';
import { useSave } from './useSave';

/** One's own second step: on, off, new recovery codes. */
export function SecondStepPanel() {
  const { t } = useTranslation();
  const [doing, setDoing] = useState<'on' | 'codes' | 'off'>();
  const { data } = useQuery({ queryKey: ['settings', 'second-step'], queryFn: () => ask(api.GET('/session/second-step')) });
  const over = () => setDoing(undefined);
  return (
    <Panel
      title={t('settings.second.title')}
      side={data && <Chip hue={data.on ? 'green' : undefined}>{t(data.on ? 'settings.second.isOn' : 'settings.second.isOff')}</Chip>}
    >
      {doing === 'on' && <SetUp over={over} />}
      {doing === 'codes' && <RenewCodes over={over} />}
      {doing === 'off' && <TurnOff over={over} />}
      {!doing && data && (
        <div className={css.form}>
          <p className={css.hint}>{t('settings.second.why')}</p>
          {data.on && (
            <p className={css.hint}>
              {t('settings.second.since')} <When at={data.since ?? ''} />. {t('settings.second.left', { count: data.codes })}
            </p>
          )}
          {data.required && <p className={css.hint}>{t('settings.second.required')}</p>}
          <Group gap={8}>
            <Button onClick={() => setDoing('on')}>{t(data.on ? 'settings.second.again' : 'settings.second.turnOn')}</Button>
            {data.on && <Button onClick={() => setDoing('codes')}>{t('settings.second.newCodes')}</Button>}
            {data.on && !data.required && <Button onClick={() => setDoing('off')}>{t('settings.second.turnOff')}</Button>}
          </Group>
        </div>
      )}
    </Panel>
  );
}

type Step = { over: () => void };

/** Password, then the picture and its first code, then the recovery codes. */
export function SetUp({ over }: Step) {
  const [shown, setShown] = useState<Schema<'NewSecondStep'>>();
  const [codes, setCodes] = useState<string[]>();
  if (codes) return <Codes codes={codes} over={over} />;
  if (shown) return <Prove shown={shown} done={setCodes} />;
  return (
    <Password
      hint="settings.second.whyPassword"
      label="settings.second.next"
      save={(password) => ask(api.POST('/session/second-step', { body: { password } }))}
      done={setShown}
    />
  );
}

function RenewCodes({ over }: Step) {
  const [codes, setCodes] = useState<string[]>();
  if (codes) return <Codes codes={codes} over={over} />;
  return (
    <Password
      hint="settings.second.newCodesHint"
      label="settings.second.newCodes"
      save={(password) => ask(api.POST('/session/second-step/codes', { body: { password } }))}
      done={(made) => setCodes(made.codes)}
    />
  );
}

function TurnOff({ over }: Step) {
  return (
    <Password
      hint="settings.second.turnOffHint"
      label="settings.second.turnOff"
      save={(password) => ask(api.POST('/session/second-step/off', { body: { password } }))}
      done={over}
    />
  );
}

type Asked<R> = { hint: string; label: string; save: (password: string) => Promise<R>; done: (answer: R) => void };

function Password<R>({ hint, label, save, done }: Asked<R>) {
  const { t } = useTranslation();
  const form = useForm({ initialValues: { current: '' } });
  const send = useSave({ form, save: (v: typeof form.values) => save(v.current), done, words: '' });
  return (
    <form className={css.form} onSubmit={form.onSubmit((v) => send.mutate(v))}>
      <p className={css.hint}>{t(hint)}</p>
      <PasswordInput
        autoFocus
        required
        label={t('settings.mine.current')}
        autoComplete="current-password"
        {...form.getInputProps('current')}
      />
      <Foot problem={send.problem} pending={send.isPending} label={t(label)} />
    </form>
  );
}

function Prove({ shown, done }: { shown: Schema<'NewSecondStep'>; done: (codes: string[]) => void }) {
  const { t } = useTranslation();
  const form = useForm({ initialValues: { code: '' } });
  const prove = useSave({
    form,
    save: (body: typeof form.values) => ask(api.POST('/session/second-step/prove', { body })),
    done: (made) => done(made.codes),
    words: t('settings.second.done'),
  });
  return (
    <form className={css.form} onSubmit={form.onSubmit((v) => prove.mutate(v))}>
      <p className={css.hint}>{t('settings.second.scan')}</p>
      <img className={css.qr} src={shown.qr} alt={t('settings.second.picture')} width={232} height={232} />
      <p className={css.hint}>
        {t('settings.second.type')} <code className={css.key}>{shown.secret.replace(/(.{4})(?=.)/g, '$1 ')}</code>{' '}
        <a href={shown.uri}>{t('settings.second.open')}</a>
      </p>
      <TextInput
        required
        autoFocus
        label={t('settings.second.code')}
        autoComplete="one-time-code"
        inputMode="numeric"
        maxLength={8}
        {...form.getInputProps('code')}
      />
      <Foot problem={prove.problem} pending={prove.isPending} label={t('settings.second.turnOn')} />
    </form>
  );
}

function Codes({ codes, over }: { codes: string[]; over: () => void }) {
  const { t } = useTranslation();
  return (
    <div className={css.form} role="status">
      <p className={css.hint}>{t('settings.second.keep')}</p>
      <ul className={css.codes}>
        {codes.map((c) => (
          <li key={c}>
            <code>{c}</code>
          </li>
        ))}
      </ul>
      <Group gap={8}>
        <Button variant="filled" onClick={over}>
          {t('settings.second.kept')}
        </Button>
        <CopyButton value={codes.join('\n')}>
          {({ copied, copy }) => <Button onClick={copy}>{t(copied ? 'settings.tokens.copied' : 'settings.tokens.copy')}</Button>}
        </CopyButton>
      </Group>
    </div>
  );
}
