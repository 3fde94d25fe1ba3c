import { Button, Checkbox, Group, Modal } from '@mantine/core';
import { IconHandStop } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, ask, type Schema } from '@/api/client';
import { queryClient } from '@/api/query';
import { useCan } from '@/api/session';
import { money } from '@/format/number';
import { Panel } from '@/parts/Panel';
import { ProblemText } from '@/parts/ProblemText';
import { When } from '@/parts/When';
import css from './Floor.module.css';

/** Calls out: what they cost today, and the switch that stops them all. */
export function OutboundGuard() {
  const { t } = useTranslation();
  const can = useCan();
  const [asking, setAsking] = useState(false);
  const { data } = useQuery({ queryKey: ['settings', 'outbound'], queryFn: () => ask(api.GET('/outbound')), refetchInterval: 5000 });
  const keep = (now: Schema<'Outbound'>) => queryClient.setQueryData(['settings', 'outbound'], now);
  const resume = useMutation({ mutationFn: () => ask(api.POST('/outbound/resume')), onSuccess: keep });
  if (!data) return null;
  const spent = money(data.spent, data.currency);
  const over = data.day_limit > 0 && data.spent >= data.day_limit;
  return (
    <Panel title={t('floor.outbound')}>
      <div className={css.guard}>
        <p className={over ? css.red : css.sub}>
          {data.day_limit > 0 ? t('floor.spentOf', { spent, limit: money(data.day_limit, data.currency) }) : t('floor.spent', { spent })}
        </p>
        {data.stopped_at && (
          <p role="alert" className={css.red}>
            {t('floor.stoppedBy', { name: data.stopped_by?.name ?? t('common.unknown') })} <When at={data.stopped_at} as="clock" />
          </p>
        )}
        {can('outbound.stop') &&
          (data.stopped_at ? (
            <Button variant="default" loading={resume.isPending} onClick={() => resume.mutate()}>
              {t('floor.resume')}
            </Button>
          ) : (
            <Button
              color="red"
              variant="light"
              leftSection={<IconHandStop size={16} stroke={1.75} aria-hidden />}
              onClick={() => setAsking(true)}
            >
              {t('floor.stop')}
            </Button>
          ))}
        {resume.error && <ProblemText problem={resume.error} />}
      </div>
      {asking && <AskStop close={() => setAsking(false)} keep={keep} />}
    </Panel>
  );
}

function AskStop({ close, keep }: { close: () => void; keep: (now: Schema<'Outbound'>) => void }) {
  const { t } = useTranslation();
  const [hangUp, setHangUp] = useState(false);
  const stop = useMutation({
    mutationFn: () => ask(api.POST('/outbound/stop', { body: { hang_up: hangUp } })),
    onSuccess: (now) => {
      keep(now);
      close();
    },
  });
  return (
    <Modal opened onClose={close} title={t('floor.stopTitle')} closeButtonProps={{ 'aria-label': t('common.close') }}>
      <p className={css.sub}>{t('floor.stopText')}</p>
      <Checkbox label={t('floor.hangUp')} checked={hangUp} onChange={(e) => setHangUp(e.currentTarget.checked)} />
      {stop.error && (
        <p role="alert">
          <ProblemText problem={stop.error} />
        </p>
      )}
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={close}>
          {t('common.cancel')}
        </Button>
        <Button color="red" loading={stop.isPending} onClick={() => stop.mutate()}>
          {t('floor.stop')}
        </Button>
      </Group>
    </Modal>
  );
}
