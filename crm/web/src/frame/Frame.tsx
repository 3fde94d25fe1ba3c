import { Outlet, useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMe } from '@/api/session';
import { openCallNotes } from '@/live/callNotes';
import { openDrafts } from '@/live/drafts';
import { useLiveStart } from '@/live/useLiveStart';
import { openDesk } from '@/pages/desk/tabs';
import { usePop } from '@/pages/desk/usePop';
import { listen, onKey } from '@/phone/keys';
import { PhoneBar } from '@/phone/PhoneBar';
import css from './Frame.module.css';
import { KeyMap } from './KeyMap';
import { Rail } from './Rail';
import { SearchBox } from './SearchBox';

const places: Record<string, string> = { C: '/clients', L: '/calls', M: '/missed', F: '/floor', R: '/reports/calls', D: '/' };

/** Reads what this person left here: drafts, unsaved notes, open cards. */
function open(user: string) {
  openDrafts(user);
  openCallNotes(user);
  openDesk(user);
}

/** The frame that never reloads: navigation at the left, the phone on top, the page. */
export function Frame() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const me = useMe();
  useState(() => open(me.id));
  useLiveStart();
  usePop();
  useEffect(listen, []);
  useEffect(() => onKey('go', (letter) => places[letter] && void navigate({ to: places[letter] })), [navigate]);
  return (
    <div className={css.frame}>
      <a className={css.skip} href="#main">
        {t('frame.skip')}
      </a>
      <Rail />
      <PhoneBar />
      <main id="main" className={css.main} tabIndex={-1}>
        <Outlet />
      </main>
      <SearchBox />
      <KeyMap />
    </div>
  );
}
