import { UnstyledButton } from '@mantine/core';
import { IconPhone } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { phone } from '@/format/phone';
import css from './PhoneLink.module.css';
import { useDial } from './useDial';

/** A number that is a call: a click dials it. */
export function PhoneLink({ e164, client }: { e164: string; client?: string }) {
  const { t } = useTranslation();
  const dial = useDial();
  const shown = phone(e164);
  return (
    <UnstyledButton
      className={css.link}
      title={t('phone.call', { phone: shown })}
      aria-label={t('phone.call', { phone: shown })}
      onClick={(e) => {
        e.stopPropagation();
        dial(e164, client);
      }}
    >
      <IconPhone size={14} stroke={1.75} aria-hidden />
      {shown}
    </UnstyledButton>
  );
}
