/** Something that a policy made from a call or a persistent id, such as a tensor; opaque to the pickle reader. */
export abstract class PickleExtension {
  /** Keeps the type nominal: no plain object passes for an extension. */
  protected readonly kind = 'extension';
}

/** A class or function that the pickle names. It is never looked up, only its name is known. */
export class PickleGlobal {
  constructor(
    readonly module: string,
    readonly name: string,
  ) {}

  get fullName(): string {
    return `${this.module}.${this.name}`;
  }
}

/** An instance of a class that is not known here. Its contents were read past and dropped. */
export class ForeignObject {
  constructor(readonly className: string) {}
}

/** Lists, tuples and sets are arrays; all dictionaries are Maps. */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PickleValue[]
  | Map<PickleValue, PickleValue>
  | PickleGlobal
  | ForeignObject
  | PickleExtension;

/** Decides what a pickle may make. Both throw a CodedError to refuse. */
export interface PicklePolicy {
  /**
   * The value in place of calling `callee` with `args`. `how` is `new` where Python would only make an
   * instance (`callee.__new__`), `call` where it would call whatever the name is bound to.
   */
  call(callee: PickleGlobal, args: PickleValue[], how: 'call' | 'new'): PickleValue;
  /** The value of a persistent id: in PyTorch's files, a storage. */
  persistent(id: PickleValue): PickleValue;
  /** State for something that the policy made; without it the state is dropped. */
  state?(target: PickleExtension, state: PickleValue): void;
}
