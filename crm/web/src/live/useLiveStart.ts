import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { readSession, sessionQuery } from '@/api/session';
import { setZone } from '@/format/time';
import { tellRefusal } from '@/phone/refusal';
import { softphone } from './softphone';
import { useLiveState } from './useLive';

/** The first word of a query's key for an object that the server says has changed. */
export function keyOf(object: string): string {
  if (object === 'missed' || object.endsWith('s')) return object;
  return object.endsWith('y') ? `${object.slice(0, -1)}ies` : `${object}s`;
}

/** Opens the live socket for as long as the frame is shown, and lets what it tells refresh the pages. */
export function useLiveStart() {
  const client = useQueryClient();
  const navigate = useNavigate();
  const { connection, settings } = useLiveState();

  useEffect(() => {
    softphone.open();
    const stop = [
      softphone.onChanged((object) => void client.invalidateQueries({ queryKey: [keyOf(object)] })),
      softphone.onRefused(tellRefusal),
    ];
    const awaken = () => softphone.phone.awaken();
    for (const e of ['pointerdown', 'keydown']) window.addEventListener(e, awaken);
    return () => {
      for (const s of stop) s();
      for (const e of ['pointerdown', 'keydown']) window.removeEventListener(e, awaken);
      softphone.close();
    };
  }, [client]);

  useEffect(() => {
    if (settings) setZone(settings.time_zone);
  }, [settings]);

  // A session that ended looks like a lost connection: ask once which of the two it is.
  useEffect(() => {
    if (connection === 'open') void client.invalidateQueries({ predicate: (q) => q.queryKey[0] !== 'session' });
    if (connection !== 'lost') return;
    const ask = setTimeout(async () => {
      try {
        const session = await readSession();
        if (session) client.setQueryData(sessionQuery.queryKey, session);
        if (session?.second_step_needed) return void navigate({ to: '/second-step' });
        if (session) return;
        await navigate({ to: '/login', search: { to: window.location.pathname } });
        client.clear(); // not before: what is shown needs the person
      } catch {
        // The server is away, which the bar says.
      }
    }, 1500);
    return () => clearTimeout(ask);
  }, [connection, client, navigate]);
}
