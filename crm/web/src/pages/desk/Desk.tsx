import { useTranslation } from 'react-i18next';
import { useLiveState } from '@/live/useLive';
import { MissedDebts } from '@/phone/shift/MissedDebts';
import { StartShift } from '@/phone/shift/StartShift';
import { CallCard } from './CallCard';
import { CallPanel } from './CallPanel';
import { ClientTab } from './ClientTab';
import css from './Desk.module.css';
import { DeskTabs } from './DeskTabs';
import { LastCalls, MyDay } from './MyDay';
import { callTab, useDesk } from './tabs';
import { useDeskCall } from './useDeskCall';

/** The desk: the day, the cards that stand open, and beside them the call. */
export function Desk() {
  const { t } = useTranslation();
  const { agent } = useLiveState();
  const desk = useDesk();
  const call = useDeskCall();
  const active = desk.active === callTab && !call ? '' : desk.active;
  const shown = desk.tabs.some((tab) => tab.id === active) ? active : call ? callTab : '';
  const onCall = shown === callTab;
  const talked = call !== null && call.state !== 'ringing' && call.state !== 'dialing';
  if (agent?.state === 'offline' && !shown) return <StartShift />;
  return (
    <div data-shown={shown} className={`${css.desk} ${onCall ? css.withCall : ''}`}>
      {!shown && <h1 className="sr">{t('frame.desk')}</h1>}
      {!onCall && <MyDay />}
      <div className={css.middle}>
        <DeskTabs call={call} active={shown} />
        {call && (
          <div hidden={!onCall} className={css.pane}>
            <CallCard call={call} />
          </div>
        )}
        {desk.tabs.map((tab) => (
          <div key={tab.id} hidden={shown !== tab.id} className={css.pane}>
            <ClientTab id={tab.id} />
          </div>
        ))}
        {!shown && (
          <div className={css.morning}>
            <p className={css.idle}>{t('desk.idle')}</p>
            <MissedDebts />
            <LastCalls />
          </div>
        )}
      </div>
      {call && (
        <aside className={`${css.side} ${talked ? css.first : ''}`} hidden={!onCall} aria-label={t('desk.thisCall')}>
          <CallPanel key={call.id} call={call} />
        </aside>
      )}
    </div>
  );
}
