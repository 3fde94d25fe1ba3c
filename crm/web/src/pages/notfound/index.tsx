import { Button } from '@mantine/core';
import { IconZoomCancel } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Empty } from '@/parts/Empty';

/** For an address that is no page. */
export function NotFound() {
  const { t } = useTranslation();
  return (
    <Empty icon={IconZoomCancel} title={t('common.noPage')} text={t('common.noPageText')}>
      <Button component={Link} to="/">
        {t('common.toStart')}
      </Button>
    </Empty>
  );
}
