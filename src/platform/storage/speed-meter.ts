/** Milliseconds of a download that its speed is told from. */
const WINDOW = 4000;
/** Less than this says nothing yet. */
const MIN_SPAN = 400;

/** The speed of a download over its last seconds. Times are in milliseconds on any one clock. */
export class SpeedMeter {
  private readonly samples: { time: number; loaded: number }[] = [];

  /** Bytes so far at a time; times must not decrease. */
  add(loaded: number, time: number): void {
    this.samples.push({ time, loaded });
    // One sample from before the window stays, so that a stall shows as a falling speed and not as none.
    while (this.samples.length > 2 && this.samples[1].time < time - WINDOW) this.samples.shift();
  }

  /** Bytes per second, or null until there is enough to tell. */
  get bytesPerSecond(): number | null {
    const [first, last] = [this.samples[0], this.samples[this.samples.length - 1]];
    if (!first || last.time - first.time < MIN_SPAN) return null;
    return (1000 * (last.loaded - first.loaded)) / (last.time - first.time);
  }
}
