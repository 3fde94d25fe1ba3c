import { Combobox, ScrollArea, useCombobox } from '@mantine/core';
import { IconChevronDown, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import css from './Filters.module.css';

/** A value of a filter. */
export type Option = { value: string; label: string };

type Props = { label: string; value: string | undefined; options: Option[]; onChange: (value: string | undefined) => void; any?: string };

/** A filter that reads as a sentence, "Agent: any"; a chosen one is blue and can be dropped. */
export function FilterSelect({ label, value, options, onChange, any }: Props) {
  const { t } = useTranslation();
  const [query, setQuery] = useState('');
  const combobox = useCombobox({
    onDropdownClose: () => {
      combobox.resetSelectedOption();
      setQuery('');
    },
    onDropdownOpen: () => combobox.selectActiveOption(),
  });
  const long = options.length > 8;
  const found = options.filter((o) => o.label.toLowerCase().includes(query.trim().toLowerCase()));
  const chosen = options.find((o) => o.value === value);
  return (
    <Combobox
      store={combobox}
      width={240}
      position="bottom-start"
      withinPortal
      onOptionSubmit={(v) => {
        onChange(v || undefined);
        combobox.closeDropdown();
      }}
    >
      <span className={css.group}>
        <Combobox.Target targetType="button">
          <button type="button" className={`${css.button} ${value ? css.chosen : ''}`} onClick={() => combobox.toggleDropdown()}>
            {label}: <b>{value ? (chosen?.label ?? value) : (any ?? t('list.any'))}</b>
            {!value && <IconChevronDown size={13} stroke={1.75} aria-hidden />}
          </button>
        </Combobox.Target>
        {value && (
          <button type="button" className={css.clear} aria-label={t('list.drop', { label })} onClick={() => onChange(undefined)}>
            <IconX size={13} stroke={1.75} aria-hidden />
          </button>
        )}
      </span>
      <Combobox.Dropdown>
        {long && (
          <Combobox.Search
            value={query}
            onChange={(e) => setQuery(e.currentTarget.value)}
            placeholder={t('list.find')}
            aria-label={label}
          />
        )}
        <Combobox.Options aria-label={label}>
          <ScrollArea.Autosize mah={280} type="scroll">
            {!query && <Combobox.Option value="">{any ?? t('list.any')}</Combobox.Option>}
            {found.map((o) => (
              <Combobox.Option key={o.value} value={o.value} active={o.value === value}>
                {o.label}
              </Combobox.Option>
            ))}
            {found.length === 0 && <Combobox.Empty>{t('list.nothing')}</Combobox.Empty>}
          </ScrollArea.Autosize>
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}
