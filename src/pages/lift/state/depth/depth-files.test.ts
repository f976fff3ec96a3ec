import { describe, expect, it } from 'vitest';
import { guessMeaning, isDepthFile, pairPhotos } from './depth-files.ts';

/** A PNG's first bytes: signature, IHDR, 1 × 1, with these bits a channel and this colour type. */
function png(name: string, bits: number, colorType: number): File {
  const head = [0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52, 0, 0, 0, 1, 0, 0, 0, 1];
  return new File([new Uint8Array([...head, bits, colorType, 0, 0, 0])], name);
}
const file = (name: string) => new File(['x'], name);

describe('depth maps among files', () => {
  it('knows them by format, by name, and as 16-bit grey', async () => {
    const kinds: [File, boolean][] = [
      [file('a.npy'), true],
      [file('a.PFM'), true],
      [png('a.png', 16, 0), true],
      [png('a.png', 8, 0), false],
      [png('a.png', 16, 2), false],
      [png('a_depth.png', 8, 2), true],
      [png('left-disp.png', 8, 0), true],
      [png('display.png', 8, 2), false],
      [file('a.jpg'), false],
      [file('depth.jpg'), false],
    ];
    for (const [one, isDepth] of kinds) expect([one.name, await isDepthFile(one)]).toEqual([one.name, isDepth]);
  });

  it('guesses what their values mean', async () => {
    expect(await guessMeaning(file('a.npy'))).toBe('depth');
    expect(await guessMeaning(file('a.pfm'))).toBe('disparity');
    expect(await guessMeaning(png('a.png', 16, 0))).toBe('depth');
    expect(await guessMeaning(png('a.png', 8, 0))).toBe('disparity');
    expect(await guessMeaning(png('a_disparity.png', 16, 0))).toBe('disparity');
  });

  it('gives every photo of a folder the map of its name', async () => {
    const files = [file('notes.txt'), file('b.jpg'), file('a.jpg'), file('a.npy'), png('b_depth.png', 16, 0)];
    const photos = await pairPhotos(files);
    expect(photos).toMatchObject([
      { name: 'a.jpg', depth: { kind: 'file', name: 'a.npy', meaning: 'depth' } },
      { name: 'b.jpg', depth: { kind: 'file', name: 'b_depth.png', meaning: 'depth' } },
    ]);
  });
});
