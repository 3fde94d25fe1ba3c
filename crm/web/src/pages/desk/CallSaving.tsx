import { Button } from '@mantine/core';
import { IconAlertTriangle, IconClock, IconCloudCheck } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Problem, type Schema } from '@/api/client';
import { clockSeconds } from '@/format/time';
import { type Saving, settleConflict } from '@/live/callNotes';
import { ProblemText } from '@/parts/ProblemText';
import css from './CallPanel.module.css';

/** How it stands with what was written. "Saved" is said only after the server said so. */
export function SavingMark({ status, savedAt, code }: { status: Saving; savedAt: number | null; code: string }) {
  const { t } = useTranslation();
  if (status === 'waiting')
    return (
      <span className={`${css.mark} ${css.unsaved}`} role="status">
        <IconClock size={16} stroke={1.75} aria-hidden /> {t('desk.unsaved')}
      </span>
    );
  if (status === 'refused')
    return (
      <span className={`${css.mark} ${css.unsaved}`} role="status">
        <ProblemText problem={new Problem(code, 422)} />
      </span>
    );
  if (!savedAt || status === 'conflict') return <span className={css.mark}>{t('desk.savesItself')}</span>;
  return (
    <span className={css.mark} data-saved>
      <IconCloudCheck size={16} stroke={1.75} aria-hidden className={css.cloud} />{' '}
      {t('desk.saved', { time: clockSeconds(new Date(savedAt)) })}
    </span>
  );
}

/** Somebody else wrote to the same call: both texts, and one chooses. */
export function Conflict({ call, status, theirs }: { call: string; status: Saving; theirs: Schema<'Call'> | null }) {
  const { t } = useTranslation();
  if (status !== 'conflict' || !theirs) return null;
  return (
    <div className={css.conflict} role="alert">
      <p>
        <IconAlertTriangle size={16} stroke={1.75} aria-hidden /> {t('desk.conflict')}
      </p>
      <blockquote>{theirs.notes || t('common.none')}</blockquote>
      <Button size="compact-sm" onClick={() => settleConflict(call, true)}>
        {t('card.keepOurs')}
      </Button>
      <Button size="compact-sm" onClick={() => settleConflict(call, false)}>
        {t('card.keepTheirs')}
      </Button>
    </div>
  );
}
