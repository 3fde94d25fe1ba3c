import { phone } from '@/format/phone';

/** A number that is a call. */
export function Dial({ e164 }: { e164: string; client?: string }) {
  return <span>{phone(e164)}</span>;
}
