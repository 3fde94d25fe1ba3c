import { Alert, Anchor, Button, PasswordInput, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api, ask, type Problem, setCSRF } from '@/api/client';
import { queryClient } from '@/api/query';
import { sessionQuery } from '@/api/session';
import { LanguageSwitch } from '@/parts/LanguageSwitch';
import { ProblemText } from '@/parts/ProblemText';
import css from './Login.module.css';

/** Where one logs in; after it one is where one wanted to be. */
export default function LoginPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { to } = useSearch({ from: '/login' });
  const form = useForm({ initialValues: { email: '', password: '', code: '' } });
  const login = useMutation({
    mutationFn: (values: typeof form.values) => ask(api.POST('/login', { body: values })),
    onError: () => form.setFieldValue('code', ''),
    onSuccess: (session) => {
      setCSRF(session.csrf);
      queryClient.clear();
      queryClient.setQueryData(sessionQuery.queryKey, session);
      void navigate({ href: to?.startsWith('/') && !to.startsWith('//') ? to : '/' });
    },
  });
  const code = (login.error as Problem | null)?.code;
  const second = code === 'code_needed' || code === 'bad_code' || (login.isPending && Boolean(login.variables.code));
  return (
    <main className={css.page}>
      <form className={css.box} onSubmit={form.onSubmit((v) => login.mutate(v))}>
        <img src="/favicon.svg" alt="" className={css.logo} />
        <h1>{t(second ? 'login.codeTitle' : 'login.title')}</h1>
        {second ? (
          <TextInput
            key="code"
            label={t('login.code')}
            description={t('login.codeHint')}
            autoComplete="one-time-code"
            spellCheck={false}
            required
            autoFocus
            {...form.getInputProps('code')}
          />
        ) : (
          <>
            <TextInput label={t('login.email')} type="email" autoComplete="username" required autoFocus {...form.getInputProps('email')} />
            <PasswordInput label={t('login.password')} autoComplete="current-password" required {...form.getInputProps('password')} />
          </>
        )}
        {login.error && code !== 'code_needed' && (
          <Alert color="red" role="alert">
            <ProblemText problem={login.error as Problem} />
          </Alert>
        )}
        <Button type="submit" variant="filled" loading={login.isPending}>
          {t('login.enter')}
        </Button>
        {second && (
          <Anchor component="button" type="button" onClick={() => login.reset()}>
            {t('login.back')}
          </Anchor>
        )}
        <Secure />
        <LanguageSwitch />
      </form>
    </main>
  );
}

/** Says when calls cannot work from this address, and offers the certificate of the local authority. */
function Secure() {
  const { t } = useTranslation();
  const { data: ca } = useQuery({
    queryKey: ['ca'],
    queryFn: async () => (await fetch('/ca.crt', { method: 'HEAD' })).ok,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <>
      {!window.isSecureContext && <p className={css.note}>{t('phone.notSecure', { address: `https://${window.location.hostname}` })}</p>}
      {ca && (
        <p className={css.note}>
          {t('login.ca')} <Anchor href="/ca.crt">{t('login.caFile')}</Anchor>. {t('login.caHow')}
        </p>
      )}
    </>
  );
}
