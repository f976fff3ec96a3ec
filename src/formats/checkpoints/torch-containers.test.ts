import { describe, expect, it } from 'vitest';
import { bytesSource } from '../byte-source.ts';
import { openCheckpoint } from './checkpoint.ts';
import { codeOf, countingSource } from '../fixtures.test-helper.ts';
import { ZipWriter } from '../archives/zip-writer.ts';

const latin1 = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

/** Four floats 0 to 3, the storage of every tensor here. */
const FLOATS = new Uint8Array(Float32Array.of(0, 1, 2, 3).buffer);

/** A pickled tensor over storage 0, in protocol 0; the values are pickled text themselves. */
const tensor = ({ offset = 'I0\n', shape = '(I4\nt', strides = '(I1\nt', key = 'V0\n', type = 'FloatStorage' } = {}) =>
  `ctorch._utils\n_rebuild_tensor_v2\n((Vstorage\nctorch\n${type}\n${key}Vcpu\nI4\ntQ` +
  `${offset}${shape}${strides}I00\nNtR`;

/** A dictionary of pickled values. */
const dict = (items: Record<string, string>) =>
  `(d${Object.entries(items)
    .map(([key, value]) => `V${key}\n${value}s`)
    .join('')}`;

async function zipped(pickle: string, others: Record<string, Uint8Array<ArrayBuffer>> = {}) {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const writer = new ZipWriter((part) => void parts.push(part));
  const entries = { 'data.pkl': latin1(`${pickle}.`), 'data/0': FLOATS, ...others };
  for (const [name, bytes] of Object.entries(entries)) await writer.add(`m/${name}`, bytes);
  await writer.finish();
  return bytesSource(new Uint8Array(await new Blob(parts).arrayBuffer()));
}

const LEGACY_MAGIC = '\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.';

function legacy(
  pickle: string,
  { protocol = 1001, little = 'I01\n', keys = '(lV0\na', count = 4n, magic = LEGACY_MAGIC } = {},
) {
  const system = dict({ little_endian: little });
  const head = latin1(`${magic}I${protocol}\n.${system}.${pickle}.${keys}.`);
  const file = new Uint8Array(head.length + 8 + FLOATS.length);
  file.set(head);
  new DataView(file.buffer).setBigInt64(head.length, count, true);
  file.set(FLOATS, head.length + 8);
  return bytesSource(file);
}

const open = async (source: ReturnType<typeof bytesSource> | Promise<ReturnType<typeof bytesSource>>) =>
  openCheckpoint(await source, 'test.pth');

