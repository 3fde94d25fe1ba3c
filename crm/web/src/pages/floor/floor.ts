/** A state of an agent as the floor shows it, in the order of urgency. */
export const states = ['not_responding', 'lost', 'ringing', 'talking', 'held', 'wrap_up', 'available', 'paused', 'offline'] as const;

/** One of {@link states}. */
export type Shown = (typeof states)[number];

/** What of an agent decides how they are shown. */
export type Person = { id: string; name: string; state: string; here: boolean; media: boolean };

/** How an agent is shown: a page that does not answer is trouble whatever they do; a held call is told from a talk. */
export function shownAs(a: Person, call: { state: string } | undefined): Shown {
  if (a.state === 'offline' || a.state === '') return 'offline';
  if (a.state === 'not_responding') return 'not_responding';
  if (!a.here || (a.state === 'available' && !a.media)) return 'lost';
  if (a.state === 'talking' && (call?.state === 'held' || call?.state === 'away')) return 'held';
  return (states as readonly string[]).includes(a.state) ? (a.state as Shown) : 'paused';
}

/** People on shift in the order of the board; who is off shift is left out. */
export function onFloor<A extends Person, C extends { id: string; state: string }>(
  agents: A[],
  calls: C[],
): { agent: A; call: C | undefined; as: Shown }[] {
  const byAgent = new Map(calls.map((c) => [c.id, c]));
  return agents
    .map((agent) => {
      const call = byAgent.get((agent as { call?: string }).call ?? '');
      return { agent, call, as: shownAs(agent, call) };
    })
    .filter((r) => r.as !== 'offline')
    .sort((a, b) => states.indexOf(a.as) - states.indexOf(b.as) || a.agent.name.localeCompare(b.agent.name));
}
