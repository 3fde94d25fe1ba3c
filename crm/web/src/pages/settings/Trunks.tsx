import { Button } from '@mantine/core';
import { IconPlus, IconRoute } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, ask, type Schema } from '@/api/client';
import { Chip } from '@/parts/Chip';
import { Empty } from '@/parts/Empty';
import { Panel } from '@/parts/Panel';
import css from './Settings.module.css';
import { TrunkForm } from './TrunkForm';
import { NetworkForm } from './TrunkNetwork';

type Trunk = Schema<'Trunk'>;

/** How often the states are asked for anew. */
const stateEvery = 3000;

/** Lines to providers: how they stand, how they are set up, and how providers reach us. */
export function TrunksSection() {
  const { t } = useTranslation();
  const [edited, setEdited] = useState<Trunk | 'new'>();
  const { data } = useQuery({
    queryKey: ['settings', 'trunks'],
    queryFn: async () => (await ask(api.GET('/trunks'))).items ?? [],
    refetchInterval: stateEvery,
  });
  const add = (
    <Button size="compact-sm" leftSection={<IconPlus size={15} stroke={1.75} aria-hidden />} onClick={() => setEdited('new')}>
      {t('settings.trunks.add')}
    </Button>
  );
  return (
    <>
      <Panel title={t('settings.trunks.title')} count={data?.length} bare side={add}>
        {data?.length === 0 && <Empty icon={IconRoute} title={t('settings.trunks.empty')} text={t('settings.trunks.emptyHint')} />}
        {data && data.length > 0 && (
          <div className={css.scroll}>
            <table className={css.table}>
              <thead>
                <tr>
                  <th scope="col">{t('settings.name')}</th>
                  <th scope="col">{t('settings.trunks.state')}</th>
                  <th scope="col">{t('settings.trunks.where')}</th>
                  <th scope="col">{t('settings.trunks.carries')}</th>
                  <th scope="col">{t('settings.trunks.calls')}</th>
                </tr>
              </thead>
              <tbody>
                {data.map((trunk) => (
                  <tr key={trunk.id}>
                    <td>
                      <button type="button" className={css.link} onClick={() => setEdited(trunk)}>
                        {trunk.name}
                      </button>
                    </td>
                    <td>
                      <div className={css.state}>
                        <TrunkState trunk={trunk} />
                      </div>
                    </td>
                    <td>{trunk.endpoint ? t('settings.trunks.byAsterisk', { name: trunk.endpoint }) : trunk.host}</td>
                    <td>{trunk.prefixes?.length ? trunk.prefixes.join(', ') : t('settings.trunks.everything')}</td>
                    <td className="num">
                      <Link to="/calls" search={{ trunk: trunk.id }} className={css.link} title={t('settings.trunks.itsCalls')}>
                        {trunk.state.calls}
                        {trunk.max_calls > 0 && ` / ${trunk.max_calls}`}
                      </Link>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Panel>
      <NetworkForm />
      {edited && <TrunkForm trunk={edited === 'new' ? undefined : edited} close={() => setEdited(undefined)} />}
    </>
  );
}

/** How a trunk stands, in a word; a refusal with its reason. */
export function TrunkState({ trunk }: { trunk: Trunk }) {
  const { t } = useTranslation();
  const { state } = trunk;
  if (!trunk.enabled) return <Chip>{t('settings.trunks.is.off')}</Chip>;
  if (!state.known) return <Chip>{t('settings.trunks.is.unknown')}</Chip>;
  const word = state.registration || (state.reachable ? 'reachable' : 'unreachable');
  const hue = word === 'registered' || word === 'reachable' ? 'green' : word === 'trying' ? 'amber' : 'red';
  return (
    <>
      <Chip hue={hue}>{t(`settings.trunks.is.${word}`)}</Chip>
      {word === 'refused' && (
        <div className={css.sub}>
          {t(`settings.trunks.why.${state.reason}`, { defaultValue: t('settings.trunks.whyOther', { code: state.reason }) })}
        </div>
      )}
      {word === 'silent' && <div className={css.sub}>{t('settings.trunks.why.408')}</div>}
      {word === 'registered' && trunk.probe && !state.reachable && <div className={css.sub}>{t('settings.trunks.noOptions')}</div>}
    </>
  );
}
