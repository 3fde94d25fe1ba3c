import { IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api, ask } from '@/api/client';
import { useCan } from '@/api/session';
import { useUsers } from '@/data/lists';
import filters from '@/list/Filters.module.css';
import type { Search } from '@/router';
import { extras } from './filter';

/** Conditions that came with a link, as words that can be dropped. */
export function Extra({ search, change }: { search: Search; change: (to: Search) => void }) {
  const { t } = useTranslation();
  const can = useCan();
  const people = useUsers(true);
  const client = useQuery({
    queryKey: ['clients', search.client, 'name'],
    enabled: Boolean(search.client) && search.client !== 'none',
    queryFn: async () =>
      (await ask(api.GET('/clients/{id}', { params: { path: { id: search.client ?? '' } } }))).name || t('calls.unnamed'),
  });
  const trunks = useQuery({
    queryKey: ['settings', 'trunks'],
    enabled: Boolean(search.trunk) && can('settings.write'),
    queryFn: async () => (await ask(api.GET('/trunks'))).items ?? [],
  });
  const words = (name: string, value: string) => {
    if (value === 'none') return t('common.none');
    if (name === 'client') return client.data ?? '…';
    if (name === 'talked_by') return people.find((p) => p.id === value)?.name ?? '…';
    if (name === 'trunk') return trunks.data?.find((line) => line.id === value)?.name ?? '…';
    if (name === 'hour') return `${value.padStart(2, '0')}:00–${value.padStart(2, '0')}:59`;
    if (name === 'direction') return t(`calls.${value}`);
    if (value === 'true' || value === 'false') return t(`calls.yes.${value}`);
    return name === 'debt' ? '' : value;
  };
  return (
    <>
      {extras(search).map((name) => {
        const label = t(`calls.extra.${name}`);
        const said = words(name, search[name] ?? '');
        return (
          <span key={name} className={filters.group}>
            <span className={`${filters.button} ${filters.chosen}`}>
              {said ? `${label}:` : label} {said && <b>{said}</b>}
            </span>
            <button
              type="button"
              className={filters.clear}
              aria-label={t('list.drop', { label })}
              onClick={() => change({ [name]: undefined })}
            >
              <IconX size={13} stroke={1.75} aria-hidden />
            </button>
          </span>
        );
      })}
    </>
  );
}
