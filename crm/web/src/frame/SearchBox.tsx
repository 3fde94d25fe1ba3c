import { Combobox, Modal, TextInput, useCombobox } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconPhone, IconSearch, IconUser } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useLocation, useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, ask } from '@/api/client';
import { useLiveState } from '@/live/useLive';
import { openTab } from '@/pages/desk/tabs';
import { looksLikeNumber } from '@/phone/DialField';
import { onKey } from '@/phone/keys';
import { useDial } from '@/phone/useDial';
import css from './SearchBox.module.css';

/** Search everywhere, Ctrl+K: a name, a number, an e-mail. A number can be called at once. On the desk a card opens as a tab. */
export function SearchBox() {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const { call } = useLiveState();
  const talking = call?.state === 'talking';
  useEffect(() => onKey('search', () => setOpen((o) => !o)), []);
  // The answer brings the caller's card; nothing stands before it.
  useEffect(() => {
    if (talking) setOpen(false);
  }, [talking]);
  return (
    <Modal
      opened={open}
      onClose={() => setOpen(false)}
      withCloseButton={false}
      yOffset={72}
      centered={false}
      padding={0}
      size={520}
      title={t('frame.search')}
      classNames={{ header: 'sr' }}
    >
      <Finder onDone={() => setOpen(false)} />
    </Modal>
  );
}

function Finder({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const dial = useDial();
  const desk = useLocation({ select: (l) => l.pathname === '/' });
  const [text, setText] = useState('');
  const [q] = useDebouncedValue(text.trim(), 150);
  const box = useCombobox({ opened: true });
  const { data, isFetched } = useQuery({
    queryKey: ['clients', 'search', q],
    enabled: q.length >= 2,
    queryFn: () => ask(api.GET('/search', { params: { query: { q, limit: 8 } } })),
  });
  const hits = q.length >= 2 ? (data?.items ?? []) : [];
  const number = looksLikeNumber(text);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the first hit is chosen anew when the hits change
  useEffect(() => void box.selectFirstOption(), [hits.length, number]);

  const choose = (value: string) => {
    onDone();
    if (value === 'dial') {
      dial(text.trim());
    } else {
      const hit = hits.find((h) => h.id === value);
      if (desk && hit) openTab({ id: hit.id, title: hit.title || hit.detail });
      else if (hit) void navigate({ to: '/clients/$id', params: { id: hit.id } });
    }
  };
  return (
    <Combobox store={box} onOptionSubmit={choose} withinPortal={false}>
      <Combobox.EventsTarget>
        <TextInput
          data-autofocus
          autoFocus
          size="md"
          variant="unstyled"
          className={css.field}
          aria-label={t('frame.search')}
          placeholder={t('frame.searchPlace')}
          leftSection={<IconSearch size={18} stroke={1.75} aria-hidden />}
          value={text}
          onChange={(e) => setText(e.currentTarget.value)}
          onKeyDown={(e) => e.key === 'Escape' && onDone()}
        />
      </Combobox.EventsTarget>
      <Combobox.Options className={css.list} aria-label={t('frame.search')}>
        {hits.map((h) => (
          <Combobox.Option key={h.id} value={h.id} className={css.hit}>
            <IconUser size={16} stroke={1.75} aria-hidden />
            <strong>{h.title || t('card.unnamed')}</strong>
            <span>{h.detail}</span>
          </Combobox.Option>
        ))}
        {number && (
          <Combobox.Option value="dial" className={css.hit}>
            <IconPhone size={16} stroke={1.75} aria-hidden />
            {t('phone.call', { phone: text.trim() })}
          </Combobox.Option>
        )}
        {q.length >= 2 && isFetched && hits.length === 0 && !number && <Combobox.Empty>{t('frame.nothingFound')}</Combobox.Empty>}
      </Combobox.Options>
    </Combobox>
  );
}
