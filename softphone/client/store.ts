/** A value that tells its listeners when it is replaced; made for `useSyncExternalStore`. */
export class Store<T extends object> {
  private listeners = new Set<() => void>();

  constructor(private value: T) {}

  get = (): T => this.value;

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Takes a new value; the same object is no change. */
  set(next: T) {
    if (next === this.value) return;
    this.value = next;
    for (const l of [...this.listeners]) l();
  }

  /** Changes some fields; nothing is told if they are the same. */
  patch(part: Partial<T>) {
    const differs = (Object.keys(part) as (keyof T)[]).some((k) => !Object.is(part[k], this.value[k]));
    if (differs) this.set({ ...this.value, ...part });
  }
}
