/** What no file system refuses: no separators, no characters that Windows reserves, no control characters. */
const RESERVED = /[/\\:*?"<>|\u0000-\u001f\u007f]+/g;
/** Far below the 255 bytes that file systems allow a name, whatever its letters. */
const MAX_STEM = 60;

/**
 * A stem for each photo, its name without folder and extension; the whole file name where several photos share a
 * stem, and a number after it where even that is not enough. Adding photos changes no other's stem but theirs.
 */
export function photoStems(names: readonly string[]): string[] {
  const short = names.map((name) => cleaned(baseName(name).replace(/\.[^.]+$/, '')));
  const long = names.map((name) => cleaned(baseName(name)));
  const taken = new Set<string>();
  return names.map((_, i) => {
    const isShared = short.some((stem, j) => j !== i && stem.toLowerCase() === short[i].toLowerCase());
    const stem = isShared ? long[i] : short[i];
    let unique = stem;
    // Compared without case: many file systems do.
    for (let n = 2; taken.has(unique.toLowerCase()); n++) unique = `${stem}-${n}`;
    taken.add(unique.toLowerCase());
    return unique;
  });
}

/** Name of a view's files without extension: three digits sort as far as anybody goes. */
export const sampleName = (stem: string, view: number): string => `${stem}_${String(view).padStart(3, '0')}`;

/**
 * Seed of everything that is drawn for one view, from the dataset's seed, the photo's stem and the view's number
 * alone, so that adding photos or views changes no other. FNV-1a over the three, 32 bits.
 */
export function sampleSeed(seed: number, stem: string, view: number): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(`${seed}/${stem}/${view}`)) {
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  return hash >>> 0;
}

const baseName = (name: string): string => name.split(/[/\\]/).pop() ?? name;

function cleaned(name: string): string {
  // Letters, not UTF-16 units, are counted, so that none is cut in half.
  const safe = [
    ...name
      .normalize('NFC')
      .replace(RESERVED, '_')
      .replace(/^[.\s]+|[.\s]+$/g, ''),
  ].slice(0, MAX_STEM);
  return safe.join('') || 'photo';
}
