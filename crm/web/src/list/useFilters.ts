import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';
import type { Search } from '@/router';

/** The filters of the address, and a change of some of them. What is undefined or empty leaves the address. */
export function useFilters(): [Search, (change: Search) => void] {
  const search = useSearch({ strict: false }) as Search;
  const navigate = useNavigate();
  const change = useCallback(
    (to: Search) =>
      void navigate({ to: '.', search: ((was: Search) => clean({ ...was, ...to })) as never, replace: true, resetScroll: false }),
    [navigate],
  );
  return [search, change];
}

function clean(search: Search): Search {
  return Object.fromEntries(Object.entries(search).filter(([, v]) => v !== undefined && v !== ''));
}
