import { Button, SegmentedControl } from '@mantine/core';
import { IconHistory } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { api, ask } from '@/api/client';
import { NoteBox } from '@/card/NoteBox';
import { Bones, Failed } from '@/list/Rows';
import { useLater } from '@/list/useLater';
import { usePages } from '@/list/usePages';
import { Empty } from '@/parts/Empty';
import { Panel } from '@/parts/Panel';
import css from './Timeline.module.css';
import { TimelineRow } from './TimelineRow';

const kinds = ['', 'call', 'note', 'changed'] as const;
type Props = { client: string; kind: string; onKind: (kind: string) => void; writable: boolean };

/** Everything that happened to a client, the newest first, with players in place. */
export function Timeline({ client, kind, onKind, writable }: Props) {
  const { t } = useTranslation();
  const read = (cursor: string | undefined) =>
    ask(api.GET('/clients/{id}/timeline', { params: { path: { id: client }, query: { kind: kind as never, limit: 30, cursor } } }));
  const pages = usePages(['clients', client, 'timeline', kind], read, false);
  const late = useLater(pages.isPending);
  return (
    <Panel
      title={t('timeline.title')}
      bare
      side={
        <SegmentedControl
          size="xs"
          aria-label={t('timeline.show')}
          value={kind}
          onChange={onKind}
          data={kinds.map((k) => ({ value: k, label: t(`timeline.kind.${k || 'all'}`) }))}
        />
      }
    >
      {writable && <NoteBox client={client} />}
      {pages.isPending && late && <Bones rows={6} />}
      {pages.error && pages.items.length === 0 && <Failed error={pages.error} again={() => void pages.refetch()} />}
      {pages.data && pages.items.length === 0 && <Empty icon={IconHistory} title={t('timeline.empty')} text={t('timeline.emptyText')} />}
      <ul className={css.list} aria-label={t('timeline.title')}>
        {pages.items.map((i) => (
          <TimelineRow key={i.id} item={i} client={client} writable={writable} />
        ))}
      </ul>
      {pages.hasNextPage && (
        <div className={css.add}>
          <Button loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
            {t('common.more')}
          </Button>
        </div>
      )}
    </Panel>
  );
}
