import { keepPreviousData, type QueryKey, useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';

/** A page of a list as every list of the API gives it. */
export type Page<T> = { items: T[] | null; next_cursor: string };

/** A list read page by page. Rows that are there stay while another filter's are on their way; new ones on top wait behind a button, unless hold is false. */
export function usePages<T extends { id: string }>(key: QueryKey, read: (cursor: string | undefined) => Promise<Page<T>>, hold = true) {
  const query = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam }) => read(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next_cursor || undefined,
    placeholderData: keepPreviousData,
  });
  const items = query.data?.pages.flatMap((p) => p.items ?? []) ?? [];
  const held = useHeld(query.isPlaceholderData || !hold ? [] : items, JSON.stringify(key));
  return { ...query, items: query.isPlaceholderData || !hold ? items : held.shown, fresh: held.fresh, showFresh: held.show };
}

/** What {@link usePages} gives. */
export type Pages<T extends { id: string }> = ReturnType<typeof usePages<T>>;

/** Keeps rows that came on top since the list was opened behind a button: nothing moves under the pointer. */
function useHeld<T extends { id: string }>(items: T[], key: string) {
  const [anchor, setAnchor] = useState<{ key: string; id: string } | null>(null);
  const first = items[0]?.id;
  if (first && anchor?.key !== key) setAnchor({ key, id: first });
  const at = anchor?.key === key ? items.findIndex((i) => i.id === anchor.id) : 0;
  const fresh = Math.max(0, at);
  return { shown: items.slice(fresh), fresh, show: () => first && setAnchor({ key, id: first }) };
}
