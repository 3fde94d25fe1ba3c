import { ActionIcon, Button, SegmentedControl, Select, TagsInput, Textarea, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, ask, type Schema } from '@/api/client';
import { useCan } from '@/api/session';
import { useDraft, usePlace } from '@/live/drafts';
import css from './Card.module.css';

type Client = Schema<'Client'>;
type Save = (change: Schema<'ClientChange'>) => Promise<boolean>;
type Props = { client: Client; save: Save; onDone: () => void };
type TextField = 'first_name' | 'last_name' | 'middle_name' | 'name' | 'company' | 'city' | 'source' | 'preferences' | 'claims';

/** The fields of a card. Each saves itself when it is left; what is typed outlives a reload. */
export function CardEdit({ client, save, onDone }: Props) {
  const { t } = useTranslation();
  const can = useCan();
  const { data: users } = useQuery({
    queryKey: ['users'],
    enabled: can('users.read'),
    queryFn: () => ask(api.GET('/users')),
  });
  const field = (name: TextField, long = false) => <Field key={name} name={name} client={client} save={save} long={long} />;
  return (
    <div className={css.edit}>
      <SegmentedControl
        aria-label={t('card.kind')}
        value={client.kind}
        onChange={(kind) => void save({ kind: kind as Client['kind'] })}
        data={[
          { value: 'person', label: t('card.person') },
          { value: 'company', label: t('card.companyKind') },
        ]}
      />
      <div className={css.grid}>
        {client.kind === 'person'
          ? [field('first_name'), field('middle_name'), field('last_name'), field('company')]
          : [field('company'), field('name')]}
        {field('city')}
        {field('source')}
        <Select
          label={t('card.owner')}
          clearable
          searchable
          value={client.owner?.id ?? null}
          onChange={(id) => void save({ owner_id: id ?? '' })}
          data={(users?.items ?? []).map((u) => ({ value: u.id, label: u.name }))}
        />
        <TagsInput label={t('card.tags')} value={client.tags} onChange={(tags) => void save({ tags })} />
      </div>
      <Lines
        label={t('card.phones')}
        add={t('card.addPhone')}
        values={client.phones.map((p) => ({ id: p.id, text: p.e164 || p.typed, label: p.label }))}
        save={(lines) => save({ phones: lines.map((l) => ({ id: l.id || undefined, typed: l.text, label: l.label })) })}
      />
      <Lines
        label={t('card.emails')}
        add={t('card.addEmail')}
        values={client.emails.map((e) => ({ id: e.id, text: e.email, label: e.label }))}
        save={(lines) => save({ emails: lines.map((l) => ({ id: l.id || undefined, email: l.text, label: l.label })) })}
      />
      {field('preferences', true)}
      {field('claims', true)}
      <div>
        <Button onClick={onDone}>{t('card.done')}</Button>
      </div>
    </div>
  );
}

function Field({ name, client, save, long }: { name: TextField; client: Client; save: Save; long: boolean }) {
  const { t } = useTranslation();
  const key = `client:${client.id}:${name}`;
  const [draft, setDraft] = useDraft(key);
  const input = usePlace<HTMLInputElement>(long ? '' : key);
  const area = usePlace<HTMLTextAreaElement>(long ? key : '');
  const commit = async () => {
    if (draft === undefined) return;
    if (draft.trim() === client[name] || (await save({ [name]: draft.trim() }))) setDraft(null);
  };
  const props = { label: t(`card.${name}`), 'data-draft': key, value: draft ?? client[name], onBlur: () => void commit() };
  return long ? (
    <Textarea ref={area} autosize minRows={2} {...props} onChange={(e) => setDraft(e.currentTarget.value)} />
  ) : (
    <TextInput
      ref={input}
      {...props}
      onChange={(e) => setDraft(e.currentTarget.value)}
      onKeyDown={(e) => e.key === 'Enter' && void commit()}
    />
  );
}

type Line = { id: string; text: string; label: string };

/** Numbers or addresses, one a line. */
function Lines({ label, add, values, save }: { label: string; add: string; values: Line[]; save: (lines: Line[]) => Promise<boolean> }) {
  const { t } = useTranslation();
  const [lines, setLines] = useState(values);
  const known = JSON.stringify(values);
  useEffect(() => setLines(JSON.parse(known)), [known]);
  const commit = (next = lines) => {
    const full = next.filter((l) => l.text.trim());
    if (JSON.stringify(full) !== known) void save(full);
  };
  const change = (i: number, part: Partial<Line>) => setLines(lines.map((l, k) => (k === i ? { ...l, ...part } : l)));
  return (
    <fieldset className={css.lines}>
      <legend>{label}</legend>
      {lines.map((l, i) => (
        <div key={l.id || i} className={css.line}>
          <TextInput
            aria-label={label}
            value={l.text}
            onChange={(e) => change(i, { text: e.currentTarget.value })}
            onBlur={() => commit()}
          />
          <TextInput
            aria-label={t('card.label')}
            placeholder={t('card.label')}
            value={l.label}
            onChange={(e) => change(i, { label: e.currentTarget.value })}
            onBlur={() => commit()}
          />
          <ActionIcon
            variant="subtle"
            size={32}
            aria-label={t('card.remove', { what: l.text })}
            onClick={() => {
              const next = lines.filter((_, k) => k !== i);
              setLines(next);
              commit(next);
            }}
          >
            <IconX size={16} stroke={1.75} aria-hidden />
          </ActionIcon>
        </div>
      ))}
      <Button
        size="compact-sm"
        leftSection={<IconPlus size={14} stroke={1.75} />}
        onClick={() => setLines([...lines, { id: '', text: '', label: '' }])}
      >
        {add}
      </Button>
    </fieldset>
  );
}
