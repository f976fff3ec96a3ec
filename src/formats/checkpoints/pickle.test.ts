import { describe, expect, it } from 'vitest';
import { fixture } from '../fixtures.test-helper.ts';
import { unpickle } from './pickle.ts';
import type { PickleValue } from './pickle-values.ts';
import { ForeignObject, PickleGlobal } from './pickle-values.ts';
import { torchPolicy } from './torch-objects.ts';

const read = (text: string): PickleValue =>
  unpickle(
    Uint8Array.from(text, (character) => character.charCodeAt(0)),
    torchPolicy,
  ).value;

/** The error code of reading `text`. */
const code = (text: string): string => {
  try {
    read(text);
  } catch (thrown) {
    return (thrown as { code: string }).code;
  }
  return 'none';
};

describe('unpickle', () => {
  it.each([0, 1, 2, 3, 4, 5])('reads what CPython writes with protocol %i', (protocol) => {
    const { value, end } = unpickle(fixture(`plain-${protocol}.pkl`), torchPolicy);
    expect(end).toBe(fixture(`plain-${protocol}.pkl`).length);
    const tuples = [[], [1], [1, 2], [1, 2, 3], [1, 2, 3, 4]];
    expect(value).toEqual(
      new Map<string, unknown>([
        ['integers', [0, 255, 65535, -1, 2 ** 31, -(2 ** 40), 2n ** 70n]],
        ['floats', [0.5, -1e-300, Infinity]],
        ['text', ['', 'plain', 'schön\n', '漢字', '😀']],
        ['truth', [true, false, null]],
        ['tuples', tuples],
        [
          'ordered',
          new Map([
            ['b', 1],
            ['a', 2],
          ]),
        ],
        ['again', tuples],
      ]),
    );
    const map = value as Map<string, PickleValue>;
    expect(map.get('again')).toBe(map.get('tuples'));
  });

  it.each([
    ['REDUCE', 'cposix\nsystem\n(Vls\ntR.', 'posix.system'],
    ['REDUCE of a Python 2 module', 'c__builtin__\neval\n(V1\ntR.', '__builtin__.eval'],
    ['INST', '(Vls\nios\nsystem\n.', 'os.system'],
    ['OBJ', '(cnt\nsystem\nVls\no.', 'nt.system'],
    ['NEWOBJ', 'csubprocess\nPopen\n(Vls\nt\x81.', 'subprocess.Popen'],
    ['NEWOBJ of a function', 'cbuiltins\nexec\n(V1\nt\x81.', 'builtins.exec'],
    ['STACK_GLOBAL', '\x8c\x08builtins\x8c\x07getattr\x93(V1\ntR.', 'builtins.getattr'],
    ['a submodule', 'cos.path\nJoin\n(tR.', 'os.path.Join'],
    ['a walk through attributes', 'ctorch\nTensor.__class__\n(tR.', 'torch.Tensor.__class__'],
    ['an unknown function', 'cmy_project.hooks\nrun_me\n(tR.', 'my_project.hooks.run_me'],
    ['a helper of copyreg', 'ccopyreg\n_reconstructor\n(cos\nsystem\ntR.', 'os.system'],
    ['a nested torch.load', 'ctorch.storage\n_load_from_bytes\n(C\x01xtR.', 'torch.storage._load_from_bytes'],
    ['a method by getattr', 'cbuiltins\ngetattr\n(cos\nPathLike\nVx\ntR.', 'os.PathLike'],
    ['a found method', 'cbuiltins\ngetattr\n(cmy.data\nKind\nVrun\ntR(tR.', 'an object that the file made itself'],
    ['the result of a call', 'cfunctools\npartial\n(cos\nsystem\ntR(tR.', 'an object that the file made itself'],
    ['state set on a class', 'ctorch\nTensor\n}b.', 'torch.Tensor.__setstate__'],
    ['the extension registry', '\x82\x01.', 'extension registry'],
  ])('refuses to call by %s, and names it', (_, pickle, name) => {
    expect(code(pickle)).toBe('pickle-refused');
    expect(() => read(pickle)).toThrow(name);
  });

  it('keeps instances of unknown classes as their name alone', () => {
    const made = read('ctypes\nSimpleNamespace\n(tR}Va\nI1\nsb.');
    expect(made).toEqual(new ForeignObject('types.SimpleNamespace'));
    expect(read('cmy.data\nConfig\n(t\x81}b.')).toEqual(new ForeignObject('my.data.Config'));
    expect(read('ccopyreg\n_reconstructor\n(cmy.data\nConfig\ncbuiltins\nobject\nNtR.')).toEqual(
      new ForeignObject('my.data.Config'),
    );
  });

  it('keeps members of enumerations as their name', () => {
    expect(read('cbuiltins\ngetattr\n(cmy.data\nKind\nVFAST\ntR.')).toEqual(new ForeignObject('my.data.Kind.FAST'));
  });

  it('keeps a name that is only mentioned', () => {
    expect(read('cos\nsystem\n.')).toEqual(new PickleGlobal('os', 'system'));
  });

  it('is not confused by keys of JavaScript objects', () => {
    expect(read('}V__proto__\nI1\ns.')).toEqual(new Map([['__proto__', 1]]));
    expect(code('ctoString\nvalueOf\n(tR.')).toBe('pickle-refused');
  });

  it.each([
    ['an unknown opcode', '\xff.', 'pickle-malformed'],
    ['an empty stack', '.', 'pickle-malformed'],
    ['a mark that is missing', 't.', 'pickle-malformed'],
    ['a memo that is missing', 'h\x05.', 'pickle-malformed'],
    ['an unknown protocol', '\x80\x09N.', 'pickle-malformed'],
    ['a key without a value', '}(Va\nu.', 'pickle-malformed'],
    ['no end', 'N', 'truncated'],
    ['a string that is longer than the file', 'X\xff\xff\xff\x7f.', 'truncated'],
    ['a string of 2^63 bytes', '\x8d\xff\xff\xff\xff\xff\xff\xff\x7f.', 'truncated'],
    ['a line without an end', 'I123', 'truncated'],
    ['an integer of too many digits', `I${'9'.repeat(5000)}\n.`, 'limit-exceeded'],
    ['an integer that is not one', 'I1x\n.', 'pickle-malformed'],
    ['a persistent id that is none', 'Vx\nQ.', 'torch-malformed'],
  ])('rejects %s', (_, pickle, expected) => {
    expect(code(pickle)).toBe(expected);
  });

  it('bounds what one byte of file may become in memory', () => {
    expect(code(`(${'}'.repeat(1_000_001)}`)).toBe('limit-exceeded');
    expect(code('N0'.repeat(2_500_001))).toBe('limit-exceeded');
  });
});
