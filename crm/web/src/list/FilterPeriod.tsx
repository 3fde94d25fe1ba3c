import { Popover, TextInput, UnstyledButton } from '@mantine/core';
import { IconCalendar, IconChevronDown, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCompany } from '@/data/lists';
import { type Preset, period, presetOf, presets } from '@/format/days';
import { moment, shortDay } from '@/format/time';
import css from './Filters.module.css';
import { PresetList } from './PresetList';

type Props = {
  from: string | undefined;
  to: string | undefined;
  onChange: (days: { from?: string; to?: string }) => void;
  always?: boolean;
};

const dayOnly = /^\d{4}-\d{2}-\d{2}$/;
const shown = (v: string) => (dayOnly.test(v) ? shortDay(`${v}T12:00:00Z`) : moment(v));

/** The days that a list is about: presets, or a first and a last one. Always: it cannot be dropped. */
export function FilterPeriod({ from, to, onChange, always }: Props) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  useCompany();
  const preset = presetOf(from, to);
  const text = preset
    ? t(`list.period.${preset}`)
    : from || to
      ? [from ? shown(from) : '…', to ? shown(to) : '…'].filter((v, i, a) => i === 0 || v !== a[0]).join(' – ')
      : t('list.period.all');
  const choose = (p: Preset | undefined) => {
    onChange(p ? period(p) : { from: undefined, to: undefined });
    setOpen(false);
  };
  const droppable = !always && Boolean(from || to);
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-start" shadow="md" trapFocus withinPortal>
      <span className={css.group}>
        <Popover.Target>
          <UnstyledButton className={`${css.button} ${droppable ? css.chosen : ''}`} onClick={() => setOpen((o) => !o)}>
            <IconCalendar size={14} stroke={1.75} aria-hidden />
            <span>
              {t('list.period.label')}: <b>{text}</b>
            </span>
            {!droppable && <IconChevronDown size={13} stroke={1.75} aria-hidden />}
          </UnstyledButton>
        </Popover.Target>
        {droppable && (
          <button
            type="button"
            className={css.clear}
            aria-label={t('list.drop', { label: t('list.period.label') })}
            onClick={() => choose(undefined)}
          >
            <IconX size={13} stroke={1.75} aria-hidden />
          </button>
        )}
      </span>
      <Popover.Dropdown p={4} aria-label={t('list.period.label')}>
        <PresetList chosen={preset} presets={presets} onChoose={choose} all={!always} />
        <div className={css.own}>
          <TextInput
            type="date"
            label={t('list.period.from')}
            value={from && dayOnly.test(from) ? from : ''}
            max={to}
            onChange={(e) => onChange({ from: e.currentTarget.value || undefined, to })}
          />
          <TextInput
            type="date"
            label={t('list.period.to')}
            value={to && dayOnly.test(to) ? to : ''}
            min={from}
            onChange={(e) => onChange({ from, to: e.currentTarget.value || undefined })}
          />
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
