import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Plugin } from 'vite';

/** `#import "file.wgsl"` on a line of its own, the path relative to the file that says it. */
const IMPORT = /^#import "([^"]+)"[^\S\n]*$/gm;

export interface LinkedWgsl {
  /** One WGSL module: the file behind all that it imports, each file once. */
  code: string;
  /** Every file in it, in that order, the asked one last. */
  files: string[];
}

/**
 * A WGSL file with everything that it imports, directly or not. WGSL itself has no imports; declarations of a module may
 * stand in any order, so linking is joining. Names are shared by all files of a module: two that declare the same name
 * are an error of the compiler.
 *
 * @param entry absolute path
 * @throws Error naming the file whose import is missing, or the circle
 */
export function linkWgsl(entry: string, read = (path: string) => readFileSync(path, 'utf8')): LinkedWgsl {
  const parts = new Map<string, string>();
  const add = (file: string, from: readonly string[]) => {
    if (parts.has(file)) return;
    if (from.includes(file)) throw new Error(`WGSL files import each other: ${[...from, file].join(' → ')}`);
    let text: string;
    try {
      text = read(file);
    } catch (cause) {
      throw new Error(`${from.at(-1) ?? 'nobody'} imports ${file}, which cannot be read`, { cause });
    }
    for (const [, path] of text.matchAll(IMPORT)) add(resolve(dirname(file), path), [...from, file]);
    parts.set(file, text.replaceAll(IMPORT, '').trim());
  };
  add(entry, []);
  return { code: `${[...parts.values()].join('\n\n')}\n`, files: [...parts.keys()] };
}

const PART = '?part';

/** WGSL has no strings: two slashes always begin a comment, which nobody needs on a GPU. */
const withoutComments = (text: string): string =>
  `${text
    .replaceAll(/\/\/.*/g, '')
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
    .join('\n')}\n`;

/** Lets TypeScript import a .wgsl file as its linked text, in the page, its workers and tests alike. */
export function wgsl(): Plugin {
  return {
    name: 'wgsl',
    enforce: 'pre',
    load(id) {
      // What several modules import is in the build once: each file is a module of its own, and linking joins them.
      if (id.endsWith(`.wgsl${PART}`)) {
        const text = withoutComments(readFileSync(id.slice(0, -PART.length), 'utf8').replaceAll(IMPORT, ''));
        return { code: `export default ${JSON.stringify(text)};`, map: null, moduleType: 'js' };
      }
      if (!id.endsWith('.wgsl')) return null;
      const { files } = linkWgsl(id);
      for (const file of files) this.addWatchFile(file);
      const imports = files.map((file, i) => `import p${i} from ${JSON.stringify(file.replaceAll('\\', '/') + PART)};`);
      const joined = files.map((_, i) => `p${i}`).join(' + ');
      return { code: `${imports.join('\n')}\nexport default ${joined};`, map: null, moduleType: 'js' };
    },
  };
}
