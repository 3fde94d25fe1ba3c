/** What the audit log knows, by its beginning: a chosen one finds all that begin so. */
export const actions = [
  'login.done',
  'login.failed',
  'login.code_failed',
  'logout.done',
  'session.',
  'second_step.',
  'recording.heard',
  'recording.deleted',
  'report.exported',
  'missed.closed',
  'client.deleted',
  'user.',
  'role.',
  'token.',
  'company.changed',
  'telephony_settings.changed',
  'number.',
  'prefix.',
  'greeting.',
  'outcome.',
  'source.',
  'pause_reason.',
] as const;

/** What a line tells beside its action, short: `reason: by wish of the client`. Objects in it show their fields that people read. */
export function dataText(data: { [key: string]: unknown } | null | undefined): string {
  return Object.entries(data ?? {})
    .map(([k, v]) => (v && typeof v === 'object' ? named(k, v as Record<string, unknown>) : `${k}: ${String(v)}`))
    .filter(Boolean)
    .join(', ');
}

function named(key: string, v: Record<string, unknown>): string {
  const said = ['name', 'prefix', 'email', 'reason', 'from', 'to', 'group_by', 'Name', 'From', 'To', 'GroupBy'].filter(
    (f) => typeof v[f] === 'string' && v[f],
  );
  return said.length > 0 ? said.map((f) => String(v[f])).join(' ') : key === 'to' || key === 'from' ? '' : key;
}
