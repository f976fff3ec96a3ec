import type { ConversionOptions } from './plan.ts';

/** The manifest's words about a model: what the caller says, else what little the file's name tells. */
export function describeModel(
  file: string,
  options: ConversionOptions,
): { id: string; name: string; licence: string; source: string } {
  const stem = file.replace(/^.*[\\/]/, '').replace(/(\.(pth|pt|ckpt|bin|safetensors))+$/i, '');
  const slug = stem
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '');
  return {
    id: options.id ?? (slug || 'converted'),
    name: options.name ?? (stem || 'Converted model'),
    licence: options.licence ?? 'NOASSERTION',
    source: options.source ?? `Converted from ${file}`,
  };
}
