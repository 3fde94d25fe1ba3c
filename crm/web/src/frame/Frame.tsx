import { Outlet } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { PhoneBar } from '@/phone/PhoneBar';
import css from './Frame.module.css';
import { Rail } from './Rail';

/** The frame that never reloads: navigation at the left, the phone on top, the page. */
export function Frame() {
  const { t } = useTranslation();
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
    </div>
  );
}
