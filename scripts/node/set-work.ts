import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isCancelled, toPlainError } from '../../src/core/errors.ts';
import { encodePairFile, type PairFile, parsePairFile } from '../../src/formats/sets/pair-file.ts';

/** Writes a file that has its name only when it is whole: a run may be stopped, and another may read meanwhile. */
export function writeWhole(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  const part = `${path}.${process.pid}.part`;
  writeFileSync(part, content);
  renameSync(part, path);
}

export const keyOf = (facts: unknown): string => createHash('sha256').update(JSON.stringify(facts)).digest('hex');

/** Most pairs are looked at once; see sets/lonely.ts. */
export type Look = 'first' | 'again';
const ENDINGS: Record<Look, string> = { first: 'npz', again: 'again.npz' };

/** What a set's pairs are kept in between runs: one file a pair, under the names of both photos. */
export class SetWork {
  constructor(private readonly folder: string) {}

  /** The pair, if it was matched from the same photos by the same model and settings; `look`: the first, or the longer one. */
  async read(names: readonly [string, string], key: string, look: Look = 'first'): Promise<PairFile | null> {
    const path = this.pathOf(names, ENDINGS[look]);
    if (!existsSync(path)) return null;
    try {
      const pair = await parsePairFile(readFileSync(path));
      return pair.key === key ? pair : null;
    } catch (thrown) {
      if (isCancelled(thrown)) throw thrown;
      // Cut off or damaged: matched again.
      return null;
    }
  }

  async write(pair: PairFile, look: Look = 'first'): Promise<void> {
    writeWhole(this.pathOf(pair.names, ENDINGS[look]), await encodePairFile(pair));
    rmSync(this.pathOf(pair.names, 'failed.json'), { force: true });
  }

  /** Why the pair could not be matched, as it was noted. */
  failure(names: readonly [string, string], key: string): string | null {
    const path = this.pathOf(names, 'failed.json');
    if (!existsSync(path)) return null;
    const noted = JSON.parse(readFileSync(path, 'utf8')) as { key: string; message: string };
    return noted.key === key ? noted.message : null;
  }

  fail(names: readonly [string, string], key: string, thrown: unknown): string {
    const { message } = toPlainError(thrown);
    writeWhole(this.pathOf(names, 'failed.json'), JSON.stringify({ key, message }));
    return message;
  }

  private pathOf(names: readonly [string, string], ending: string): string {
    const plain = names.map((name) => name.replace(/[^\p{L}\p{N}_.-]+/gu, '_')).join('--');
    // Two pairs of names may be alike once they are plain.
    return join(this.folder, 'pairs', `${plain}.${keyOf(names).slice(0, 8)}.${ending}`);
  }
}
