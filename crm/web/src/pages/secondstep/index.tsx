import { Anchor } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '@/api/client';
import { queryClient } from '@/api/query';
import css from '@/pages/login/Login.module.css';
import { SetUp } from '@/pages/settings/SecondStep';
import { LanguageSwitch } from '@/parts/LanguageSwitch';

/** For whom the company wants a second step of the login and who has none yet: nothing else is open before. */
export default function SecondStepPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const leave = async (to: '/' | '/login') => {
    if (to === '/login') await api.POST('/logout').catch(() => {});
    queryClient.clear();
    void navigate({ to });
  };
  return (
    <main className={css.page}>
      <div className={css.box}>
        <img src="/favicon.svg" alt="" className={css.logo} />
        <h1>{t('settings.second.title')}</h1>
        <p className={css.note}>{t('settings.second.needed')}</p>
        <SetUp over={() => void leave('/')} />
        <Anchor component="button" type="button" onClick={() => void leave('/login')}>
          {t('frame.logout')}
        </Anchor>
        <LanguageSwitch />
      </div>
    </main>
  );
}
