import { IconMessageExclamation } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { useMe } from '@/api/session';
import { When } from '@/parts/When';
import css from './Card.module.css';

/** Four things to know, and what the client holds against us. */
export function CardFacts({ client }: { client: Schema<'Client'> }) {
  const { t } = useTranslation();
  const me = useMe();
  return (
    <>
      <dl className={css.facts}>
        <div>
          <dt>{t('card.owner')}</dt>
          <dd>{client.owner ? (client.owner.id === me.id ? t('card.you') : client.owner.name) : t('card.nobody')}</dd>
        </div>
        <div>
          <dt>{t('card.lastTalk')}</dt>
          <dd>{client.last_call_at ? <When at={client.last_call_at} as="day" /> : t('card.notYet')}</dd>
          <dd className={css.second}>{t('card.talks', { count: client.calls_count })}</dd>
        </div>
        <div>
          <dt>{t('card.source')}</dt>
          <dd>{client.source || t('common.unknown')}</dd>
          <dd className={css.second}>
            {client.how ? `${t(`card.how.${client.how}`)}, ` : ''}
            <When at={client.created_at} as="day" />
          </dd>
        </div>
        <div>
          <dt>{t('card.preferences')}</dt>
          <dd className={css.long}>{client.preferences || t('common.none')}</dd>
        </div>
      </dl>
      {client.claims && (
        <p className={css.claim}>
          <IconMessageExclamation size={16} stroke={1.75} aria-hidden />
          <span>
            <strong>{t('card.claims')}:</strong> {client.claims}
          </span>
        </p>
      )}
    </>
  );
}
