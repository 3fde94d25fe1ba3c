const name = 'ringbook-phone';

/** Which tab of this browser has the phone: a lock that dies with its tab and keeps the tab from being frozen. */
export class Place {
  private release: (() => void) | null = null;

  /** Takes the place; by force it is taken from another tab. False when another tab has it. */
  async take(force: boolean, lost: () => void): Promise<boolean> {
    if (this.release || !navigator.locks) return true;
    return new Promise((resolve) => {
      const options: LockOptions = force ? { steal: true } : { ifAvailable: true };
      navigator.locks
        .request(name, options, (lock) => {
          if (!lock) {
            resolve(false);
            return undefined;
          }
          resolve(true);
          return new Promise<void>((done) => {
            this.release = done;
          });
        })
        .catch(() => {
          this.release = null; // stolen
          lost();
        });
    });
  }

  leave() {
    this.release?.();
    this.release = null;
  }
}
