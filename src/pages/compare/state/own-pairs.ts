import type { Photo } from '../../../workspace/types.ts';
import type { BySlot, HandedPair, ScoredPair } from '../contract.ts';
import type { CompareSettings } from '../settings.ts';
import { CodedError } from '../../../core/errors.ts';
import type { CompareContext } from './context.ts';

/** What it needs of the comparison. */
interface OwnPairsContext extends CompareContext {
  photos(): BySlot<Photo>;
  update(settings: Partial<CompareSettings>): void;
}

/** Pairs of the person's own whose true correspondence is known. */
export class OwnPairs {
  private nextId = 1;

  constructor(private readonly compare: OwnPairsContext) {}

  /**
   * Takes files that tell how photo A lies in photo B as they are now.
   * @throws CodedError `truth-no-photos`, or what the worker says of the files
   */
  async addFiles(files: readonly File[]): Promise<void> {
    const { a, b } = this.compare.photos();
    if (!a || !b) {
      throw new CodedError(
        'truth-no-photos',
        `“${files[0].name}” tells how photo A lies in photo B, and one of them is missing.`,
        'Drop both photos with it, or choose them first.',
      );
    }
    const truth = files.map((file) => ({ name: file.name, file }));
    const title = `${a.name} → ${b.name} (${files.map(({ name }) => name).join(', ')})`;
    await this.add(title, { a: a.file, b: b.file, truth });
    this.compare.update({ page: 'scores' });
  }

  /** Takes a pair that was made elsewhere on the page. Rejects as {@link addFiles} does. */
  async addPair({ name, a, b, truth }: HandedPair): Promise<void> {
    await this.add(name, { a, b, truth: [{ name: `${name}.npz`, file: truth }] });
  }

  remove(id: number): void {
    this.compare.store.setState(({ ownPairs }) => ({ ownPairs: ownPairs.filter((pair) => pair.id !== id) }));
  }

  /** A pair of the same title is replaced. */
  private async add(title: string, pair: ScoredPair): Promise<void> {
    const truth = await this.compare.link.call('inspectTruth', { pair });
    const added = { id: this.nextId++, title, pair, truth };
    this.compare.store.setState(({ ownPairs }) => ({
      ownPairs: [...ownPairs.filter((known) => known.title !== title), added],
    }));
  }
}
