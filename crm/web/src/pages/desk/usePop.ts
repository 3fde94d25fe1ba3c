import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { goTo, lastPlace, type Place } from '@/live/drafts';
import { useLiveState } from '@/live/useLive';
import { onKey, takesText } from '@/phone/keys';
import { callTab, deskNow, putCall, showTab } from './tabs';

let back: { path: string; active: string; place: Place | null } | null = null;

/** Whether there is a draft to go back to. */
export function hasBack(): boolean {
  return back !== null;
}

/**
 * The rule of the pop, for the whole app: it never covers, moves or clears what is typed and never takes the focus. While a field
 * has the focus the card opens as a tab behind it; the answer brings it, and Alt+← leads back to the word that was being typed.
 */
export function usePop() {
  const { call, me } = useLiveState();
  const navigate = useNavigate();
  const seen = useRef({ id: '', state: '' });
  const mine = call && call.agent?.id === me?.id ? call : null;
  const id = mine?.id ?? '';
  const state = mine?.state ?? '';

  useEffect(() => {
    const was = seen.current;
    seen.current = { id, state };
    if (!id || state === 'ended') return;
    const typing = takesText(document.activeElement);
    if (was.id !== id) {
      // After a reload the desk stands as it was left.
      if (was.id !== '' || deskNow().call !== id) putCall(id, !typing || state !== 'ringing');
      const reloaded = was.id === '' && state !== 'ringing' && state !== 'dialing';
      if (!typing && !reloaded && window.location.pathname !== '/') void navigate({ to: '/' });
      return;
    }
    if (was.state === 'ringing' && state === 'talking') {
      const { active } = deskNow();
      const place = lastPlace();
      if (typing || (active !== callTab && window.location.pathname === '/'))
        back = { path: window.location.pathname, active, place: place?.focused ? place : null };
      showTab(callTab);
      if (window.location.pathname !== '/') void navigate({ to: '/' });
    }
  }, [id, state, navigate]);

  useEffect(
    () =>
      onKey('draft', () => {
        const to = back;
        if (!to) return;
        back = null;
        if (to.path === '/') showTab(to.active);
        void Promise.resolve(window.location.pathname === to.path ? undefined : navigate({ to: to.path })).then(() => {
          const { place } = to;
          if (place) requestAnimationFrame(() => requestAnimationFrame(() => goTo(place)));
        });
      }),
    [navigate],
  );
}
