import { useTranslation } from 'react-i18next';
import { Problem } from '@/api/client';

/** A problem in the words of the chosen language. A code without words is shown as it is, so that it can be reported. */
export function ProblemText({ problem }: { problem: Error }) {
  const { t, i18n } = useTranslation();
  const code = problem instanceof Problem ? problem.code : 'internal';
  const params = problem instanceof Problem ? problem.params : {};
  return <>{i18n.exists(`problems.${code}`) ? t(`problems.${code}`, params) : t('problems.other', { code })}</>;
}
