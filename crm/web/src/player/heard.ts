/** A stretch of a recording, in seconds of the file. */
export type Range = { from: number; to: number };

/** Further than this between two looks at the clock is a jump that nobody announced. */
const jump = 2;
/** Shorter is not listening. */
const blink = 0.05;

/**
 * What of a recording was really played. It is told where the sound begins, where it is now and that it stops, and
 * gives stretches: one each 5 s of the file, and what is left when the sound stops or jumps.
 */
export class Heard {
  private from: number | null = null;
  private to = 0;

  constructor(
    private readonly send: (range: Range) => void,
    private readonly every = 5,
  ) {}

  /** The sound begins, or goes on after a jump. */
  start(at: number) {
    this.stop();
    this.from = at;
    this.to = at;
  }

  /** The sound is here now. */
  at(place: number) {
    if (this.from === null) return;
    if (place < this.to - blink || place > this.to + jump) return this.start(place);
    this.to = Math.max(this.to, place);
    if (this.to - this.from < this.every) return;
    this.send({ from: this.from, to: this.to });
    this.from = this.to;
  }

  /** The sound stops. The place, where it is known: the clock may have gone on since the last look. */
  stop(place?: number) {
    if (place !== undefined) this.at(place);
    if (this.from !== null && this.to - this.from >= blink) this.send({ from: this.from, to: this.to });
    this.from = null;
  }
}
