import { ActionIcon, Button, TextInput } from '@mantine/core';
import { IconMail, IconMapPin, IconPencil } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { useDraft, usePlace } from '@/live/drafts';
import { Avatar } from '@/parts/Avatar';
import { Chip } from '@/parts/Chip';
import { PhoneLink } from '@/phone/PhoneLink';
import css from './Card.module.css';

type Save = (change: Schema<'ClientChange'>) => Promise<boolean>;
type Props = { client: Schema<'Client'>; save?: Save; editing: boolean; onEdit: () => void };

const shown = 2;

/** Who it is and how they are reached. */
export function CardHead({ client, save, editing, onEdit }: Props) {
  const { t } = useTranslation();
  const [all, setAll] = useState(false);
  const phones = all ? client.phones : client.phones.slice(0, shown);
  const more = client.phones.length - shown;
  return (
    <div className={css.head}>
      <Avatar name={client.name} size={48} company={client.kind === 'company'} />
      <div className={css.who}>
        <div className={css.names}>
          <h1 className={client.unnamed && save ? 'sr' : undefined}>{client.name || t('card.unnamed')}</h1>
          {client.unnamed && save && <NameField client={client} save={save} />}
          {client.company && client.kind === 'person' && <span className={css.company}>{client.company}</span>}
          {client.tags.map((tag) => (
            <Chip key={tag} hue={/^vip$/i.test(tag) ? 'violet' : undefined}>
              {tag}
            </Chip>
          ))}
        </div>
        <div className={css.reach}>
          {phones.map((p) => (
            <span key={p.id}>
              {p.e164 ? <PhoneLink e164={p.e164} client={client.id} /> : p.typed}
              {p.ext && ` ${t('card.ext', { ext: p.ext })}`} {p.label && <em>{p.label}</em>}
            </span>
          ))}
          {!all && more > 0 && (
            <Button size="compact-xs" variant="default" onClick={() => setAll(true)}>
              {t('card.morePhones', { count: more })}
            </Button>
          )}
          {client.emails.map((e) => (
            <a key={e.id} href={`mailto:${e.email}`}>
              <IconMail size={14} stroke={1.75} aria-hidden />
              {e.email}
            </a>
          ))}
          {client.city && (
            <span>
              <IconMapPin size={14} stroke={1.75} aria-hidden />
              {client.city}
            </span>
          )}
        </div>
      </div>
      {save && (
        <ActionIcon variant={editing ? 'light' : 'subtle'} size={32} aria-label={t('card.edit')} aria-pressed={editing} onClick={onEdit}>
          <IconPencil size={18} stroke={1.75} aria-hidden />
        </ActionIcon>
      )}
    </div>
  );
}

/** The name of a card that a call made. */
function NameField({ client, save }: { client: Schema<'Client'>; save: Save }) {
  const { t } = useTranslation();
  const key = `client:${client.id}:name`;
  const [draft, setDraft] = useDraft(key);
  const ref = usePlace<HTMLInputElement>(key);
  const commit = async () => {
    const name = draft?.trim();
    if (name && (await save({ name }))) setDraft(null);
  };
  return (
    <form
      className={css.naming}
      onSubmit={(e) => {
        e.preventDefault();
        void commit();
      }}
    >
      <TextInput
        ref={ref}
        data-draft={key}
        aria-label={t('card.name')}
        placeholder={t('card.nameHint')}
        value={draft ?? ''}
        onChange={(e) => setDraft(e.currentTarget.value)}
        onBlur={() => void commit()}
      />
      <Chip hue="amber">{t('card.new')}</Chip>
    </form>
  );
}
