/**
 * What TypeScript asks of a WGSL module: where its variables are bound, which of them an entry point reaches, and how its
 * uniform structs are laid out. Of the language only what says that is read; the compiler judges the rest. webgpu-utils
 * answers the same (reflection.test.ts compares the two on every shader) with sixteen times the code, on every first visit.
 */
export interface Reflection {
  /** By name: every variable with a @group and a @binding. */
  readonly variables: ReadonlyMap<string, BoundVariable>;
  /** By name: the bound variables that an entry point uses, itself or through functions. */
  readonly entryPoints: ReadonlyMap<string, ReadonlySet<string>>;
  /** The layout of a variable in the uniform address space; null where there is none of this name. Throws Error, see {@link reflect}. */
  uniform(name: string): StructLayout | null;
}

export interface BoundVariable {
  readonly group: number;
  readonly binding: number;
  readonly isUniform: boolean;
  /** Its type's tokens. */
  readonly type: readonly string[];
}

/** A struct in memory, bytes. */
export interface StructLayout {
  readonly size: number;
  readonly align: number;
  readonly members: ReadonlyMap<string, MemberLayout>;
}

/** Numbers of one kind: `runs` of `length`, one every `stride` bytes. */
export interface MemberLayout {
  readonly offset: number;
  readonly size: number;
  readonly scalar: Scalar;
  readonly runs: number;
  readonly length: number;
  readonly stride: number;
}

export type Scalar = 'f32' | 'i32' | 'u32';

interface TypeLayout extends Omit<MemberLayout, 'offset'> {
  readonly align: number;
}

interface Declarations {
  readonly constants: Map<string, string[]>;
  readonly structs: Map<string, { name: string; type: string[] }[]>;
  readonly variables: Map<string, BoundVariable>;
  readonly functions: Map<string, { isEntry: boolean; words: Set<string> }>;
}

/**
 * Reads a module that has no #import any more.
 * @throws Error naming the struct's member whose type has no place in a uniform here (booleans, structs within structs)
 */
export function reflect(code: string): Reflection {
  const found = declarations(code);
  const entryPoints = new Map<string, ReadonlySet<string>>();
  for (const [name, { isEntry }] of found.functions) {
    if (isEntry) entryPoints.set(name, reached(name, found));
  }
  return {
    variables: found.variables,
    entryPoints,
    uniform(name) {
      const variable = found.variables.get(name);
      return variable?.isUniform ? structLayout(variable.type[0], found) : null;
    },
  };
}

