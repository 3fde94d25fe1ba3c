import { ActionIcon, Button } from '@mantine/core';
import { IconArrowLeft, IconPhone, IconUserQuestion, IconZoomCancel } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams, useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, ask, Problem, type Schema } from '@/api/client';
import { useCan } from '@/api/session';
import { useCompany } from '@/data/lists';
import { duration } from '@/format/duration';
import { Bones, Failed } from '@/list/Rows';
import { useLater } from '@/list/useLater';
import { useNow } from '@/list/useNow';
import { whoOf } from '@/pages/calls/columns';
import { resultOf } from '@/pages/calls/words';
import { Avatar } from '@/parts/Avatar';
import { Chip } from '@/parts/Chip';
import { Empty } from '@/parts/Empty';
import { usePageTitle } from '@/parts/PageHead';
import { When } from '@/parts/When';
import { PhoneLink } from '@/phone/PhoneLink';
import { useDial } from '@/phone/useDial';
import css from './Call.module.css';
import { Custody } from './Custody';
import { Facts, Speaking } from './Facts';
import { Relink } from './Relink';
import { Result } from './Result';
import { Sound, useRecording } from './Sound';

/** One call: what happened, how it sounded, what became of it. */
export default function CallPage() {
  const { t } = useTranslation();
  const { id } = useParams({ strict: false }) as { id: string };
  const query = useQuery({
    queryKey: ['calls', id],
    refetchInterval: (q) => (q.state.data && !q.state.data.ended_at ? 3000 : false),
    queryFn: () => ask(api.GET('/calls/{id}', { params: { path: { id } } })),
  });
  useCompany();
  const late = useLater(query.isPending);
  if (query.isPending) return <div className="panel">{late && <Bones />}</div>;
  if (!query.data) {
    const gone = query.error instanceof Problem && [404, 422].includes(query.error.status);
    if (!gone) return <Failed error={query.error ?? new Error('call')} again={() => void query.refetch()} />;
    return (
      <Empty icon={IconZoomCancel} title={t('call.notFound')} text={t('call.notFoundText')}>
        <Button component={Link} to="/calls">
          {t('call.toList')}
        </Button>
      </Empty>
    );
  }
  return <CallView key={id} call={query.data} />;
}

function CallView({ call }: { call: Schema<'Call'> }) {
  const now = useNow(call.ended_at ? 3_600_000 : 1000).getTime();
  const recording = useRecording(call.recording?.id);
  const offset = recording.data ? Math.max(0, (Date.parse(recording.data.started_at) - Date.parse(call.started_at)) / 1000) : 0;
  return (
    <>
      <Head call={call} />
      <div className={css.page}>
        <div className={css.column}>
          <Sound call={call} now={now} />
          <div className={css.pair}>
            <Result call={call} />
            <Speaking call={call} />
          </div>
        </div>
        <div className={css.column}>
          {recording.data && <Custody recording={recording.data} offset={offset} />}
          <Facts call={call} />
        </div>
      </div>
    </>
  );
}

function Head({ call }: { call: Schema<'Call'> }) {
  const { t } = useTranslation();
  const can = useCan();
  const router = useRouter();
  const dial = useDial();
  const [relinking, setRelinking] = useState(false);
  const who = whoOf(call, t);
  const result = resultOf(call);
  usePageTitle(t('call.title', { of: who }));
  const facts = [
    call.number_name ? t(`call.${call.direction}On`, { name: call.number_name }) : t(result.word),
    call.wait_seconds > 0 && t('call.waited', { length: duration(call.wait_seconds) }),
    call.talk_seconds > 0 && t('call.talked', { length: duration(call.talk_seconds) }),
    call.hold_seconds > 0 && t('call.onHold', { length: duration(call.hold_seconds) }),
  ].filter(Boolean);
  return (
    <div className={css.head}>
      <ActionIcon variant="default" size={32} aria-label={t('call.back')} onClick={() => router.history.back()}>
        <IconArrowLeft size={18} stroke={1.75} aria-hidden />
      </ActionIcon>
      <Avatar name={call.client?.name ?? ''} size={36} />
      <div className={css.who}>
        <div className={css.title}>
          <h1>
            {call.client ? (
              <Link to="/clients/$id" params={{ id: call.client.id }}>
                {who}
              </Link>
            ) : (
              who
            )}
          </h1>
          {call.phone && call.client?.name && <PhoneLink e164={call.phone} client={call.client.id} />}
          <Chip hue={result.hue} icon={result.icon}>
            {call.outcome?.name ?? t(result.word)}
          </Chip>
        </div>
        <div className={css.facts}>
          <When at={call.started_at} /> · {facts.join(' · ')}
        </div>
      </div>
      <div className={css.actions}>
        {can('calls.write') && (
          <Button leftSection={<IconUserQuestion size={16} stroke={1.75} aria-hidden />} onClick={() => setRelinking(true)}>
            {t('call.relink')}
          </Button>
        )}
        {call.phone && can('calls.make') && (
          <Button
            variant="filled"
            leftSection={<IconPhone size={16} stroke={1.75} aria-hidden />}
            onClick={() => dial(call.phone, call.client?.id)}
          >
            {t('call.dial')}
          </Button>
        )}
      </div>
      {relinking && <Relink call={call} opened close={() => setRelinking(false)} />}
    </div>
  );
}
