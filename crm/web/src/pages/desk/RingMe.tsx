import { Button } from '@mantine/core';
import { IconPhoneIncoming } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, Problem } from '@/api/client';
import { sessionQuery } from '@/api/session';
import { useLiveState } from '@/live/useLive';

/** In the demonstration: a client of the town calls, so that one can try the phone alone. */
export function RingMe() {
  const { t } = useTranslation();
  const { agent } = useLiveState();
  const { data: session } = useQuery(sessionQuery);
  const [gone, setGone] = useState(false);
  const ring = useMutation({
    mutationFn: async () => {
      // The operation is there in the demonstration only, so that the generated types may not know it.
      const post = api.POST as unknown as (path: string, o: { body: object }) => Promise<{ response: Response }>;
      const { response } = await post('/demo/ring-me', { body: {} });
      if (response.status === 404) setGone(true);
      else if (!response.ok) throw new Problem('internal', response.status);
    },
  });
  if (!session?.demo || gone || agent?.state !== 'available') return null;
  return (
    <Button leftSection={<IconPhoneIncoming size={16} stroke={1.75} />} loading={ring.isPending} onClick={() => ring.mutate()}>
      {t('desk.ringMe')}
    </Button>
  );
}
