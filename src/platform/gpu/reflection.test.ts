// The order matters: the stand-ins must be there when webgpu-utils is loaded.
import './browser-names.test-helper.ts';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
// The judge: a complete reflection of WGSL, too large for a first visit.
import { makeShaderDataDefinitions, makeStructuredView } from 'webgpu-utils';
import { linkWgsl } from '../../../scripts/build/link-wgsl.ts';
import { reflect } from './reflection.ts';

const FOLDER = fileURLToPath(new URL('../../../shaders/', import.meta.url));
const FILES = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.wgsl'));

/** A module with a value for every number that TypeScript would have said. */
function whole(name: string): string {
  const { code } = linkWgsl(FOLDER + name);
  const capitals = new Set(code.replaceAll(/\/\/.*/g, '').match(/\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*\b/g));
  const said = [...capitals].filter((word) => !new RegExp(`(?:const|override)\\s+${word}\\b`).test(code));
  return `${said.map((word) => `const ${word} = 16;`).join('\n')}\n${code}`;
}

describe('reflect', () => {
  it.each(FILES)('%s: what webgpu-utils says', (name) => {
    const code = whole(name);
    const found = reflect(code);
    const judge = makeShaderDataDefinitions(code);
    const { uniforms, storages, textures, samplers, storageTextures, externalTextures } = judge;
    const all = { ...uniforms, ...storages, ...textures, ...samplers, ...storageTextures, ...externalTextures };
    const places = (variables: Iterable<[string, { group: number; binding: number }]>) =>
      Object.fromEntries([...variables].map(([key, { group, binding }]) => [key, { group, binding }]));
    expect(places(found.variables)).toEqual(places(Object.entries(all)));

    expect([...found.entryPoints.keys()].sort()).toEqual(Object.keys(judge.entryPoints).sort());
    for (const [entry, { resources }] of Object.entries(judge.entryPoints)) {
      const bound = resources.map((resource) => resource.name).filter((variable) => variable in all);
      expect([...found.entryPoints.get(entry)!].sort(), entry).toEqual(bound.sort());
    }

    for (const [variable, definition] of Object.entries(uniforms)) {
      const layout = found.uniform(variable)!;
      expect(layout.size).toBe(makeStructuredView(definition).arrayBuffer.byteLength);
      const fields = (
        definition.typeDefinition as unknown as { fields: Record<string, { offset: number; type: { size: number } }> }
      ).fields;
      expect([...layout.members].map(([key, { offset, size }]) => [key, offset, size])).toEqual(
        Object.entries(fields).map(([key, { offset, type }]) => [key, offset, type.size]),
      );
    }
  });

  it('lays out what the shaders may come to hold', () => {
    const code = `
      const N = 3; const M = N * 4; // 12
      struct All { a: f32, b: vec3<u32>, c: f32, d: mat3x3f, e: array<vec2i, M / 2>, f: mat4x2<f32>, g: array<f32, 2>, h: vec2f }
      @group(1) @binding(7) var<uniform> all: All;
      @group(0) @binding(2) var<storage, read_write> list: array<u32>;
      var<private> own: f32;
      fn helper(all_: f32) -> f32 { return own + all_; }
      fn far() -> f32 { return all.a + helper(1.0); }
      struct Point { list: f32 }
      @compute @workgroup_size(N, 1) fn near(@builtin(global_invocation_id) id: vec3u) { var p: Point; p.list = 1.0; }
      @compute @workgroup_size(1) fn main() { let x = far(); /* list */ }
    `;
    const found = reflect(code);
    expect(found.entryPoints).toEqual(
      new Map([
        ['near', new Set()],
        ['main', new Set(['all'])],
      ]),
    );
    const judge = makeStructuredView(makeShaderDataDefinitions(code).uniforms.all);
    const { size, members } = found.uniform('all')!;
    expect(size).toBe(judge.arrayBuffer.byteLength);
    const views = judge.views as Record<string, { byteOffset: number }>;
    for (const [name, { offset }] of members) {
      const view = Array.isArray(views[name]) ? (views[name] as unknown as { byteOffset: number }[])[0] : views[name];
      expect(offset, name).toBe(view.byteOffset);
    }
    expect(members.get('d')).toMatchObject({ runs: 3, length: 3, stride: 16, scalar: 'f32' });
    expect(members.get('e')).toMatchObject({ runs: 6, length: 2, stride: 8, scalar: 'i32' });
    expect(members.get('b')).toMatchObject({ runs: 1, length: 3, scalar: 'u32' });
    expect(found.uniform('list')).toBeNull();
  });

  it('names a member that no uniform can hold', () => {
    const code = 'struct A { inner: B } struct B { x: f32 } @group(0) @binding(0) var<uniform> a: A;';
    expect(() => reflect(code).uniform('a')).toThrow('A.inner');
  });
});
