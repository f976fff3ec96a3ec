import { describe, expect, it } from 'vitest';
import { RESULT } from '../fake-engine.ts';
import { DEFAULT_EMBED, embedSnippet, haveAddresses } from './embed-snippet.ts';
import { createMatchStore } from '../store.ts';
import type { Photo, PhotoSource } from '../../../../workspace/types.ts';

const BASE = 'https://site.test/app/';

function state(source: PhotoSource) {
  const photo = { name: 'x', source } as Photo;
  const slot = { photo, opening: null };
  const store = createMatchStore({ photos: { a: slot, b: slot }, result: RESULT });
  const { view } = store.getState();
  store.setState({ view: { ...view, view: 'flow' } });
  return store.getState();
}

const addressed = state({ kind: 'address', url: `${BASE}samples/%22x%22&y.jpg` });

describe('embedSnippet', () => {
  it('writes a sandboxed frame with absolute addresses, safe in HTML', () => {
    const html = embedSnippet(addressed, BASE, { ...DEFAULT_EMBED, autorun: true });
    const [, src] = /src="([^"]*)"/.exec(html)!;
    const url = new URL(src.replaceAll('&amp;', '&'));
    expect(url.href.startsWith(`${BASE}embed.html?`)).toBe(true);
    expect(Object.fromEntries(url.searchParams)).toEqual({
      autorun: '1',
      a: `${BASE}samples/%22x%22&y.jpg`,
      b: `${BASE}samples/%22x%22&y.jpg`,
      view: 'flow',
    });
    expect(html).toContain('aspect-ratio: 960 / ');
    expect(html).toMatch(/^<iframe [^<>]*sandbox="allow-scripts"[^<>]*><\/iframe>$/);
  });

  it('writes the custom element with a share file', () => {
    const choice = { ...DEFAULT_EMBED, kind: 'element', share: 'https://x.test/"><script>', controls: false } as const;
    const html = embedSnippet(addressed, BASE, choice);
    expect(html).toContain('<script type="module" src="https://site.test/app/lift-match.js"></script>');
    expect(html).toContain(
      '<lift-match share="https://x.test/&quot;&gt;&lt;script&gt;" controls="0" view="flow" height="auto" style=',
    );
    expect(html).not.toContain('a="');
  });

  it('knows that files have no address', () => {
    expect(haveAddresses(addressed)).toBe(true);
    expect(haveAddresses(state({ kind: 'file' }))).toBe(false);
  });
});
