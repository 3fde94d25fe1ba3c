import { Menu, UnstyledButton, useMantineColorScheme } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '@/api/client';
import { queryClient } from '@/api/query';
import { useMe } from '@/api/session';
import { setLanguage } from '@/i18n';
import { softphone } from '@/live/softphone';
import { useLiveState } from '@/live/useLive';
import css from '@/phone/bar/Bar.module.css';
import { press } from '@/phone/keys';
import { initials } from '@/phone/names';
import { tellRefusal } from '@/phone/refusal';

/** The right end of the bar: search and one's own menu. */
export function Tools({ narrow }: { narrow: boolean }) {
  const { t } = useTranslation();
  return (
    <div className={css.tools}>
      {narrow ? (
        <UnstyledButton
          className={css.tool}
          aria-label={t('frame.search')}
          title={`${t('frame.search')} · Ctrl K`}
          onClick={() => press('search')}
        >
          <IconSearch size={18} stroke={1.75} aria-hidden />
        </UnstyledButton>
      ) : (
        <UnstyledButton className={css.search} aria-label={t('frame.search')} onClick={() => press('search')}>
          <IconSearch size={16} stroke={1.75} aria-hidden />
          <span>{t('frame.searchHint')}</span>
          <kbd>Ctrl K</kbd>
        </UnstyledButton>
      )}
      <OwnMenu />
    </div>
  );
}

function OwnMenu() {
  const { t, i18n } = useTranslation();
  const me = useMe();
  const { agent } = useLiveState();
  const navigate = useNavigate();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const logout = async () => {
    await api.POST('/logout').catch(() => {});
    softphone.close();
    await navigate({ to: '/login' });
    queryClient.clear(); // not before: what is shown needs the person
  };
  const next = i18n.language === 'ru' ? 'en' : 'ru';
  return (
    <Menu position="bottom-end" zIndex={320}>
      <Menu.Target>
        <UnstyledButton className={css.avatar} aria-label={t('frame.own', { name: me.name })} title={me.name}>
          {initials(me.name) || '?'}
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{me.name}</Menu.Label>
        {agent && agent.state !== 'offline' && (
          <Menu.Item onClick={() => void softphone.endShift().catch(tellRefusal)}>{t('phone.endShift')}</Menu.Item>
        )}
        <Menu.Item onClick={() => void navigate({ to: '/settings/$section', params: { section: 'mine' } })}>{t('frame.account')}</Menu.Item>
        <Menu.Item onClick={() => press('map')}>{t('frame.keys')}</Menu.Item>
        <Menu.Item onClick={() => void setLanguage(next)}>{next === 'ru' ? 'Русский' : 'English'}</Menu.Item>
        {(['light', 'dark', 'auto'] as const).map((s) => (
          <Menu.Item key={s} onClick={() => setColorScheme(s)} aria-current={colorScheme === s}>
            {t(`frame.scheme_${s}`)}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item onClick={() => void logout()}>{t('frame.logout')}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
