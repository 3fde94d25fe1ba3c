/** A browser and its system, out of what it calls itself. */
export function browserOf(agent: string): string {
  const named = (names: RegExp) => names.exec(agent);
  // A browser that is built on another one names that one as well.
  const name = named(/(Edg|OPR|YaBrowser)\/(\d+)/) ?? named(/(Firefox|Chrome)\/(\d+)/) ?? named(/(Safari)\/(\d+)/);
  const system = /(Windows|Mac OS X|Android|iPhone|Linux)/.exec(agent);
  if (!name) return agent.slice(0, 60);
  return [`${name[1]} ${name[2]}`, system?.[1]].filter(Boolean).join(', ');
}
