import { parseArgs } from 'node:util';
import { CodedError } from '../../src/core/errors.ts';

/** What a command line may say: an option takes a text, a flag takes none. */
export interface ArgumentSpec {
  readonly options: readonly string[];
  readonly flags?: readonly string[];
}

export interface Arguments {
  /** What stands outside of any option. */
  readonly positionals: readonly string[];
  text(name: string): string | undefined;
  has(flag: string): boolean;
  /** A whole number above zero. */
  count(name: string): number | undefined;
  /** One of a few words. */
  choice<T extends string>(name: string, choices: readonly T[]): T | undefined;
}

/** Reads `--name value` and `--flag`. @throws CodedError `usage` for what the specification does not have. */
export function readArguments(spec: ArgumentSpec, args: readonly string[]): Arguments {
  const { values, positionals } = parse(spec, args);
  const text = (name: string): string | undefined => values[name] as string | undefined;
  return {
    positionals,
    text,
    has: (flag) => values[flag] === true,
    count: (name) => {
      const value = text(name);
      if (value === undefined) return undefined;
      if (!/^[1-9]\d*$/.test(value)) throw usage(`--${name} must be a whole number above zero, not "${value}".`);
      return Number(value);
    },
    choice: (name, choices) => {
      const value = text(name);
      if (value === undefined) return undefined;
      const found = choices.find((choice) => choice === value);
      if (found === undefined) throw usage(`--${name} must be one of ${choices.join(', ')}, not "${value}".`);
      return found;
    },
  };
}

interface Parsed {
  readonly values: Readonly<Record<string, unknown>>;
  readonly positionals: readonly string[];
}

function parse({ options, flags = [] }: ArgumentSpec, args: readonly string[]): Parsed {
  const types = Object.fromEntries([
    ...options.map((name) => [name, { type: 'string' as const }] as const),
    ...flags.map((name) => [name, { type: 'boolean' as const }] as const),
  ]);
  try {
    return parseArgs({ args: [...args], options: types, allowPositionals: true });
  } catch (error) {
    throw usage((error as Error).message);
  }
}

/** The error for a command line that cannot be understood. */
export function usage(message: string): CodedError {
  return new CodedError('usage', message, 'Run the command without arguments to see what it takes.');
}
