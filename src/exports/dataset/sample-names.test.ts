import { describe, expect, it } from 'vitest';
import { photoStems, sampleName, sampleSeed } from './sample-names.ts';

describe('photoStems', () => {
  it('are the names without folder and ending', () => {
    const names = ['in/a.b.jpg', 'c.png', 'd', '.hidden.jpg', 'Café 1.jpeg'];
    expect(photoStems(names)).toEqual(['a.b', 'c', 'd', 'hidden', 'Café 1']);
  });

  it('never collide, not even where case does not count, and stay the same when others come', () => {
    expect(photoStems(['a.jpg', 'A.png', 'b.jpg'])).toEqual(['a.jpg', 'A.png', 'b']);
    expect(photoStems(['x/a.jpg', 'y/a.jpg', 'z/a.jpg'])).toEqual(['a.jpg', 'a.jpg-2', 'a.jpg-3']);
    expect(photoStems(['b.jpg', 'q.png'])[0]).toBe(photoStems(['b.jpg'])[0]);
  });

  it('are names that every file system takes', () => {
    const long = `${'🙂'.repeat(300)}.jpg`;
    const stems = photoStems(['../../etc/passwd', 'a:b?*"<>|c.jpg', 'x\u0000y.jpg', '...', long, '']);
    for (const stem of stems) {
      expect(stem).toMatch(/^[^/\\:*?"<>|\u0000-\u001f.][^/\\:*?"<>|\u0000-\u001f]*$/u);
      expect(new TextEncoder().encode(`${stem}_000.png.part`).length).toBeLessThan(256);
    }
  });
});

describe('sampleSeed', () => {
  it('differs by seed, photo and view, and is a whole number of 32 bits', () => {
    const seeds = [1, 2].flatMap((seed) => {
      return ['a', 'b', 'a_1'].flatMap((stem) => [0, 1, 11].map((view) => sampleSeed(seed, stem, view)));
    });
    expect(new Set(seeds).size).toBe(seeds.length);
    expect(seeds.every((seed) => Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32)).toBe(true);
    expect(sampleName('a', 7)).toBe('a_007');
  });
});
