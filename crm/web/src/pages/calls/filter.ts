import type { Search } from '@/router';

/** The conditions that the list of calls knows: those of the API, by its names. */
export const names = [
  'phone',
  'client',
  'agent',
  'talked_by',
  'number',
  'trunk',
  'queue',
  'source',
  'from',
  'to',
  'hour',
  'direction',
  'outcome',
  'end_reason',
  'ended',
  'missed',
  'answered',
  'offered',
  'first',
  'target',
  'unique',
  'called_back',
  'recorded',
  'debt',
] as const;

/** The filter of an address as the API takes it. */
export type CallFilter = { [name in (typeof names)[number]]?: string };

/** Takes the filter out of an address. */
export function filterOf(search: Search): CallFilter {
  return Object.fromEntries(names.flatMap((n) => (search[n] ? [[n, search[n]]] : [])));
}

const drop: Search = { direction: undefined, missed: undefined, answered: undefined, ended: undefined };

/** What one list of words says with several conditions: direction and what came of it. */
export const states: { name: string; set: Search; drop: Search }[] = [
  { name: 'inbound', set: { direction: 'inbound' }, drop },
  { name: 'outbound', set: { direction: 'outbound' }, drop },
  { name: 'missed', set: { missed: 'true' }, drop },
  { name: 'inboundAnswered', set: { direction: 'inbound', answered: 'true' }, drop },
  { name: 'outboundAnswered', set: { direction: 'outbound', answered: 'true' }, drop },
  { name: 'outboundUnanswered', set: { direction: 'outbound', answered: 'false' }, drop },
  { name: 'answered', set: { answered: 'true' }, drop },
  { name: 'unanswered', set: { answered: 'false' }, drop },
  { name: 'live', set: { ended: 'false' }, drop },
];

/** Which of these the address says; undefined for any. `ended=true` alone is what a report adds and says nothing to people. */
export function stateOf(search: Search): string | undefined {
  const said = Object.keys(drop).filter((n) => search[n] && !(n === 'ended' && search[n] === 'true'));
  return states.find((s) => Object.keys(s.set).length === said.length && said.every((n) => s.set[n] === search[n]))?.name;
}

/** Conditions without a control of their own; they come with links from reports and cards and are shown as words that can be dropped. */
export function extras(search: Search): (typeof names)[number][] {
  const plain = ['client', 'talked_by', 'trunk', 'queue', 'hour', 'offered', 'first', 'target', 'unique', 'called_back', 'debt'] as const;
  const out: (typeof names)[number][] = plain.filter((n) => search[n]);
  if (stateOf(search) === undefined) for (const n of ['direction', 'missed', 'answered'] as const) if (search[n]) out.push(n);
  if (search.ended === 'true') out.push('ended');
  return out;
}
