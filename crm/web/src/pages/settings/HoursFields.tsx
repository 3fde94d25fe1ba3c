import { TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { readDay, week } from './hours';
import css from './Settings.module.css';

/** Seven days as text; what cannot be read is said beside the day. */
export function HoursFields({ texts, onChange }: { texts: string[]; onChange: (texts: string[]) => void }) {
  const { t } = useTranslation();
  return (
    <div className={css.days}>
      {week.map((d) => (
        <Day
          key={d}
          name={t(`settings.day.${d}`)}
          text={texts[d] ?? ''}
          hint={t(texts.some((x) => x.trim()) ? 'settings.closedDay' : 'settings.openDay')}
          onChange={(text) => onChange(texts.map((v, i) => (i === d ? text : v)))}
        />
      ))}
      <p className={css.hint} style={{ gridColumn: '1 / -1' }}>
        {t('settings.hoursHint')}
      </p>
    </div>
  );
}

function Day({ name, text, hint, onChange }: { name: string; text: string; hint: string; onChange: (text: string) => void }) {
  const { t } = useTranslation();
  return (
    <>
      <span>{name}</span>
      <TextInput
        aria-label={name}
        placeholder={hint}
        value={text}
        onChange={(e) => onChange(e.currentTarget.value)}
        error={readDay(text) ? undefined : t('settings.badDay')}
      />
    </>
  );
}
