import { QueryClient } from '@tanstack/react-query';
import { Problem } from './client';

/** The cache of what the server said. A refusal is final; a fault of the network is tried again. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      refetchOnWindowFocus: false,
      retry: (times, error) => times < 3 && !(error instanceof Problem && error.status >= 400 && error.status < 500),
    },
    mutations: { retry: false },
  },
});
