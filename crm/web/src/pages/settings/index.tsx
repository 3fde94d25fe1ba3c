import {
  type Icon,
  IconBuilding,
  IconClockPause,
  IconHash,
  IconKey,
  IconListCheck,
  IconPhone,
  IconPhoneCall,
  IconRoute,
  IconShieldLock,
  IconUser,
  IconUsers,
  IconVolume,
} from '@tabler/icons-react';
import { Link, useParams } from '@tanstack/react-router';
import type { ComponentType } from 'react';
import { useTranslation } from 'react-i18next';
import { useCan } from '@/api/session';
import { PageHead } from '@/parts/PageHead';
import { ChoicesSection } from './Choices';
import { CompanySection } from './Company';
import { DeskPhonesSection } from './DeskPhones';
import { GreetingsSection } from './Greetings';
import { MineSection } from './Mine';
import { NumbersSection } from './Numbers';
import { PeopleSection } from './People';
import { PrefixesSection } from './Prefixes';
import css from './Settings.module.css';
import { TelephonySection } from './Telephony';
import { TokensSection } from './Tokens';
import { TrunksSection } from './Trunks';

type Section = { name: string; icon: Icon; right?: string; view: ComponentType };

const sections: Section[] = [
  { name: 'mine', icon: IconUser, view: MineSection },
  { name: 'people', icon: IconUsers, right: 'users.write', view: PeopleSection },
  { name: 'company', icon: IconBuilding, right: 'settings.write', view: CompanySection },
  { name: 'numbers', icon: IconHash, right: 'settings.write', view: NumbersSection },
  { name: 'trunks', icon: IconRoute, right: 'settings.write', view: TrunksSection },
  { name: 'desks', icon: IconPhone, right: 'settings.write', view: DeskPhonesSection },
  { name: 'telephony', icon: IconPhoneCall, right: 'settings.write', view: TelephonySection },
  { name: 'greetings', icon: IconVolume, right: 'settings.write', view: GreetingsSection },
  { name: 'prefixes', icon: IconShieldLock, right: 'settings.write', view: PrefixesSection },
  { name: 'outcomes', icon: IconListCheck, right: 'settings.write', view: () => <ChoicesSection list="outcomes" /> },
  { name: 'pauses', icon: IconClockPause, right: 'settings.write', view: () => <ChoicesSection list="pause-reasons" /> },
  { name: 'tokens', icon: IconKey, right: 'tokens.write', view: TokensSection },
];

/** Everything that can be set, by right; nothing needs SQL or a restart. */
export default function SettingsPage() {
  const { t } = useTranslation();
  const can = useCan();
  const { section } = useParams({ strict: false }) as { section?: string };
  const shown = sections.filter((s) => !s.right || can(s.right));
  const chosen = shown.find((s) => s.name === section) ?? shown[0];
  const View = chosen?.view;
  return (
    <>
      <PageHead title={t('settings.title')} />
      <div className={css.page}>
        <nav className={`panel ${css.nav}`} aria-label={t('settings.title')}>
          {shown.map((s) => (
            <Link
              key={s.name}
              to="/settings/$section"
              params={{ section: s.name }}
              className={s === chosen ? css.active : undefined}
              aria-current={s === chosen ? 'page' : undefined}
            >
              <s.icon size={16} stroke={1.75} aria-hidden />
              {t(`settings.section.${s.name}`)}
            </Link>
          ))}
        </nav>
        <div className={css.column}>{View && <View />}</div>
      </div>
    </>
  );
}
