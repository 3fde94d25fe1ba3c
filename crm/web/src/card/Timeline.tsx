import { Button, SegmentedControl } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, ask, type Schema } from '@/api/client';
import { useCan } from '@/api/session';
import { Panel } from '@/parts/Panel';
import css from './Card.module.css';
import { NoteBox } from './NoteBox';
import { TimelineEntry } from './TimelineEntry';

type Props = { client: Schema<'Client'>; recent: Schema<'TimelineItem'>[]; compact?: boolean };

const kinds = ['', 'call', 'note', 'changed'] as const;

/** What happened with the client, the newest first: at first what came with the card, then page by page. */
export function Timeline({ client, recent }: Props) {
  const { t } = useTranslation();
  const can = useCan();
  const [kind, setKind] = useState<string>('');
  const [all, setAll] = useState(false);
  const query = useInfiniteQuery({
    queryKey: ['clients', client.id, 'timeline', kind],
    enabled: all || kind !== '',
    initialPageParam: '',
    queryFn: ({ pageParam }) =>
      ask(
        api.GET('/clients/{id}/timeline', {
          params: { path: { id: client.id }, query: { limit: 20, kind: kind || undefined, cursor: pageParam || undefined } },
        }),
      ),
    getNextPageParam: (last) => last.next_cursor || undefined,
  });
  const items = query.data && (all || kind) ? query.data.pages.flatMap((p) => p.items) : kind ? [] : recent;
  const more = all || kind ? query.hasNextPage : recent.length >= 10;
  return (
    <Panel
      title={t('card.touches')}
      bare
      side={
        <SegmentedControl
          size="xs"
          aria-label={t('card.touches')}
          value={kind}
          onChange={setKind}
          data={kinds.map((k) => ({ value: k, label: t(`card.kinds.${k || 'all'}`) }))}
        />
      }
    >
      {can('clients.write') && <NoteBox client={client.id} />}
      <ol className={css.timeline}>
        {items.map((i) => (
          <TimelineEntry key={i.id} item={i} client={client.id} />
        ))}
        {items.length === 0 && !query.isFetching && <li className={css.none}>{t('card.noTouches')}</li>}
      </ol>
      {more && (
        <Button
          className={css.more}
          variant="subtle"
          loading={query.isFetchingNextPage}
          onClick={() => (all || kind ? void query.fetchNextPage() : setAll(true))}
        >
          {t('common.more')}
        </Button>
      )}
    </Panel>
  );
}
