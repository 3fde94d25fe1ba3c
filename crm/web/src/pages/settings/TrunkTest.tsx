import { Button, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconPhoneOutgoing } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api, ask, type Schema } from '@/api/client';
import { phone } from '@/format/phone';
import { Chip } from '@/parts/Chip';
import { ProblemText } from '@/parts/ProblemText';
import css from './Settings.module.css';

/** A test call: one's own phone rings through this trunk, and what came of it is told in words. */
export function TrunkTest({ trunk }: { trunk: Schema<'Trunk'> }) {
  const { t } = useTranslation();
  const form = useForm({ initialValues: { to: '' } });
  const test = useMutation({
    mutationFn: (to: string) => ask(api.POST('/trunks/{id}/test', { params: { path: { id: trunk.id } }, body: { to } })),
  });
  return (
    <form className={`${css.form} ${css.apart}`} onSubmit={form.onSubmit((v) => test.mutate(v.to))}>
      <h3>{t('settings.trunks.test')}</h3>
      <p className={css.hint}>{t('settings.trunks.testHint')}</p>
      <div className={css.pair}>
        <TextInput type="tel" label={t('settings.trunks.testTo')} required {...form.getInputProps('to')} />
        <Button
          type="submit"
          variant="default"
          loading={test.isPending}
          leftSection={<IconPhoneOutgoing size={16} stroke={1.75} aria-hidden />}
        >
          {t('settings.trunks.testCall')}
        </Button>
      </div>
      <div role="status">
        {test.isPending && t('settings.trunks.calling')}
        {test.data && <Result tested={test.data} />}
      </div>
      {test.error && (
        <p role="alert">
          <ProblemText problem={test.error} />
        </p>
      )}
    </form>
  );
}

function Result({ tested }: { tested: Schema<'TrunkTest'> }) {
  const { t } = useTranslation();
  const fine = tested.result === 'answered' || tested.result === 'ringing';
  return (
    <>
      <Chip hue={fine ? 'green' : 'red'}>{t(`settings.trunks.result.${tested.result}`)}</Chip>{' '}
      <span className={css.sub}>
        {t('settings.trunks.resultMore', { number: phone(tested.dialled), seconds: tested.seconds.toFixed(1) })}
        {tested.sip_code ? ` · SIP ${tested.sip_code}` : ''}
        {tested.cause ? ` · Q.850 ${tested.cause}` : ''}
      </span>
    </>
  );
}
