import { ActionIcon, FileInput, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconPlayerPauseFilled, IconPlayerPlayFilled, IconTrash, IconUpload } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, ask, type Schema } from '@/api/client';
import { useGreetings } from '@/data/lists';
import { duration } from '@/format/duration';
import { Empty } from '@/parts/Empty';
import { Panel } from '@/parts/Panel';
import { When } from '@/parts/When';
import { Foot } from './parts';
import css from './Settings.module.css';
import { useSave } from './useSave';

type Values = { name: string; file: File | null };

function upload({ name, file }: Values) {
  const body = new FormData();
  if (file) body.append('file', new File([file], file.name, { type: 'audio/wav' }));
  if (name.trim()) body.append('name', name);
  return ask(api.POST('/greetings', { body: body as never, bodySerializer: (b) => b as unknown as FormData }));
}

/** Files that callers hear: a greeting, closed hours, nobody free. */
export function GreetingsSection() {
  const { t } = useTranslation();
  const items = useGreetings();
  const form = useForm<Values>({
    initialValues: { name: '', file: null },
    validate: { file: (f) => (f ? null : t('settings.greetings.needed')) },
  });
  const save = useSave({ form, save: upload, done: () => form.reset() });
  return (
    <>
      <Panel title={t('settings.greetings.title')} count={items.length} bare>
        {items.length === 0 && <Empty icon={IconUpload} title={t('settings.greetings.none')} text={t('settings.greetings.noneText')} />}
        <ul className={css.list}>
          {items.map((g) => (
            <Line key={g.id} greeting={g} />
          ))}
        </ul>
      </Panel>
      <Panel title={t('settings.greetings.add')}>
        <form className={css.form} onSubmit={form.onSubmit((v) => save.mutate(v))}>
          <FileInput
            label={t('settings.greetings.file')}
            description={t('settings.greetings.hint')}
            accept=".wav,audio/wav"
            clearable
            {...form.getInputProps('file')}
          />
          <TextInput label={t('settings.name')} description={t('settings.greetings.nameHint')} {...form.getInputProps('name')} />
          <Foot problem={save.problem} pending={save.isPending} label={t('settings.greetings.upload')} />
        </form>
      </Panel>
    </>
  );
}

function Line({ greeting: g }: { greeting: Schema<'Greeting'> }) {
  const { t } = useTranslation();
  const audio = useRef<HTMLAudioElement | null>(null);
  const [playing, setPlaying] = useState(false);
  useEffect(() => () => audio.current?.pause(), []);
  const remove = useSave({
    save: () => ask(api.DELETE('/greetings/{id}', { params: { path: { id: g.id } } })),
    words: t('settings.removed', { name: g.name }),
  });
  const toggle = () => {
    audio.current ??= Object.assign(new Audio(`/api/v1/greetings/${g.id}/audio`), {
      onplay: () => setPlaying(true),
      onpause: () => setPlaying(false),
      onended: () => setPlaying(false),
    });
    if (audio.current.paused) void audio.current.play();
    else audio.current.pause();
  };
  return (
    <li className={css.row}>
      <span>
        <b>{g.name}</b>{' '}
        <span className={css.sub}>
          {duration(g.seconds)} · <When at={g.created_at} as="day" />
        </span>
      </span>
      <ActionIcon variant="default" size={32} aria-label={t(playing ? 'player.pause' : 'player.playOf', { of: g.name })} onClick={toggle}>
        {playing ? <IconPlayerPauseFilled size={15} aria-hidden /> : <IconPlayerPlayFilled size={15} aria-hidden />}
      </ActionIcon>
      <ActionIcon
        variant="subtle"
        size={32}
        aria-label={t('settings.remove', { name: g.name })}
        loading={remove.isPending}
        onClick={() => remove.mutate({})}
      >
        <IconTrash size={16} stroke={1.75} aria-hidden />
      </ActionIcon>
    </li>
  );
}
