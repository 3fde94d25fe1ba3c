import { Combobox, TextInput, useCombobox } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconPhone } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, ask, type Schema } from '@/api/client';
import { phone } from '@/format/phone';
import css from './bar/Bar.module.css';
import { onKey } from './keys';
import { useDial } from './useDial';

/** Says whether what was typed is meant as a number. */
export function looksLikeNumber(text: string): boolean {
  return /^[+\d(][\d\s()+-]{2,}$/.test(text.trim());
}

/** The field to dial from, F3: a number, or a name to find one by. */
export function DialField() {
  const { t } = useTranslation();
  const dial = useDial();
  const [text, setText] = useState('');
  const field = useRef<HTMLInputElement>(null);
  const box = useCombobox({ onDropdownClose: () => box.resetSelectedOption() });
  const [q] = useDebouncedValue(text.trim(), 200);
  const { data } = useQuery({
    queryKey: ['clients', 'dial', q],
    enabled: q.length >= 2,
    queryFn: () => ask(api.GET('/clients', { params: { query: { q, limit: 6 } } })),
  });
  const found = (q.length >= 2 ? (data?.items ?? []) : []).flatMap((c) =>
    c.phones.filter((p) => p.e164).map((p) => ({ client: c, phone: p })),
  );
  useEffect(() => onKey('dial', () => field.current?.focus()), []);

  const go = (to: string, client?: Schema<'Client'>) => {
    setText('');
    box.closeDropdown();
    field.current?.blur();
    dial(to, client?.id);
  };
  return (
    <Combobox
      store={box}
      withinPortal
      zIndex={320}
      onOptionSubmit={(value) => {
        const hit = found.find((f) => f.phone.id === value);
        if (hit) go(hit.phone.e164, hit.client);
        else go(text.trim());
      }}
    >
      <Combobox.Target>
        <TextInput
          ref={field}
          className={css.field}
          aria-label={t('phone.dialField')}
          placeholder={t('phone.dialField')}
          leftSection={<IconPhone size={16} stroke={1.75} aria-hidden />}
          rightSection={<kbd aria-hidden>F3</kbd>}
          rightSectionWidth={40}
          value={text}
          onChange={(e) => {
            setText(e.currentTarget.value);
            box.openDropdown();
          }}
          onBlur={() => box.closeDropdown()}
          onKeyDown={(e) => {
            if (e.key === 'Enter' && looksLikeNumber(text) && box.getSelectedOptionIndex() < 0) go(text.trim());
            if (e.key === 'Escape') field.current?.blur();
          }}
        />
      </Combobox.Target>
      <Combobox.Dropdown hidden={!text || (!looksLikeNumber(text) && found.length === 0)}>
        <Combobox.Options aria-label={t('phone.dialField')}>
          {looksLikeNumber(text) && <Combobox.Option value="">{t('phone.call', { phone: text.trim() })}</Combobox.Option>}
          {found.map((f) => (
            <Combobox.Option key={f.phone.id} value={f.phone.id}>
              {f.client.name || t('card.unnamed')} · {phone(f.phone.e164)}
            </Combobox.Option>
          ))}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}