describe('tensors of a torch zip', () => {
  it('are found in dictionaries and lists, however deep', async () => {
    const { tensors } = await open(
      zipped(dict({ a: dict({ b: `(l${tensor()}a${tensor({ shape: '(t', strides: '(t', offset: 'I2\n' })}a` }) })),
    );
    expect([...tensors.keys()]).toEqual(['a.b.0', 'a.b.1']);
    expect(await tensors.get('a.b.1')!.readFloat32()).toEqual(Float32Array.of(2));
    expect(tensors.get('a.b.1')!.shape).toEqual([]);
  });

  it('keep apart when their keys join to the same name', async () => {
    const { tensors, notes } = await open(
      zipped(dict({ a: dict({ b: tensor() }), 'a.b': tensor({ offset: 'I3\n', shape: '(I1\nt' }) })),
    );
    expect([...tensors].map(([name, { path }]) => [name, path])).toEqual([
      ['a.b', ['a', 'b']],
      ['a.b#2', ['a.b']],
    ]);
    expect(notes).toHaveLength(1);
  });

  it.each([
    ['a storage that is not in the file', tensor({ key: 'V7\n' }), 'torch-malformed'],
    ['a view past its storage', tensor({ offset: 'I1\n' }), 'tensor-malformed'],
    ['a type wider than its storage', tensor({ type: 'DoubleStorage' }), 'tensor-malformed'],
    ['a negative offset', tensor({ offset: 'I-1\n' }), 'torch-malformed'],
    ['a shape that is text', tensor({ shape: 'V4\n' }), 'torch-malformed'],
    ['a shape with a float', tensor({ shape: '(F4.5\nt' }), 'torch-malformed'],
    ['a huge integer', tensor({ shape: '(L99999999999999999999L\nt' }), 'torch-malformed'],
    ['more strides than dimensions', tensor({ strides: '(I1\nI1\nt' }), 'tensor-malformed'],
    ['a tensor without a storage', 'ctorch._utils\n_rebuild_tensor_v2\n(NI0\n(t(ttR', 'torch-malformed'],
  ])('are refused for %s', async (_, pickled, code) => {
    expect(await codeOf(open(zipped(dict({ w: pickled }))))).toBe(code);
  });

  it('are found beside a dictionary that contains itself', async () => {
    const { tensors, notes } = await open(zipped(`(dp1\nVself\ng1\nsVw\n${tensor()}s`));
    expect([...tensors.keys()]).toEqual(['w']);
    expect(notes).toEqual(['self: contains itself, skipped']);
  });

  it('are not looked for in a structure that unfolds without end', async () => {
    // Ten references to ten references to …: 200 bytes that stand for 10^12 values.
    let laughs = '(lp0\n';
    for (let level = 1; level <= 12; level++) laughs += `(${`g${level - 1}\n`.repeat(10)}lp${level}\n`;
    expect(await codeOf(open(zipped(laughs)))).toBe('limit-exceeded');
    expect(await codeOf(open(zipped('(dVk\n'.repeat(70) + tensor() + 's'.repeat(70))))).toBe('limit-exceeded');
  });

  it('are not taken from a pickled model or a program', async () => {
    expect(await codeOf(open(zipped('cmy.nets\nViT\n(t\x81')))).toBe('unsupported-checkpoint');
    expect(await codeOf(open(zipped('(d', { 'constants.pkl': latin1('(t.') })))).toBe('unsupported-checkpoint');
  });

  it('are little endian', async () => {
    expect(await codeOf(open(zipped('(d', { byteorder: latin1('big') })))).toBe('unsupported-checkpoint');
    expect((await open(zipped(dict({ w: tensor() }), { byteorder: latin1('little') }))).tensors.size).toBe(1);
  });

  it('that are of unknown classes of tensors or storages are skipped', async () => {
    const { tensors, notes } = await open(zipped(dict({ q: tensor({ type: 'QInt8Storage' }), w: tensor() })));
    expect([...tensors.keys()]).toEqual(['w']);
    expect(notes[0]).toMatch(/^q: /);
  });
});

describe('a report', () => {
  it('stays short when a file is full of other things', async () => {
    const items: Record<string, string> = {};
    for (let i = 0; i < 300; i++) items[`n${i}`] = 'I1\n';
    for (let i = 0; i < 300; i++) items[`o${i}`] = 'cmy.data\nThing\n(tR';
    const { notes } = await open(zipped(dict(items)));
    expect(notes.length).toBeLessThan(110);
    expect(notes.at(-2)).toBe('and 200 more');
    expect(notes.at(-1)).toMatch(/^plain values, not used: n0, .* and 288 more$/);
  });
});

describe('the legacy container', () => {
  const state = dict({ w: tensor() });

  it('is read, also when its pickle is longer than the first look', async () => {
    const source = countingSource(legacy(dict({ w: tensor(), log: `V${'x'.repeat(300_000)}\n` })));
    const { format, tensors } = await open(source);
    expect(format).toBe('torch-legacy');
    expect(await tensors.get('w')!.readFloat32()).toEqual(Float32Array.of(0, 1, 2, 3));
  });

  it.each([
    ['another magic number', legacy(state, { magic: LEGACY_MAGIC.replace('\x19', '\x18') }), 'unsupported-checkpoint'],
    ['an unknown protocol', legacy(state, { protocol: 1002 }), 'torch-malformed'],
    ['big-endian numbers', legacy(state, { little: 'I00\n' }), 'unsupported-checkpoint'],
    ['a storage that no tensor has', legacy(state, { keys: '(lV1\na' }), 'torch-malformed'],
    ['no list of storages', legacy(state, { keys: 'N' }), 'torch-malformed'],
    ['no storage for a tensor', legacy(state, { keys: '(l' }), 'torch-malformed'],
    ['a storage with fewer elements than the tensor', legacy(state, { count: 3n }), 'tensor-malformed'],
    ['a storage with more elements than the file', legacy(state, { count: 5n }), 'truncated'],
    ['a storage of absurd length', legacy(state, { count: 2n ** 62n }), 'torch-malformed'],
    ['a storage of negative length', legacy(state, { count: -1n }), 'torch-malformed'],
  ])('is refused for %s', async (_, source, code) => {
    expect(await codeOf(open(source))).toBe(code);
  });
});
