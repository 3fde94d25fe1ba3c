import { Button, Group } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { ProblemText } from '@/parts/ProblemText';

type Props = { problem: Error | null; pending: boolean; dirty?: boolean; label?: string; onClose?: () => void };

/** The end of a form: what is wrong with the whole, and the button that saves. */
export function Foot({ problem, pending, dirty = true, label, onClose }: Props) {
  const { t } = useTranslation();
  return (
    <>
      {problem && (
        <p role="alert">
          <ProblemText problem={problem} />
        </p>
      )}
      <Group justify={onClose ? 'flex-end' : 'flex-start'}>
        {onClose && <Button onClick={onClose}>{t('common.cancel')}</Button>}
        <Button type="submit" variant={dirty ? 'filled' : 'default'} loading={pending}>
          {label ?? t('common.save')}
        </Button>
      </Group>
    </>
  );
}
