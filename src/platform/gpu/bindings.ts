import type { Reflection } from './reflection.ts';

/** Resources by the names of the variables that WGSL declares for them. */
export type Bindings = Readonly<Record<string, GPUBindingResource>>;

/** Of one bind group: the @binding of every variable, and whether the entry points asked for use it. */
export type BindingPlaces = ReadonlyMap<string, { binding: number; isUsed: boolean }>;

/**
 * Where the variables of a shader are bound, read from its WGSL, so that no @binding is written down twice.
 *
 * @param entryPoints whose variables an automatic layout holds
 */
export function bindingPlaces(
  { variables, entryPoints: known }: Reflection,
  entryPoints: readonly string[],
  group = 0,
): BindingPlaces {
  // A wrong name is told by the pipeline, with the pass's own.
  const isUsed = (name: string) => entryPoints.some((entry) => known.get(entry)?.has(name));
  return new Map(
    [...variables]
      .filter(([, variable]) => variable.group === group)
      .map(([name, { binding }]) => [name, { binding, isUsed: isUsed(name) }]),
  );
}

/**
 * Entries of a bind group from resources by name. Variables that no entry point uses may be handed in and are left out.
 *
 * @throws Error naming `label` and what is missing, or what the WGSL does not declare
 */
export function bindingEntries(label: string, places: BindingPlaces, bindings: Bindings): GPUBindGroupEntry[] {
  const unknown = Object.keys(bindings).filter((name) => !places.has(name));
  if (unknown.length) throw new Error(`${label}: its WGSL declares no ${unknown.join(', ')}`);
  return [...places].flatMap(([name, { binding, isUsed }]) => {
    if (!isUsed) return [];
    if (!bindings[name]) throw new Error(`${label}: nothing is bound to ${name}`);
    return [{ binding, resource: bindings[name] }];
  });
}

/** What a bind group layout says of one variable, but for its number. */
export type LayoutVariable = Omit<GPUBindGroupLayoutEntry, 'binding'>;

/** A bind group layout that several pipelines share, its variables by the names of the WGSL. */
export class NamedLayout {
  readonly layout: GPUBindGroupLayout;
  private readonly places: BindingPlaces;

  /**
   * @param definitions of a shader that declares the variables
   * @throws Error naming a variable that the WGSL does not declare in this group
   */
  constructor(
    private readonly device: GPUDevice,
    private readonly label: string,
    definitions: Reflection,
    variables: Readonly<Record<string, LayoutVariable>>,
    group = 0,
  ) {
    const declared = bindingPlaces(definitions, [], group);
    this.places = new Map(
      Object.keys(variables).map((name) => {
        const place = declared.get(name);
        if (!place) throw new Error(`${label}: its WGSL declares no ${name} in group ${group}`);
        return [name, { binding: place.binding, isUsed: true }];
      }),
    );
    this.layout = device.createBindGroupLayout({
      label,
      entries: [...this.places].map(([name, { binding }]) => ({ binding, ...variables[name] })),
    });
  }

  /** A bind group of this layout; every variable must be given. */
  bind(bindings: Bindings): GPUBindGroup {
    return this.device.createBindGroup({
      label: this.label,
      layout: this.layout,
      entries: bindingEntries(this.label, this.places, bindings),
    });
  }
}
