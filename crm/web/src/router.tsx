import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet, redirect } from '@tanstack/react-router';
import { queryClient } from './api/query';
import { sessionQuery } from './api/session';
import { Frame } from './frame/Frame';
import { NotFound } from './pages/notfound';

/** What an address carries after `?`: filters by name, all as text, so that a link can be shared as it is. */
export type Search = Record<string, string | undefined>;

function search(raw: Record<string, unknown>): Search {
  return Object.fromEntries(Object.entries(raw).map(([k, v]) => [k, v === undefined || v === null ? undefined : String(v)]));
}

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFound });

const login = createRoute({
  getParentRoute: () => root,
  path: '/login',
  validateSearch: search,
  component: lazyRouteComponent(() => import('./pages/login')),
});

const secondStep = createRoute({
  getParentRoute: () => root,
  path: '/second-step',
  component: lazyRouteComponent(() => import('./pages/secondstep')),
  beforeLoad: async () => {
    const session = await queryClient.ensureQueryData(sessionQuery);
    if (!session?.second_step_needed) throw redirect({ to: '/' });
  },
});

const frame = createRoute({
  getParentRoute: () => root,
  id: 'frame',
  component: Frame,
  beforeLoad: async ({ location }) => {
    const session = await queryClient.ensureQueryData(sessionQuery);
    if (!session) throw redirect({ to: '/login', search: { to: location.href } });
    if (session.second_step_needed) throw redirect({ to: '/second-step' });
  },
});

const under = { getParentRoute: () => frame, validateSearch: search } as const;

const pages = [
  createRoute({ ...under, path: '/', component: lazyRouteComponent(() => import('./pages/desk')) }),
  createRoute({ ...under, path: '/clients', component: lazyRouteComponent(() => import('./pages/clients')) }),
  createRoute({ ...under, path: '/clients/$id', component: lazyRouteComponent(() => import('./pages/client')) }),
  createRoute({ ...under, path: '/calls', component: lazyRouteComponent(() => import('./pages/calls')) }),
  createRoute({ ...under, path: '/calls/$id', component: lazyRouteComponent(() => import('./pages/call')) }),
  createRoute({ ...under, path: '/missed', component: lazyRouteComponent(() => import('./pages/missed')) }),
  createRoute({ ...under, path: '/floor', component: lazyRouteComponent(() => import('./pages/floor')) }),
  createRoute({ ...under, path: '/reports/calls', component: lazyRouteComponent(() => import('./pages/report')) }),
  createRoute({ ...under, path: '/settings', component: lazyRouteComponent(() => import('./pages/settings')) }),
  createRoute({ ...under, path: '/settings/$section', component: lazyRouteComponent(() => import('./pages/settings')) }),
  createRoute({ ...under, path: '/audit', component: lazyRouteComponent(() => import('./pages/audit')) }),
];

/** The pages of the app. Those under the frame need a session. */
export const router = createRouter({
  routeTree: root.addChildren([login, secondStep, frame.addChildren(pages)]),
  defaultPreload: 'intent',
  parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
  stringifySearch: (values) => {
    const q = new URLSearchParams(Object.entries(values).filter(([, v]) => v !== undefined && v !== '') as [string, string][]).toString();
    return q ? `?${q}` : '';
  },
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
