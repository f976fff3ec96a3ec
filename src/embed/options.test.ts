import { describe, expect, it } from 'vitest';
import { parseEmbedOptions } from './options.ts';

const OWN = 'https://app.example';

describe('parseEmbedOptions', () => {
  it('reads photos, view and what is the embed’s own', () => {
    const options = parseEmbedOptions('?a=l.jpg&b=r.jpg&view=flow&theme=dark&controls=0&autorun=1&share=m.zip', OWN);
    expect(options).toMatchObject({ share: 'm.zip', theme: 'dark', controls: false, autorun: true, origins: [OWN] });
    expect(options.address).toMatchObject({ photos: { a: 'l.jpg', b: 'r.jpg' }, view: { view: 'flow' } });
  });

  it('starts nothing by itself and shows controls where nothing is said', () => {
    expect(parseEmbedOptions('', OWN)).toMatchObject({ share: null, theme: 'auto', controls: true, autorun: false });
    expect(parseEmbedOptions('?theme=pink&autorun=yes', OWN)).toMatchObject({ theme: 'auto', autorun: false });
  });

  it('reads allowed origins as origins, whatever else stands there', () => {
    const origins = (query: string, own = OWN) => parseEmbedOptions(query, own).origins;
    expect(origins('?origin=https://a.example/page?x,https://b.example:8443&origin=http://c.example')).toEqual([
      'https://a.example',
      'https://b.example:8443',
      'http://c.example',
    ]);
    expect(origins('?origin=*')).toEqual(['*']);
    expect(origins('?origin=nonsense,data:text/html,x', 'null')).toEqual([]);
  });

  it('in a sandbox, whose origin names nobody, allows nobody by itself', () => {
    expect(parseEmbedOptions('', 'null').origins).toEqual([]);
  });
});
