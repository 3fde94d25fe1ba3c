import { useQuery } from '@tanstack/react-query';
import { api, ask, type Schema } from '@/api/client';
import { useCan } from '@/api/session';
import { setZone } from '@/format/time';

const long = 60_000;

/** Everybody who works here; with those who have left when asked. */
export function useUsers(left = false): Schema<'User'>[] {
  const can = useCan();
  const { data } = useQuery({
    queryKey: ['settings', 'users', left],
    enabled: can('users.read'),
    staleTime: long,
    queryFn: async () => (await ask(api.GET('/users', { params: { query: { left } } }))).items ?? [],
  });
  return data ?? [];
}

/** The teams. */
export function useTeams(): Schema<'Team'>[] {
  const { data } = useQuery({
    queryKey: ['settings', 'teams'],
    staleTime: long,
    queryFn: async () => (await ask(api.GET('/teams'))).items ?? [],
  });
  return data ?? [];
}

/** The roles. */
export function useRoles(): Schema<'Role'>[] {
  const { data } = useQuery({
    queryKey: ['settings', 'roles'],
    staleTime: long,
    queryFn: async () => (await ask(api.GET('/roles'))).items ?? [],
  });
  return data ?? [];
}

/** Our numbers. */
export function useNumbers(): Schema<'Number'>[] {
  const { data } = useQuery({
    queryKey: ['settings', 'numbers'],
    staleTime: long,
    queryFn: async () => (await ask(api.GET('/numbers'))).items ?? [],
  });
  return data ?? [];
}

/** A list that people choose from. */
export type ChoiceList = 'sources' | 'outcomes' | 'pause-reasons';

/** The entries of such a list. */
export function useChoices(list: ChoiceList): Schema<'Choice'>[] {
  const { data } = useQuery({
    queryKey: ['settings', list],
    staleTime: long,
    queryFn: async () => (await ask(api.GET(`/${list}`))).items ?? [],
  });
  return data ?? [];
}

/** The greetings. */
export function useGreetings(): Schema<'Greeting'>[] {
  const { data } = useQuery({
    queryKey: ['settings', 'greetings'],
    staleTime: long,
    queryFn: async () => (await ask(api.GET('/greetings'))).items ?? [],
  });
  return data ?? [];
}

/** The company; its time zone is the one that all clocks show. */
export function useCompany(): Schema<'Company'> | undefined {
  const { data } = useQuery({
    queryKey: ['settings', 'company'],
    staleTime: long,
    queryFn: async () => {
      const company = await ask(api.GET('/company'));
      setZone(company.time_zone);
      return company;
    },
  });
  return data;
}

/** The tags in use. */
export function useTags(): string[] {
  const { data } = useQuery({
    queryKey: ['clients', 'tags'],
    staleTime: long,
    queryFn: async () => (await ask(api.GET('/tags'))).items ?? [],
  });
  return data ?? [];
}
