import { ByteReader } from '../byte-reader.ts';
import { MAX_PICKLE_BYTES, MAX_PICKLE_CONTAINERS, MAX_PICKLE_OPCODES } from '../limits.ts';
import { tooLarge } from '../malformed.ts';
import { refused } from './pickle-globals.ts';
import { Op } from './pickle-opcodes.ts';
import { broken, decimal, float, integerOrBoolean, rawUnicode, twosComplement, unquote } from './pickle-text.ts';
import type { PicklePolicy, PickleValue } from './pickle-values.ts';
import { ForeignObject, PickleExtension, PickleGlobal } from './pickle-values.ts';

export interface Unpickled {
  readonly value: PickleValue;
  /** Where the pickle ended: the position after its STOP. */
  readonly end: number;
}

/**
 * Reads one pickle (protocols 0 to 5) beginning at `begin`. It is data to this reader: names stay names,
 * and whatever would be called is put to `policy` instead. Throws `truncated`, `pickle-malformed`,
 * `limit-exceeded`, and what the policy throws (`pickle-refused`).
 */
export function unpickle(bytes: Uint8Array, policy: PicklePolicy, begin = 0): Unpickled {
  if (bytes.length - begin > MAX_PICKLE_BYTES) throw tooLarge(`A pickle of ${bytes.length - begin} bytes.`);
  return new Unpickler(bytes, policy, begin).run();
}

/** The pickle machine: a stack, the stacks put aside by marks, and a memo. */
class Unpickler {
  readonly #reader: ByteReader;
  readonly #policy: PicklePolicy;
  readonly #memo = new Map<number, PickleValue>();
  readonly #asides: PickleValue[][] = [];
  #stack: PickleValue[] = [];
  #containers = 0;

  constructor(bytes: Uint8Array, policy: PicklePolicy, begin: number) {
    this.#reader = new ByteReader(bytes, begin);
    this.#policy = policy;
  }

  run(): Unpickled {
    for (let opcodes = 0; opcodes < MAX_PICKLE_OPCODES; opcodes++) {
      const opcode = this.#reader.uint8();
      if (opcode === Op.STOP) return { value: this.#pop(), end: this.#reader.position };
      const known = this.#value(opcode) || this.#structure(opcode) || this.#object(opcode) || this.#memory(opcode);
      if (!known) throw broken(`an unknown opcode ${opcode} at ${this.#reader.position - 1}`);
    }
    throw tooLarge(`A pickle of more than ${MAX_PICKLE_OPCODES} steps.`);
  }

  /** Opcodes that push a plain value. */
  #value(opcode: number): boolean {
    const reader = this.#reader;
    switch (opcode) {
      case Op.NONE:
        return this.#push(null);
      case Op.NEWTRUE:
        return this.#push(true);
      case Op.NEWFALSE:
        return this.#push(false);
      case Op.BININT:
        return this.#push(reader.int32());
      case Op.BININT1:
        return this.#push(reader.uint8());
      case Op.BININT2:
        return this.#push(reader.uint16());
      case Op.INT:
        return this.#push(integerOrBoolean(reader.line()));
      case Op.LONG:
        return this.#push(decimal(reader.line().replace(/L$/, '')));
      case Op.LONG1:
        return this.#push(twosComplement(reader.bytes(reader.uint8())));
      case Op.LONG4:
        return this.#push(twosComplement(reader.bytes(reader.uint32())));
      case Op.FLOAT:
        return this.#push(float(reader.line()));
      case Op.BINFLOAT:
        return this.#push(reader.float64BigEndian());
      case Op.STRING:
        return this.#push(unquote(reader.line()));
      case Op.BINSTRING:
        return this.#push(reader.utf8(reader.uint32()));
      case Op.SHORT_BINSTRING:
        return this.#push(reader.utf8(reader.uint8()));
      case Op.UNICODE:
        return this.#push(rawUnicode(reader.lineBytes()));
      case Op.BINUNICODE:
        return this.#push(reader.utf8(reader.uint32()));
      case Op.SHORT_BINUNICODE:
        return this.#push(reader.utf8(reader.uint8()));
      case Op.BINUNICODE8:
        return this.#push(reader.utf8(reader.uint64()));
      case Op.BINBYTES:
        return this.#push(reader.bytes(reader.uint32()));
      case Op.SHORT_BINBYTES:
        return this.#push(reader.bytes(reader.uint8()));
      case Op.BINBYTES8:
      case Op.BYTEARRAY8:
        return this.#push(reader.bytes(reader.uint64()));
      default:
        return false;
    }
  }

