import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { quadrants, storedAs } from './picture.ts';
import { chunk, COLOUR_TYPE, ihdr, pixels, png, rgbPng, rowsOf } from './png.ts';

/**
 * The files that need an encoder which Node does not have. Made once with ImageMagick 6.9 and committed;
 * another version writes other bytes of the same meaning.
 */
const COMMANDS: Record<string, string[]> = {
  'photo.heic': ['a.png', '-quality', '40'],
  'photo.avif': ['a.png', '-quality', '60'],
  'photo.webp': ['a.png', '-quality', '80'],
  'lossless.webp': ['a.png', '-define', 'webp:lossless=true'],
  'alpha.webp': ['c.png', '-quality', '80'],
  'animated.webp': ['-delay', '20', 'a.png', 'b.png', '-loop', '0', '-quality', '80'],
  'cmyk.jpg': ['a.png', '-colorspace', 'CMYK', '-quality', '80'],
  'progressive.jpg': ['a.png', '-interlace', 'JPEG', '-quality', '80'],
};

/** Writes them into `folder` with the `convert` on the path. */
export function encodeWithMagick(folder: string): void {
  const work = mkdtempSync(join(tmpdir(), 'odd-files-'));
  const photo = quadrants(160, 120);
  writeFileSync(join(work, 'a.png'), rgbPng(photo));
  writeFileSync(join(work, 'b.png'), rgbPng(storedAs(photo, 3)));
  const half = rowsOf(photo, (r, g, b, x) => [r, g, b, x < 80 ? 80 : 255]);
  writeFileSync(join(work, 'c.png'), png(ihdr(160, 120, 8, COLOUR_TYPE.rgba), chunk('IDAT', pixels(half))));
  for (const [file, options] of Object.entries(COMMANDS)) {
    execFileSync('convert', [...options, '-strip', resolve(folder, file)], { cwd: work });
  }
  rmSync(work, { recursive: true });
}
