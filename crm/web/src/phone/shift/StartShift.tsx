import { Button, SegmentedControl } from '@mantine/core';
import type { PhoneDevice } from '@softphone';
import { IconHeadset, IconRepeat } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMe } from '@/api/session';
import { count } from '@/format/number';
import { softphone } from '@/live/softphone';
import { useLiveState, useMicrophone } from '@/live/useLive';
import { Panel } from '@/parts/Panel';
import { startShift } from '../actions';
import { onKey } from '../keys';
import { useDeskPhone } from '../useDeskPhone';
import { MissedDebts } from './MissedDebts';
import { DeskPhoneRow, LineRow, MicrophoneRow, NoticeRow, SpeakerRow } from './rows';
import css from './StartShift.module.css';

/** What the last shift was worked with, on this machine. */
const lastDevice = 'ringbook.lastDevice';

/** The check before the first call: each row says what is wrong and how it is mended, and none forbids to begin. */
export function StartShift() {
  const { t } = useTranslation();
  const me = useMe();
  const { settings } = useLiveState();
  const mic = useMicrophone();
  const [pending, setPending] = useState(false);
  const [listening, setListening] = useState(false);
  const own = useDeskPhone();
  const [chosen, setChosen] = useState<PhoneDevice>(localStorage.getItem(lastDevice) === 'desk_phone' ? 'desk_phone' : 'browser');
  const device = own?.given ? chosen : 'browser';

  const start = async () => {
    setPending(true);
    try {
      localStorage.setItem(lastDevice, device);
      if (typeof Notification !== 'undefined' && Notification.permission === 'default') void Notification.requestPermission();
      await startShift(false, device);
    } finally {
      setPending(false);
    }
  };
  useEffect(() => onKey('finish', () => void start()));
  const desk = device === 'desk_phone';
  useEffect(() => {
    // A permission that was given before is used at once; nobody is asked before they click.
    void navigator.permissions
      ?.query({ name: 'microphone' as PermissionName })
      .then((p) => p.state === 'granted' && softphone.phone.microphone.open())
      .catch(() => {});
  }, []);
  const hour = Number(new Intl.DateTimeFormat('en-GB', { hour: 'numeric', timeZone: settings?.time_zone || undefined }).format(new Date()));
  const greeting = hour < 5 ? 'night' : hour < 12 ? 'morning' : hour < 18 ? 'day' : 'evening';
  return (
    <div className={css.page}>
      <h1 className={css.title}>{t(`shift.${greeting}`, { name: me.name.split(' ')[0] })}</h1>
      <p className={css.lead}>{t('shift.lead')}</p>
      <div className={css.columns}>
        <div className={css.left}>
          {own?.given && (
            <SegmentedControl
              fullWidth
              aria-label={t('shift.phone')}
              value={device}
              onChange={(d) => setChosen(d as PhoneDevice)}
              data={[
                { value: 'browser', label: t('shift.byBrowser') },
                { value: 'desk_phone', label: t('shift.byDeskPhone') },
              ]}
            />
          )}
          <section className={`panel ${css.rows}`} aria-label={t('shift.check')}>
            {desk ? (
              <DeskPhoneRow phone={own} />
            ) : (
              <>
                <MicrophoneRow />
                <SpeakerRow />
              </>
            )}
            <LineRow />
            <NoticeRow />
          </section>
          <div className={css.actions}>
            <Button
              variant="filled"
              size="lg"
              className={css.start}
              leftSection={<IconHeadset size={20} stroke={1.75} />}
              rightSection={<kbd>Ctrl ↵</kbd>}
              loading={pending}
              onClick={() => void start()}
            >
              {t('shift.start')}
            </Button>
            {!desk && (
              <Button
                size="lg"
                leftSection={<IconRepeat size={18} stroke={1.75} />}
                aria-pressed={listening}
                onClick={() => {
                  void softphone.phone.microphone.open().then(() => setListening(softphone.phone.listenToSelf(!listening)));
                }}
              >
                {listening ? t('shift.hearSelfStop') : t('shift.hearSelf')}
              </Button>
            )}
            {!desk && mic.state !== 'ok' && mic.state !== 'none' && mic.state !== 'asking' && (
              <span className={css.aside}>{t('shift.anyway')}</span>
            )}
          </div>
        </div>
        <div className={css.right}>
          <Panel title={t('shift.yours')} bare>
            <dl className={css.facts}>
              <dt>{t('shift.phone')}</dt>
              <dd>{t(desk ? 'shift.deskPhone' : 'shift.thisBrowser')}</dd>
              <dt>{t('shift.after')}</dt>
              <dd>{t('shift.wrap', { seconds: count(settings?.wrap_seconds ?? 0) })}</dd>
              <dt>{t('shift.ringFor')}</dt>
              <dd>{t('shift.wrapSeconds', { seconds: count(settings?.ring_seconds ?? 0) })}</dd>
            </dl>
          </Panel>
          <MissedDebts />
        </div>
      </div>
    </div>
  );
}
