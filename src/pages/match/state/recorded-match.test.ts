import { describe, expect, it } from 'vitest';
import { fetchRecorded, recordedMatch } from './recorded-match.ts';

const photo = (url: string) => ({ opening: null, photo: { source: { kind: 'address', url } } }) as never;
const SAMPLE = { id: 's', title: '', description: '', a: 'x/a.jpg', b: 'x/b.jpg', match: 'x/match.zip' } as never;
const STATE = {
  photos: { a: photo('x/a.jpg'), b: photo('x/b.jpg') },
  samples: [SAMPLE],
  models: [{ id: 'm', weights: 'w' } as never],
  settings: { modelId: null, provider: 'auto', longSide: null, rescue: true } as const,
};

describe('the recorded match', () => {
  it("is shown for a sample's own photos in their order, with the settings of a first visit, of known weights", () => {
    expect(recordedMatch(STATE)).toEqual({ url: 'x/match.zip', weights: 'w' });
    const { a, b } = STATE.photos;
    const others = [
      { photos: { a: b, b: a } },
      { photos: { a, b: photo('other.jpg') } },
      { photos: { a, b: { opening: null, photo: { source: { kind: 'file' } } } as never } },
      { samples: [{ ...(SAMPLE as object), match: undefined } as never] },
      { models: [{ id: 'm' } as never] },
      { settings: { ...STATE.settings, longSide: 256 } },
      { settings: { ...STATE.settings, rescue: false } },
      { settings: { ...STATE.settings, provider: 'wasm' as const } },
    ];
    for (const other of others) expect(recordedMatch({ ...STATE, ...other })).toBeNull();
  });

  it('is done without where it cannot be had, and is not asked for twice once cancelled', async () => {
    const signal = new AbortController().signal;
    const answer = (response: Response) => fetchRecorded('u', signal, (async () => response) as typeof fetch);
    expect((await answer(new Response('abc')))?.size).toBe(3);
    expect(await answer(new Response('', { status: 404 }))).toBeNull();
    expect(await answer(new Response('x', { headers: { 'content-length': '99999999' } }))).toBeNull();
    const lost = async () => Promise.reject(new TypeError('network'));
    expect(await fetchRecorded('u', signal, lost)).toBeNull();
    await expect(fetchRecorded('u', AbortSignal.abort(), lost)).rejects.toMatchObject({ code: 'cancelled' });
  });
});
