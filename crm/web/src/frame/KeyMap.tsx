import { Modal } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { onKey } from '@/phone/keys';
import css from './KeyMap.module.css';

const rows = [
  ['answer', 'F2'],
  ['hangUp', 'F10'],
  ['hold', 'F4'],
  ['mute', 'F8'],
  ['keypad', 'F7'],
  ['dial', 'F3'],
  ['pause', 'Shift F2'],
  ['search', 'Ctrl K'],
  ['finish', 'Ctrl ↵'],
  ['outcome', 'Alt 1…6'],
  ['mark', 'Alt M'],
  ['draft', 'Alt ←'],
  ['go', 'G'],
  ['list', 'J K X'],
  ['undo', 'Ctrl Z'],
  ['map', '?'],
] as const;

/** The map of the keys, opened by `?`. */
export function KeyMap() {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  useEffect(() => onKey('map', () => setOpen((o) => !o)), []);
  return (
    <Modal opened={open} onClose={() => setOpen(false)} title={t('keys.title')} size="lg">
      <dl className={css.map}>
        {rows.map(([name, key]) => (
          <div key={name}>
            <dt>{t(`keys.${name}`)}</dt>
            <dd>
              <kbd>{name === 'go' ? t('keys.goKeys') : key}</kbd>
            </dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}
