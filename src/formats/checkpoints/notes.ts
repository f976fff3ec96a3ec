import { MAX_NOTES } from '../limits.ts';

const PLAIN_NAMES_SHOWN = 12;

/** Collects what a reader skipped; long lists are cut with their count, so that a report stays readable. */
export class Notes {
  readonly #lines: string[] = [];
  readonly #plainNames: string[] = [];
  #more = 0;
  #plain = 0;

  add(line: string): void {
    if (this.#lines.length < MAX_NOTES) this.#lines.push(line);
    else this.#more++;
  }

  /** A number, text or the like beside the tensors: all of them share one line. */
  addPlain(name: string): void {
    this.#plain++;
    if (this.#plainNames.length < PLAIN_NAMES_SHOWN) this.#plainNames.push(name);
  }

  lines(): readonly string[] {
    const lines = [...this.#lines];
    if (this.#more > 0) lines.push(`and ${this.#more} more`);
    if (this.#plain > 0) {
      const hidden = this.#plain - this.#plainNames.length;
      lines.push(`plain values, not used: ${this.#plainNames.join(', ')}${hidden > 0 ? ` and ${hidden} more` : ''}`);
    }
    return lines;
  }
}