/** Everything that stands at the top of the module. */
function declarations(code: string): Declarations {
  const tokens = code.replaceAll(/\/\/.*|\/\*[^]*?\*\//g, ' ').match(/[A-Za-z_]\w*|[\d.][\w.]*|->|[^\s\w]/g) ?? [];
  const found: Declarations = { constants: new Map(), structs: new Map(), variables: new Map(), functions: new Map() };
  let attributes: string[] = [];
  for (let i = 0; i < tokens.length; ) {
    if (tokens[i] === '@') {
      const end = tokens[i + 2] === '(' ? closing(tokens, i + 2) + 1 : i + 2;
      attributes.push(tokens.slice(i + 1, end).join(' '));
      i = end;
      continue;
    }
    const end = declarationEnd(tokens, i);
    addDeclaration(tokens.slice(i, end), attributes, found);
    attributes = [];
    i = end;
  }
  return found;
}

/** After the `;` or the block that ends what begins at `i`. */
function declarationEnd(tokens: readonly string[], i: number): number {
  for (; i < tokens.length; i++) {
    if (tokens[i] === ';') return i + 1;
    if (tokens[i] === '{') return closing(tokens, i) + 1;
  }
  return tokens.length;
}

const CLOSING: Readonly<Record<string, string>> = { '(': ')', '{': '}', '<': '>', '[': ']' };

/** Where the bracket at `i` closes. */
function closing(tokens: readonly string[], i: number): number {
  const [open, close] = [tokens[i], CLOSING[tokens[i]]];
  let depth = 0;
  for (; i < tokens.length; i++) {
    if (tokens[i] === open) depth++;
    if (tokens[i] === close && --depth === 0) return i;
  }
  return tokens.length - 1;
}

function addDeclaration(tokens: readonly string[], attributes: readonly string[], found: Declarations): void {
  const [kind] = tokens;
  if (kind === 'const') {
    const value = tokens.indexOf('=');
    found.constants.set(tokens[1], tokens.slice(value + 1, -1));
  } else if (kind === 'struct') {
    found.structs.set(tokens[1], members(tokens.slice(3, -1)));
  } else if (kind === 'fn') {
    const isEntry = attributes.some((attribute) => /^(compute|vertex|fragment)\b/.test(attribute));
    // A member may have a variable's name.
    const words = tokens.filter((_, i) => i > 1 && tokens[i - 1] !== '.');
    found.functions.set(tokens[1], { isEntry, words: new Set(words) });
  } else if (kind === 'var') {
    const number = (name: string) =>
      Number(attributes.find((attribute) => attribute.startsWith(`${name} (`))?.match(/\d+/)?.[0] ?? Number.NaN);
    const [group, binding] = [number('group'), number('binding')];
    const colon = tokens.indexOf(':');
    const isUniform = tokens[1] === '<' && tokens[2] === 'uniform';
    if (Number.isNaN(group) || Number.isNaN(binding)) return;
    found.variables.set(tokens[colon - 1], { group, binding, isUniform, type: tokens.slice(colon + 1, -1) });
  }
}

/** `name: type` by commas that stand in no brackets; attributes are for what goes from stage to stage. */
function members(tokens: readonly string[]): { name: string; type: string[] }[] {
  const out: { name: string; type: string[] }[] = [];
  let depth = 0;
  let part: string[] = [];
  const flush = () => {
    const colon = part.indexOf(':');
    if (colon > 0) out.push({ name: part[colon - 1], type: part.slice(colon + 1) });
    part = [];
  };
  for (const token of tokens) {
    if (token === '<' || token === '(') depth++;
    if (token === '>' || token === ')') depth--;
    if (token === ',' && depth === 0) flush();
    else part.push(token);
  }
  flush();
  return out;
}

/** Bound variables that a function's words lead to, through all functions that it may call. */
function reached(entry: string, { functions, variables }: Declarations): Set<string> {
  const used = new Set<string>();
  const seen = new Set([entry]);
  for (const name of seen) {
    for (const word of functions.get(name)!.words) {
      if (variables.has(word)) used.add(word);
      if (functions.has(word)) seen.add(word);
    }
  }
  return used;
}

function structLayout(name: string, found: Declarations): StructLayout {
  const struct = found.structs.get(name);
  if (!struct) throw new Error(`there is no struct ${name}`);
  const out = new Map<string, MemberLayout>();
  let [size, align] = [0, 4];
  for (const member of struct) {
    const layout = typeLayout(member.type, found);
    if (!layout)
      throw new Error(`${name}.${member.name} is of a type that no uniform has here: ${member.type.join(' ')}`);
    const offset = roundUp(size, layout.align);
    out.set(member.name, { ...layout, offset });
    size = offset + layout.size;
    align = Math.max(align, layout.align);
  }
  return { size: roundUp(size, align), align, members: out };
}

const SHORT: Readonly<Record<string, Scalar>> = { f: 'f32', i: 'i32', u: 'u32' };

/** Alignment and size as WGSL has them (section 14.4 of its specification); null of all else. */
function typeLayout(type: readonly string[], found: Declarations): TypeLayout | null {
  const [name] = type;
  if (name === 'f32' || name === 'i32' || name === 'u32') return vector(name, 1);
  const short = /^(?:vec([234])|mat([234])x([234]))([fiu])?$/.exec(name);
  if (short) {
    const scalar = SHORT[short[4]] ?? (type[2] as Scalar);
    return short[1] ? vector(scalar, Number(short[1])) : repeated(vector(scalar, Number(short[3])), Number(short[2]));
  }
  if (name !== 'array') return null;
  const inner = type.slice(2, -1);
  const comma = inner.lastIndexOf(',');
  const element = typeLayout(inner.slice(0, comma), found);
  return element && repeated(element, constant(inner.slice(comma + 1), found));
}

function vector(scalar: Scalar, length: number): TypeLayout {
  const align = length === 3 ? 16 : 4 * length;
  return { scalar, length, runs: 1, stride: align, size: 4 * length, align };
}

function repeated(element: TypeLayout, count: number): TypeLayout {
  const stride = roundUp(element.size, element.align);
  return {
    ...element,
    runs: count * element.runs,
    stride: element.runs > 1 ? element.stride : stride,
    size: count * stride,
  };
}

/** Products and quotients of whole numbers and of constants that are such. */
function constant(tokens: readonly string[], found: Declarations): number {
  let value = 1;
  let operator = '*';
  for (const token of tokens) {
    if (token === '*' || token === '/') {
      operator = token;
      continue;
    }
    const known = found.constants.get(token);
    const factor = known ? constant(known, found) : Number.parseInt(token, 10);
    if (!Number.isInteger(factor)) throw new Error(`${token} is no whole number that is known`);
    value = operator === '*' ? value * factor : Math.floor(value / factor);
  }
  return value;
}

const roundUp = (value: number, to: number) => Math.ceil(value / to) * to;
