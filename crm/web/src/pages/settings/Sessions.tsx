import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api, ask, type Schema } from '@/api/client';
import { useMe } from '@/api/session';
import { Chip } from '@/parts/Chip';
import { Panel } from '@/parts/Panel';
import { When } from '@/parts/When';
import { browserOf } from './browser';
import { Foot } from './parts';
import css from './Settings.module.css';
import { useSave } from './useSave';

/** Where a person is logged in, oneself by default: end one, or all others. */
export function Sessions({ user }: { user?: string }) {
  const { t } = useTranslation();
  const me = useMe();
  const whose = user ?? me.id;
  const { data } = useQuery({
    queryKey: ['settings', 'sessions', whose],
    queryFn: async () => (await ask(api.GET('/sessions', { params: { query: { user: whose } } }))).items ?? [],
  });
  const end = useSave({
    save: () => ask(api.DELETE('/sessions', { params: { query: { user: whose } } })),
    words: t('settings.mine.ended'),
  });
  const others = data?.filter((s) => !s.current).length ?? 0;
  return (
    <Panel
      title={t(user ? 'settings.people.sessions' : 'settings.mine.sessions')}
      count={data?.length}
      bare
      side={
        others > 0 && (
          <Button size="compact-sm" loading={end.isPending} onClick={() => end.mutate({})}>
            {t(whose === me.id ? 'settings.mine.endOthers' : 'settings.people.endAll')}
          </Button>
        )
      }
    >
      {data?.length === 0 && <p className={css.row}>{t('settings.people.noSessions')}</p>}
      <ul className={css.list}>
        {data?.map((s) => (
          <Line key={s.id} session={s} />
        ))}
      </ul>
      {end.problem && <Foot problem={end.problem} pending={false} />}
    </Panel>
  );
}

function Line({ session }: { session: Schema<'Session'> }) {
  const { t } = useTranslation();
  const end = useSave({
    save: () => ask(api.DELETE('/sessions/{id}', { params: { path: { id: session.id } } })),
    words: t('settings.mine.ended'),
  });
  return (
    <li className={css.row}>
      <span>
        {browserOf(session.agent) || t('common.unknown')}, {session.address}
        <br />
        <span className={css.sub}>
          {t('settings.mine.since')} <When at={session.created_at} /> · {t('settings.mine.seen')} <When at={session.seen_at} />
        </span>
      </span>
      {session.current ? (
        <Chip hue="green">{t('settings.mine.here')}</Chip>
      ) : (
        <Button size="compact-sm" loading={end.isPending} onClick={() => end.mutate({})}>
          {t('settings.mine.end')}
        </Button>
      )}
    </li>
  );
}
