/** What a key can ask for. The map of keys shows them all. */
export type KeyName =
  | 'answer'
  | 'hangUp'
  | 'hold'
  | 'mute'
  | 'keypad'
  | 'dial'
  | 'pause'
  | 'search'
  | 'finish'
  | 'mark'
  | 'draft'
  | 'other'
  | 'outcome'
  | 'map'
  | 'go';

type Handler = (detail: string) => void;
const handlers = new Map<KeyName, Handler[]>();

/** Has a key do something while the part is shown; the part shown last is asked. Gives the way to stop. */
export function onKey(name: KeyName, handler: Handler): () => void {
  const list = handlers.get(name) ?? [];
  handlers.set(name, [...list, handler]);
  return () =>
    handlers.set(
      name,
      (handlers.get(name) ?? []).filter((h) => h !== handler),
    );
}

/** Does what a key would. */
export function press(name: KeyName, detail = ''): boolean {
  const handler = handlers.get(name)?.at(-1);
  handler?.(detail);
  return handler !== undefined;
}

const functionKeys: Record<string, KeyName> = { F2: 'answer', F3: 'dial', F4: 'hold', F7: 'keypad', F8: 'mute', F10: 'hangUp' };

/** Which key was meant: function keys and those with Ctrl or Alt anywhere, letters only outside fields and by their place. */
export function meaning(e: KeyboardEvent, typing: boolean): { name: KeyName; detail: string } | null {
  const plain = !e.ctrlKey && !e.altKey && !e.metaKey;
  const named = functionKeys[e.code];
  if (named && plain && !e.shiftKey) return { name: named, detail: '' };
  if (e.code === 'F2' && e.shiftKey) return { name: 'pause', detail: '' };
  const ctrl = (e.ctrlKey || e.metaKey) && !e.altKey;
  if (ctrl && e.code === 'KeyK') return { name: 'search', detail: '' };
  if (ctrl && (e.code === 'Enter' || e.code === 'NumpadEnter')) return { name: 'finish', detail: '' };
  if (e.altKey && !e.ctrlKey && !e.metaKey) {
    if (e.code === 'KeyM') return { name: 'mark', detail: '' };
    if (e.code === 'ArrowLeft') return { name: 'draft', detail: '' };
    const digit = /^Digit([1-9])$/.exec(e.code)?.[1];
    if (digit) return { name: 'outcome', detail: digit };
  }
  if (plain && !typing && (e.key === '?' || (e.code === 'Slash' && e.shiftKey))) return { name: 'map', detail: '' };
  return null;
}

/** Says whether what has the focus takes letters. */
export function takesText(el: Element | null): boolean {
  if (!(el instanceof HTMLElement)) return false;
  if (el.isContentEditable || el instanceof HTMLTextAreaElement) return true;
  return el instanceof HTMLInputElement && !['button', 'checkbox', 'radio', 'range', 'submit', 'file'].includes(el.type);
}

let prefix = 0;

/** Listens for the keys of the whole app; gives the way to stop. */
export function listen(): () => void {
  const down = (e: KeyboardEvent) => {
    const typing = takesText(document.activeElement);
    const m = meaning(e, typing);
    if (m) {
      // A free digit is the other card while it is offered, else an outcome.
      const done = m.name === 'outcome' && press('other', m.detail) ? true : press(m.name, m.detail);
      if (done || functionKeys[e.code]) e.preventDefault();
      return;
    }
    if (typing || e.ctrlKey || e.altKey || e.metaKey) return;
    if (e.code === 'KeyG') {
      prefix = performance.now();
    } else if (performance.now() - prefix < 1_500 && /^Key[CMFRDTL]$/.test(e.code)) {
      prefix = 0;
      if (press('go', e.code.slice(3))) e.preventDefault();
    }
  };
  window.addEventListener('keydown', down);
  return () => window.removeEventListener('keydown', down);
}
