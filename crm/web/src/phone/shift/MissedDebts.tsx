import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api, ask } from '@/api/client';
import { useCan } from '@/api/session';
import { duration } from '@/format/duration';
import { phone } from '@/format/phone';
import { Panel } from '@/parts/Panel';
import { When } from '@/parts/When';
import { PhoneLink } from '../PhoneLink';
import css from './StartShift.module.css';

/** The clients who wait to be called back, the most urgent first. */
export function MissedDebts() {
  const { t } = useTranslation();
  const can = useCan();
  const allowed = can('missed.read');
  const { data } = useQuery({
    queryKey: ['missed', 'desk'],
    enabled: allowed,
    queryFn: () => ask(api.GET('/missed', { params: { query: { limit: 5 } } })),
  });
  if (!allowed || !data) return null;
  return (
    <Panel title={t('desk.callBack')} count={data.items.length || undefined} side={<Link to="/missed">{t('desk.all')}</Link>} bare>
      {data.items.length === 0 && <p className={css.none}>{t('desk.noDebts')}</p>}
      {data.items.map((m) => (
        <div key={m.id} className={css.debt}>
          <div>
            {m.client?.name ? (
              <Link to="/clients/$id" params={{ id: m.client.id }}>
                {m.client.name}
              </Link>
            ) : (
              <strong>{phone(m.phone)}</strong>
            )}
            <span>{t('desk.waited', { time: duration(m.last_wait_seconds) })}</span>
          </div>
          <span className={m.overdue ? css.late : css.due}>{m.overdue ? t('desk.overdue') : <When at={m.deadline} as="clock" />}</span>
          <PhoneLink e164={m.phone} client={m.client?.id} />
        </div>
      ))}
    </Panel>
  );
}
