import {
  type Icon,
  IconBroadcast,
  IconChartBar,
  IconHeadset,
  IconPhone,
  IconPhoneX,
  IconSettings,
  IconShieldCheck,
  IconUsers,
} from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api, ask } from '@/api/client';
import { useCan } from '@/api/session';
import css from './Rail.module.css';

type Item = { to: string; name: string; icon: Icon; right?: string };

const items: Item[] = [
  { to: '/', name: 'desk', icon: IconHeadset },
  { to: '/floor', name: 'floor', icon: IconBroadcast, right: 'floor.read' },
  { to: '/missed', name: 'missed', icon: IconPhoneX, right: 'calls.read' },
  { to: '/clients', name: 'clients', icon: IconUsers, right: 'clients.read' },
  { to: '/calls', name: 'calls', icon: IconPhone, right: 'calls.read' },
  { to: '/reports/calls', name: 'reports', icon: IconChartBar, right: 'reports.read' },
];

const low: Item[] = [
  { to: '/audit', name: 'audit', icon: IconShieldCheck, right: 'audit.read' },
  { to: '/settings', name: 'settings', icon: IconSettings },
];

/** The navigation: what the role may see. */
export function Rail() {
  const { t } = useTranslation();
  const can = useCan();
  const shown = (list: Item[]) => list.filter((i) => !i.right || can(i.right));
  return (
    <nav className={css.rail} aria-label={t('frame.navigation')}>
      <img className={css.logo} src="/favicon.svg" alt="Ringbook" />
      {shown(items).map((i) => (
        <RailLink key={i.to} item={i} />
      ))}
      <span className={css.gap} />
      {shown(low).map((i) => (
        <RailLink key={i.to} item={i} />
      ))}
    </nav>
  );
}

/** How many wait to be called back; one look at what the server would list. */
function Debts() {
  const { t } = useTranslation();
  const allowed = useCan()('missed.read');
  const { data } = useQuery({
    queryKey: ['missed', 'count'],
    enabled: allowed,
    queryFn: () => ask(api.GET('/missed', { params: { query: { limit: 100 } } })),
  });
  const n = data?.items.length ?? 0;
  if (n === 0) return null;
  return (
    <b className={css.badge} title={t('frame.debts', { count: n })}>
      {n > 99 ? '99+' : n}
    </b>
  );
}

function RailLink({ item }: { item: Item }) {
  const { t } = useTranslation();
  return (
    <Link
      to={item.to}
      className={css.item}
      activeProps={{ className: `${css.item} ${css.active}`, 'aria-current': 'page' }}
      activeOptions={{ exact: item.to === '/', includeSearch: false }}
    >
      <item.icon size={20} stroke={1.75} aria-hidden />
      <span>{t(`frame.${item.name}`)}</span>
      {item.name === 'missed' && <Debts />}
    </Link>
  );
}
