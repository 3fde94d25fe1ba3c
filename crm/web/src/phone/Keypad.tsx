import { Popover, UnstyledButton } from '@mantine/core';
import { IconGridDots } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { dtmf } from './actions';
import { BarButton } from './bar/BarButton';
import css from './Keypad.module.css';
import { onKey } from './keys';

const keys = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '0', '#'];

/** The keys of tones, F7. What is typed while it is open goes to the other side. */
export function Keypad() {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const [sent, setSent] = useState('');
  const press = (k: string) => {
    setSent((s) => (s + k).slice(-16));
    dtmf(k);
  };
  useEffect(() => onKey('keypad', () => setOpen((o) => !o)), []);
  useEffect(() => {
    if (!open) setSent('');
  }, [open]);
  return (
    <Popover opened={open} onChange={setOpen} trapFocus withArrow position="bottom" zIndex={320} returnFocus>
      <Popover.Target>
        <BarButton icon={IconGridDots} label={t('phone.keypad')} keys="F7" short onClick={() => setOpen((o) => !o)} />
      </Popover.Target>
      <Popover.Dropdown
        aria-label={t('phone.keypad')}
        onKeyDown={(e) => {
          if (/^[0-9*#]$/.test(e.key)) press(e.key);
        }}
      >
        <output className={css.sent}>{sent || '\u00a0'}</output>
        <div className={css.pad}>
          {keys.map((k) => (
            <UnstyledButton key={k} className={css.key} onClick={() => press(k)}>
              {k}
            </UnstyledButton>
          ))}
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
