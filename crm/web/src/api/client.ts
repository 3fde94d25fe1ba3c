import createClient, { type Middleware } from 'openapi-fetch';
import type { components, paths } from './schema';

/** The server's types by name, generated from its OpenAPI: `Schema<'Client'>`. */
export type Schema<Name extends keyof components['schemas']> = components['schemas'][Name];

let csrf = '';

/** Sets the token that unsafe requests carry; it comes with the session. */
export function setCSRF(token: string) {
  csrf = token;
}

const withToken: Middleware = {
  onRequest({ request }) {
    if (!['GET', 'HEAD'].includes(request.method)) request.headers.set('X-CSRF-Token', csrf);
    return request;
  },
};

/** The typed client of the REST API. */
export const api = createClient<paths>({ baseUrl: '/api/v1' });
api.use(withToken);

/** A refusal or a fault as the page sees it: a stable code whose words stand in i18n under `problems`. */
export class Problem extends Error {
  constructor(
    readonly code: string,
    readonly status: number,
    readonly params: Record<string, unknown> = {},
  ) {
    super(code);
  }
}

type Answer<T> = { data?: T; error?: unknown; response: Response };

/** The data of an answer; throws a {@link Problem} for anything else, `offline` when the server cannot be reached. */
export async function ask<T>(request: Promise<Answer<T>>): Promise<NonNullable<T>> {
  let answer: Answer<T>;
  try {
    answer = await request;
  } catch {
    throw new Problem('offline', 0);
  }
  if (answer.response.ok) return (answer.data ?? {}) as NonNullable<T>;
  const e = answer.error as Partial<Schema<'Problem'>> | undefined;
  throw new Problem(e?.code ?? 'internal', answer.response.status, e?.params ?? {});
}
