import { describe, expect, it } from 'vitest';
import { CodedError } from '../../core/errors.ts';
import { countAt, positionOf } from '../../pages/match/state/count-scale.ts';
import { planIntake } from './intake.ts';
import type { Offer } from './intake.ts';

const file = (name: string) => new File(['x'], name);

function outcome(offer: Partial<Offer>) {
  try {
    return planIntake({ files: [], folders: [], text: '', ...offer });
  } catch (thrown) {
    return thrown instanceof CodedError && thrown.remedy ? thrown.code : 'not told';
  }
}

describe('planIntake', () => {
  it('takes one or two files', () => {
    const files = [file('1.jpg'), file('2.jpg')];
    expect(outcome({ files: [files[0]] })).toEqual({ kind: 'files', files: [files[0]] });
    expect(outcome({ files })).toEqual({ kind: 'files', files });
  });

  it('prefers the file of a picture dragged out of a page to its address', () => {
    expect(outcome({ files: [file('1.jpg')], text: 'https://x.test/1.jpg' })).toMatchObject({ kind: 'files' });
  });

  it.each(['https://x.test/1.jpg', ' http://x.test/1.jpg \r\n', '# comment\nhttps://x.test/1.jpg'])(
    'takes the address %j',
    (text) => {
      expect(outcome({ text })).toMatchObject({ kind: 'address' });
    },
  );

  it.each([
    ['l2m++_560x560v2.pth.ckpt'],
    ['model.safetensors'],
    ['encoder.onnx', 'encoder.data', 'decoder.ONNX', 'manifest.json'],
  ])('takes %s for a model', (...names) => {
    const files = names.map(file);
    expect(outcome({ files })).toEqual({ kind: 'models', files });
  });

  it.each([
    ['a photo and a model', { files: [file('1.jpg'), file('a.pth')] }, 'drop-mixed'],
    ['ten files', { files: Array.from({ length: 10 }, (_, i) => file(`${i}.jpg`)) }, 'drop-too-many'],
    ['a table', { files: [file('points.CSV')] }, 'drop-table'],
    ['a folder', { folders: ['holiday'] }, 'drop-folder'],
    ['a folder and a file', { folders: ['holiday'], files: [file('1.jpg')] }, 'drop-folder'],
    ['a text selection', { text: 'Lorem ipsum' }, 'drop-text'],
    ['several addresses', { text: 'https://x.test/1.jpg\nhttps://x.test/2.jpg' }, 'drop-text'],
    ['a script address', { text: 'javascript:alert(1)' }, 'drop-text'],
    ['a data address', { text: 'data:image/png;base64,AAAA' }, 'drop-text'],
  ])('refuses %s with a remedy', (_name, offer, code) => {
    expect(outcome(offer)).toBe(code);
  });

  it('ignores an empty offer', () => {
    expect(outcome({})).toBeNull();
    expect(outcome({ text: ' \n ' })).toBeNull();
  });
});

describe('count scale', () => {
  it('spans 10 to 10,000 in round numbers that come back', () => {
    expect([0, 1 / 3, 2 / 3, 1].map(countAt)).toEqual([10, 100, 1000, 10_000]);
    for (let i = 0; i <= 100; i++) {
      const count = countAt(i / 100);
      expect(countAt(positionOf(count))).toBe(count);
    }
  });
});
