import { UnstyledButton } from '@mantine/core';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useLiveState } from '@/live/useLive';
import { onKey } from '@/phone/keys';
import css from './CallPanel.module.css';

/** How it ended, one of a few; Alt and its digit chooses. */
export function Outcomes({ value, missing, onChange }: { value: string; missing: boolean; onChange: (id: string) => void }) {
  const { t } = useTranslation();
  const { settings } = useLiveState();
  const list = settings?.outcomes ?? [];
  useEffect(() =>
    onKey('outcome', (digit) => {
      const one = list.find((o) => o.key === digit);
      if (one) onChange(one.id);
    }),
  );
  if (list.length === 0) return null;
  return (
    <div>
      <div className={css.label}>
        <span id="outcome-label">{t('desk.outcome')}</span>
        <span className={missing ? css.missing : css.hint} role={missing ? 'alert' : undefined}>
          {missing ? t('desk.noOutcome') : t('desk.required')} <kbd>Alt 1…6</kbd>
        </span>
      </div>
      <div className={css.outcomes} role="radiogroup" aria-labelledby="outcome-label" data-missing={missing || undefined}>
        {list.map((o) => (
          <UnstyledButton
            key={o.id}
            role="radio"
            aria-checked={o.id === value}
            className={`${css.outcome} ${o.id === value ? css.chosen : ''}`}
            onClick={() => onChange(o.id === value ? '' : o.id)}
          >
            <i />
            <span>{o.name}</span>
            <small>{o.key}</small>
          </UnstyledButton>
        ))}
      </div>
    </div>
  );
}
