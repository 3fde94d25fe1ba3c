import { notifications } from '@mantine/notifications';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { phone } from '@/format/phone';
import { softphone } from '@/live/softphone';
import { useLiveState, useMicrophone, useSound } from '@/live/useLive';
import type { BarKind } from './bar/kind';
import { callName } from './names';
import { usePresentCall } from './usePresentCall';

/** Draws attention to what cannot wait: the tab's title, a notification of the system while hidden, and a word on the sound. */
export function useAttention(kind: BarKind) {
  const { t } = useTranslation();
  const { settings } = useLiveState();
  const call = usePresentCall();
  const { tookOver } = useMicrophone();
  const { needsClick, quality } = useSound();
  const name = call ? callName(call) : '';
  const id = call?.id ?? '';
  const number = call?.phone ? phone(call.phone) : '';

  useEffect(() => {
    const titles: Partial<Record<BarKind, string>> = {
      ringing: `● ${t('phone.rings', { name })}`,
      talking: `${t('phone.talk')} · ${name}`,
      muted: `${t('phone.micOff')} · ${name}`,
      held: `${t('phone.held')} · ${name}`,
    };
    document.title = titles[kind] ?? 'Ringbook';
  }, [kind, name, t]);

  useEffect(() => {
    if (kind !== 'ringing' || !document.hidden || typeof Notification === 'undefined' || Notification.permission !== 'granted') return;
    const n = new Notification(t('phone.rings', { name }), { body: number, tag: id, requireInteraction: true });
    n.onclick = () => {
      window.focus();
      n.close();
    };
    return () => n.close();
  }, [kind, name, number, id, t]);

  useEffect(() => {
    if (!tookOver) return;
    notifications.show({ id: 'microphone', message: t('phone.tookOver', { name: tookOver }), autoClose: 10_000 });
    softphone.phone.microphone.read();
  }, [tookOver, t]);

  useEffect(() => {
    if (needsClick) notifications.show({ id: 'click', color: 'yellow', message: t('phone.needsClick'), autoClose: false });
    else notifications.hide('click');
  }, [needsClick, t]);

  const detour = quality?.path === 'tcp' ? 'phone.detour' : quality?.path === 'relay' ? 'phone.relayed' : '';
  useEffect(() => {
    if (detour)
      notifications.show({
        id: 'detour',
        color: 'yellow',
        message: t(detour, { port: settings?.media_port ?? '' }),
        autoClose: 15_000,
      });
  }, [detour, settings?.media_port, t]);
}
