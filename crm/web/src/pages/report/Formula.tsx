import { ActionIcon, Popover } from '@mantine/core';
import { IconInfoCircle } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import css from './Report.module.css';

/** How a figure is counted and what it leaves out. */
export function FormulaInfo({ formula }: { formula: Schema<'Formula'> }) {
  const { t } = useTranslation();
  return (
    <Popover position="bottom" shadow="md" withArrow withinPortal>
      <Popover.Target>
        <ActionIcon
          variant="transparent"
          color="var(--rb-ink3)"
          size={24}
          aria-label={t('report.how', { name: t(`report.figure.${formula.code}`) })}
        >
          <IconInfoCircle size={14} stroke={1.75} aria-hidden />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown aria-label={t('report.how', { name: t(`report.figure.${formula.code}`) })}>
        <p className={css.formula}>{t(formula.text, formula.params)}</p>
        {formula.left_out && <p className={css.formula}>{t(formula.left_out, formula.params)}</p>}
        {!formula.additive && <p className={css.formula}>{t('report.notAdditive')}</p>}
      </Popover.Dropdown>
    </Popover>
  );
}
