import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import i18next from 'i18next';
import { typing } from '@/list/useListKeys';

let last: { id: string; undo: () => void } | null = null;

function take(id: string) {
  const deed = last?.id === id ? last : null;
  if (!deed) return;
  last = null;
  notifications.hide(id);
  deed.undo();
}

/** Says what was done and offers for 10 s to take it back, also by Ctrl+Z. */
export function done(message: string, undo: () => void) {
  const id = `undo-${Date.now()}`;
  last = { id, undo };
  notifications.show({
    id,
    autoClose: 10_000,
    withCloseButton: false,
    onClose: () => {
      if (last?.id === id) last = null;
    },
    message: (
      <div style={{ display: 'flex', alignItems: 'center', justifyContent: 'space-between', gap: 12 }}>
        <span>{message}</span>
        <Button size="compact-sm" rightSection={<kbd>Ctrl Z</kbd>} onClick={() => take(id)}>
          {i18next.t('common.undo')}
        </Button>
      </div>
    ),
  });
}

/** Says something that needs no answer. */
export function say(message: string) {
  notifications.show({ message, autoClose: 4000, withCloseButton: false });
}

window.addEventListener('keydown', (e) => {
  if (e.code !== 'KeyZ' || !(e.ctrlKey || e.metaKey) || e.shiftKey || typing(e.target) || !last) return;
  e.preventDefault();
  take(last.id);
});
