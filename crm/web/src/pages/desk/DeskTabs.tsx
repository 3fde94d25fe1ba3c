import { ActionIcon, UnstyledButton } from '@mantine/core';
import { IconPencil, IconPlus, IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { timer } from '@/format/duration';
import { useDraftKeys } from '@/live/drafts';
import { secondsSince, useServerNow } from '@/live/useLive';
import { Chip } from '@/parts/Chip';
import { press } from '@/phone/keys';
import { callName } from '@/phone/names';
import css from './Desk.module.css';
import { callTab, clearCall, closeTab, showTab, useDesk } from './tabs';

/** The cards that stand open: the call's first, then what one opened or was writing. */
export function DeskTabs({ call, active }: { call: Schema<'Call'> | null; active: string }) {
  const { t } = useTranslation();
  const { tabs } = useDesk();
  const drafts = useDraftKeys();
  if (!call && tabs.length === 0) return null;
  return (
    <nav className={css.tabs} aria-label={t('desk.tabs')}>
      {call && <CallTab call={call} chosen={active === callTab} />}
      {tabs.map((tab) => (
        <div key={tab.id} className={`${css.tab} ${active === tab.id ? css.chosen : ''}`}>
          <UnstyledButton aria-pressed={active === tab.id} onClick={() => showTab(tab.id)}>
            <IconPencil size={14} stroke={1.75} aria-hidden />
            {tab.title || t('card.unnamed')}
            {drafts.some((k) => k.startsWith(`client:${tab.id}:`)) && <Chip hue="amber">{t('desk.draft')}</Chip>}
          </UnstyledButton>
          <Close label={t('desk.closeTab', { name: tab.title })} onClick={() => closeTab(tab.id)} />
        </div>
      ))}
      <ActionIcon
        className={css.plus}
        variant="subtle"
        size={28}
        aria-label={t('desk.openCard')}
        title={`${t('desk.openCard')} · Ctrl K`}
        onClick={() => press('search')}
      >
        <IconPlus size={18} stroke={1.75} aria-hidden />
      </ActionIcon>
    </nav>
  );
}

function Close({ label, onClick }: { label: string; onClick: () => void }) {
  return (
    <ActionIcon variant="subtle" size={24} aria-label={label} onClick={onClick} tabIndex={-1}>
      <IconX size={14} stroke={1.75} aria-hidden />
    </ActionIcon>
  );
}

function CallTab({ call, chosen }: { call: Schema<'Call'>; chosen: boolean }) {
  const { t } = useTranslation();
  const talking = ['talking', 'held', 'away'].includes(call.state);
  const now = useServerNow(talking);
  const state = talking ? timer(secondsSince(call.answered_at, now)) : t(`desk.state.${call.state}`, { defaultValue: '' });
  return (
    <div className={`${css.tab} ${chosen ? css.chosen : ''}`}>
      <UnstyledButton aria-pressed={chosen} onClick={() => showTab(callTab)}>
        <i className={css.lamp} data-state={call.state} />
        {callName(call)}
        <span className={`${css.soft} num`}>{state}</span>
      </UnstyledButton>
      {call.state === 'ended' && <Close label={t('desk.closeTab', { name: callName(call) })} onClick={clearCall} />}
    </div>
  );
}
