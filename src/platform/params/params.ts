/**
 * Settings, each declared once: a page's `params.ts` is a table of them. Default, range, label, slider, address, the
 * embed's options and the tables of docs/settings.md all read it.
 */
interface Declared<T> {
  /** Its name in the address; of a page with a prefix, behind that. */
  readonly address: string;
  /** What the person reads. */
  readonly label: string;
  readonly default: T;
  /** One sentence more, where the label does not say it all. */
  readonly help?: string;
}

/** A number within a range. */
export interface NumberParam extends Declared<number> {
  readonly kind: 'number';
  /** What is kept of an address, and what the slider offers unless `slider` says a part of it. */
  readonly range: readonly [min: number, max: number];
  readonly slider?: readonly [min: number, max: number];
  readonly step: number;
  /** Digits after the point that an address has. */
  readonly digits: number;
  /** An address's number is taken as it is, not rounded to `digits`. */
  readonly isExact?: true;
  /** Behind the number on the page, with its space. */
  readonly unit?: string;
  /** `log`: the slider runs over orders of magnitude. */
  readonly scale?: 'linear' | 'log';
  /** A panel that lists sliders by themselves lists this one. */
  readonly isListed?: true;
}

/** A number that may be left to something else: null. */
export interface OptionalNumberParam extends Omit<NumberParam, 'kind' | 'default'> {
  readonly kind: 'optional-number';
  readonly default: null;
  /** What null means. */
  readonly otherwise: string;
}

/** One of some words. */
export interface ChoiceParam<T extends string = string> extends Declared<T> {
  readonly kind: 'choice';
  readonly options: readonly { readonly value: T; readonly label: string }[];
}

/** On or off; 1 or 0 in the address. */
export interface SwitchParam extends Declared<boolean> {
  readonly kind: 'switch';
}

/** Words from outside, such as a model's id; null where none is given. */
export interface TextParam extends Declared<string | null> {
  readonly kind: 'text';
}

/** What no other kind says: several numbers, lists, places. It reads and writes its own text. */
export interface CodedParam<T = unknown> extends Declared<T> {
  readonly kind: 'coded';
  /** For docs: what the text looks like. */
  readonly form: string;
  /** Undefined where the text cannot be understood: then it counts as not given. Never throws, ranges are kept. */
  read(text: string): T | undefined;
  write(value: T): string;
}

export type Param = NumberParam | OptionalNumberParam | ChoiceParam | SwitchParam | TextParam | CodedParam<any>;

export type ParamTable = Readonly<Record<string, Param>>;

type ValueOf<P> = P extends { kind: 'choice'; options: readonly { value: infer T }[] }
  ? T
  : P extends { kind: 'number' }
    ? number
    : P extends { kind: 'optional-number' }
      ? number | null
      : P extends { kind: 'switch' }
        ? boolean
        : P extends { kind: 'text' }
          ? string | null
          : P extends CodedParam<infer T>
            ? T
            : never;

/** The settings that a table declares. */
export type ParamValues<Table extends ParamTable> = { -readonly [Name in keyof Table]: ValueOf<Table[Name]> };

type Of<P> = Omit<P, 'kind'>;

export const number = (declared: Of<NumberParam>): NumberParam => ({ kind: 'number', ...declared });
export const optionalNumber = (declared: Omit<Of<OptionalNumberParam>, 'default'>): OptionalNumberParam => ({
  kind: 'optional-number',
  default: null,
  ...declared,
});
export const choice = <T extends string>(declared: Of<ChoiceParam<T>>): ChoiceParam<T> => ({
  kind: 'choice',
  ...declared,
});
/** The options of a choice by the words of a list. */
export const named = <T extends string>(values: readonly T[], labels: Record<T, string>) =>
  values.map((value) => ({ value, label: labels[value] }));
export const toggle = (declared: Of<SwitchParam>): SwitchParam => ({ kind: 'switch', ...declared });
export const text = (declared: Omit<Of<TextParam>, 'default'>): TextParam => ({
  kind: 'text',
  default: null,
  ...declared,
});
export const coded = <T>(declared: Of<CodedParam<T>>): CodedParam<T> => ({ kind: 'coded', ...declared });
/** A seed of something random, as 32 bits have it. */
export const seed = (declared: Pick<NumberParam, 'address' | 'label' | 'default' | 'help'>): NumberParam =>
  number({ range: [0, 0xffffffff], step: 1, digits: 0, ...declared });

/** What a page begins with. */
export function defaultsOf<Table extends ParamTable>(table: Table): ParamValues<Table> {
  const entries = Object.entries(table).map(([name, param]) => [name, param.default]);
  return Object.fromEntries(entries) as ParamValues<Table>;
}

/** The names that a table has in the address; a name that several numbers share stands once. */
export const addressKeys = (table: ParamTable): string[] => [
  ...new Set(Object.values(table).map(({ address }) => address)),
];

/** The nearest value that a declared number may have. */
export const inRange = ({ range: [low, high] }: Pick<NumberParam, 'range'>, value: number): number =>
  Math.min(high, Math.max(low, value));