  /** Opcodes that make and fill lists, tuples, sets and dictionaries. */
  #structure(opcode: number): boolean {
    switch (opcode) {
      case Op.MARK:
        this.#count();
        this.#asides.push(this.#stack);
        this.#stack = [];
        return true;
      case Op.EMPTY_LIST:
      case Op.EMPTY_TUPLE:
      case Op.EMPTY_SET:
        return this.#pushContainer([]);
      case Op.EMPTY_DICT:
        return this.#pushContainer(new Map());
      case Op.LIST:
      case Op.TUPLE:
      case Op.FROZENSET:
        return this.#pushContainer(this.#popToMark());
      case Op.TUPLE1:
        return this.#pushContainer(this.#popSome(1));
      case Op.TUPLE2:
        return this.#pushContainer(this.#popSome(2));
      case Op.TUPLE3:
        return this.#pushContainer(this.#popSome(3));
      case Op.DICT: {
        const pairs = this.#popToMark();
        this.#pushContainer(new Map());
        return this.#setItems(pairs);
      }
      case Op.APPEND:
        return this.#extend(this.#popSome(1));
      case Op.APPENDS:
      case Op.ADDITEMS:
        return this.#extend(this.#popToMark());
      case Op.SETITEM:
        return this.#setItems(this.#popSome(2));
      case Op.SETITEMS:
        return this.#setItems(this.#popToMark());
      default:
        return false;
    }
  }

  /** Opcodes by which Python would import, call, or restore state: here they only name things. */
  #object(opcode: number): boolean {
    const reader = this.#reader;
    switch (opcode) {
      case Op.GLOBAL:
        return this.#pushContainer(new PickleGlobal(reader.line(), reader.line()));
      case Op.STACK_GLOBAL: {
        const [module, name] = this.#popSome(2);
        if (typeof module !== 'string' || typeof name !== 'string') throw broken('a name that is not text');
        return this.#pushContainer(new PickleGlobal(module, name));
      }
      case Op.REDUCE:
        return this.#call(this.#popSome(2), 'call');
      case Op.NEWOBJ:
        return this.#call(this.#popSome(2), 'new');
      case Op.NEWOBJ_EX: {
        const [callee, args] = this.#popSome(3);
        return this.#call([callee!, args!], 'new');
      }
      case Op.INST: {
        const callee = new PickleGlobal(reader.line(), reader.line());
        return this.#call([callee, this.#popToMark()], 'call');
      }
      case Op.OBJ: {
        const [callee, ...args] = this.#popToMark();
        if (callee === undefined) throw broken('an object without a class');
        return this.#call([callee, args], 'call');
      }
      case Op.BUILD: {
        const state = this.#pop();
        const target = this.#top();
        // State set on a class, not an instance, would change how Python behaves: a way to attack it.
        if (target instanceof PickleGlobal) throw refused(`${target.fullName}.__setstate__`);
        if (target instanceof PickleExtension) this.#policy.state?.(target, state);
        return true;
      }
      case Op.PERSID:
        return this.#push(this.#policy.persistent(reader.line()));
      case Op.BINPERSID:
        return this.#push(this.#policy.persistent(this.#pop()));
      case Op.EXT1:
      case Op.EXT2:
      case Op.EXT4:
        throw refused('an entry of the extension registry');
      case Op.NEXT_BUFFER:
        throw broken('a buffer outside the file');
      default:
        return false;
    }
  }

  /** Opcodes of the memo and the stack, and those that carry no value. */
  #memory(opcode: number): boolean {
    const reader = this.#reader;
    switch (opcode) {
      case Op.PROTO: {
        const protocol = reader.uint8();
        if (protocol > 5) throw broken(`protocol ${protocol}, which is not known`);
        return true;
      }
      case Op.FRAME:
        reader.uint64();
        return true;
      case Op.POP:
        if (this.#stack.length === 0) this.#popToMark();
        else this.#pop();
        return true;
      case Op.POP_MARK:
        this.#popToMark();
        return true;
      case Op.DUP:
        return this.#push(this.#top());
      case Op.READONLY_BUFFER:
        return true;
      case Op.GET:
        return this.#recall(decimal(reader.line()));
      case Op.BINGET:
        return this.#recall(reader.uint8());
      case Op.LONG_BINGET:
        return this.#recall(reader.uint32());
      case Op.PUT:
        return this.#memorize(decimal(reader.line()));
      case Op.BINPUT:
        return this.#memorize(reader.uint8());
      case Op.LONG_BINPUT:
        return this.#memorize(reader.uint32());
      case Op.MEMOIZE:
        return this.#memorize(this.#memo.size);
      default:
        return false;
    }
  }

  #push(value: PickleValue): true {
    this.#stack.push(value);
    return true;
  }

  #pushContainer(value: PickleValue): true {
    this.#count();
    return this.#push(value);
  }

  #count(): void {
    if (++this.#containers > MAX_PICKLE_CONTAINERS) {
      throw tooLarge(`A pickle of more than ${MAX_PICKLE_CONTAINERS} objects.`);
    }
  }

  #pop(): PickleValue {
    const value = this.#stack.pop();
    if (value === undefined) throw broken('a value taken from an empty stack');
    return value;
  }

  #top(): PickleValue {
    const value = this.#stack.at(-1);
    if (value === undefined) throw broken('a value taken from an empty stack');
    return value;
  }

  #popSome(count: number): PickleValue[] {
    if (this.#stack.length < count) throw broken('a value taken from an empty stack');
    return this.#stack.splice(-count, count);
  }

  #popToMark(): PickleValue[] {
    const values = this.#stack;
    const aside = this.#asides.pop();
    if (!aside) throw broken('a group that was never begun');
    this.#stack = aside;
    return values;
  }

  #call([callee, args]: PickleValue[], how: 'call' | 'new'): true {
    if (!(callee instanceof PickleGlobal)) throw refused('an object that the file made itself');
    if (!Array.isArray(args)) throw broken(`arguments of ${callee.fullName} that are not a tuple`);
    return this.#pushContainer(this.#policy.call(callee, args, how));
  }

  #extend(values: PickleValue[]): true {
    const target = this.#top();
    if (Array.isArray(target)) for (const value of values) target.push(value);
    else if (!isOpaque(target)) throw broken('items for something that is not a list');
    return true;
  }

  #setItems(pairs: PickleValue[]): true {
    const target = this.#top();
    if (pairs.length % 2 !== 0) throw broken('a key without a value');
    if (target instanceof Map) for (let i = 0; i < pairs.length; i += 2) target.set(pairs[i]!, pairs[i + 1]!);
    else if (!isOpaque(target)) throw broken('items for something that is not a dictionary');
    return true;
  }

  #recall(index: number | bigint): true {
    const value = this.#memo.get(Number(index));
    if (value === undefined) throw broken(`memo ${index}, which was never set`);
    return this.#push(value);
  }

  #memorize(index: number | bigint): true {
    this.#memo.set(Number(index), this.#top());
    return true;
  }
}

function isOpaque(value: PickleValue): boolean {
  return value instanceof ForeignObject || value instanceof PickleExtension;
}
