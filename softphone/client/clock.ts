/** The server's clock as seen from here: the message that travelled fastest tells it best. */
export class ServerClock {
  private samples: number[] = [];

  /** Takes the time that a message carries, and gives milliseconds to add to our clock. */
  heard(at: string, now: number): number {
    const ahead = Date.parse(at) - now;
    if (Number.isFinite(ahead)) this.samples = [...this.samples.slice(-29), ahead];
    return this.offset;
  }

  /** Milliseconds to add to our clock. A message is never early, so the largest difference is the truest. */
  get offset(): number {
    return this.samples.length === 0 ? 0 : Math.max(...this.samples);
  }
}
