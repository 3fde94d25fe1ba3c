import type { UseFormReturnType } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { createElement } from 'react';
import { useTranslation } from 'react-i18next';
import { Problem } from '@/api/client';
import { queryClient } from '@/api/query';
import { ProblemText } from '@/parts/ProblemText';
import { say } from '@/parts/undo';

/** Codes that speak of a field without naming it. */
const fields: Record<string, string> = {
  email_taken: 'email',
  bad_email: 'email',
  password_length: 'password',
  password_common: 'password',
  password_personal: 'password',
  own_password: 'password',
  wrong_password: 'current',
  bad_code: 'code',
  unknown_country: 'country',
  unknown_time_zone: 'time_zone',
  phone_unusable: 'e164',
  bad_prefix: 'prefix',
  bad_queue: 'queue',
  bad_hours: 'hours',
  bad_key: 'key',
  bad_wav: 'file',
  bad_role_name: 'name',
  name_taken: 'name',
  unknown_role: 'role',
  unknown_team: 'team_id',
};

type Options<V, R> = {
  save: (values: V) => Promise<R>;
  form?: UseFormReturnType<V>;
  done?: (answer: R) => void;
  /** What is said when it is saved; by default that it is, nothing when empty. */
  words?: string;
};

/** Saves a form: what the server refuses stands beside its field, what concerns no field is `problem`. */
export function useSave<V extends object, R = unknown>({ save, form, done, words }: Options<V, R>) {
  const { t } = useTranslation();
  const mutation = useMutation({
    mutationFn: save,
    onSuccess: (answer) => {
      void queryClient.invalidateQueries({ queryKey: ['settings'] });
      if (words !== '') say(words ?? t('settings.saved'));
      done?.(answer);
    },
    onError: (e) => {
      const field = fieldOf(e);
      if (field && form && field in form.getValues()) form.setFieldError(field, createElement(ProblemText, { problem: e }));
    },
  });
  const field = fieldOf(mutation.error);
  const beside = Boolean(form && field && field in form.getValues());
  return { ...mutation, problem: beside ? null : mutation.error };
}

function fieldOf(e: Error | null): string | undefined {
  if (!(e instanceof Problem)) return undefined;
  const named = e.params.field;
  return typeof named === 'string' ? named : fields[e.code];
}
