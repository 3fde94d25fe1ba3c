import { useLiveState } from '@/live/useLive';
import { StartShift } from '@/phone/shift/StartShift';
import { Desk } from './Desk';
import { useDesk } from './tabs';

/** The operator's desk: before the shift the check of the sound, then the one who calls. */
export default function DeskPage() {
  const { agent, connection, call } = useLiveState();
  const { tabs } = useDesk();
  if (!agent) return connection === 'lost' ? <Desk /> : null;
  if (agent.state === 'offline' && !call && tabs.length === 0) return <StartShift />;
  return <Desk />;
}
