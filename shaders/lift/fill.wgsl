// Holes filled by a push-pull pyramid. Reference: src/pages/lift/passes/fill/cpu.ts.
// All levels lie in one buffer, each from its offset on: r, g, b and how well they are known.

struct Params {
  fine: vec2u,
  coarse: vec2u,
  fineOffset: u32,
  coarseOffset: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> pyramid: array<vec4f>;
@group(0) @binding(2) var colour: texture_2d<f32>;
@group(0) @binding(3) var<storage, read> known: array<u32>;
@group(0) @binding(4) var filled: texture_storage_2d<rgba8unorm, write>;

fn fineIndex(p: vec2u) -> u32 {
  return params.fineOffset + p.y * params.fine.x + p.x;
}

fn coarseAt(p: vec2u) -> vec3f {
  return pyramid[params.coarseOffset + p.y * params.coarse.x + p.x].rgb;
}

@compute @workgroup_size(GRID_WORKGROUP, GRID_WORKGROUP)
fn begin(@builtin(global_invocation_id) id: vec3u) {
  if (any(id.xy >= params.fine)) {
    return;
  }
  let isKnown = known[id.y * params.fine.x + id.x] != 0u;
  pyramid[fineIndex(id.xy)] = select(vec4f(0.0), vec4f(textureLoad(colour, id.xy, 0).rgb, 1.0), isKnown);
}

@compute @workgroup_size(GRID_WORKGROUP, GRID_WORKGROUP)
fn push(@builtin(global_invocation_id) id: vec3u) {
  if (any(id.xy >= params.coarse)) {
    return;
  }
  var sum = vec4f(0.0);
  for (var dy = 0u; dy < 2u; dy++) {
    for (var dx = 0u; dx < 2u; dx++) {
      let p = 2u * id.xy + vec2u(dx, dy);
      if (all(p < params.fine)) {
        let value = pyramid[fineIndex(p)];
        sum += vec4f(value.rgb, 1.0) * value.a;
      }
    }
  }
  let mean = select(vec3f(0.0), sum.rgb / sum.a, sum.a > 0.0);
  pyramid[params.coarseOffset + id.y * params.coarse.x + id.x] = vec4f(mean, min(sum.a, 1.0));
}

@compute @workgroup_size(GRID_WORKGROUP, GRID_WORKGROUP)
fn pull(@builtin(global_invocation_id) id: vec3u) {
  if (any(id.xy >= params.fine)) {
    return;
  }
  let i = fineIndex(id.xy);
  let own = pyramid[i];
  if (own.a >= 1.0) {
    return;
  }
  let position = clamp(0.5 * (vec2f(id.xy) + 0.5) - 0.5, vec2f(0.0), vec2f(params.coarse) - 1.0);
  let low = vec2u(position);
  let high = min(low + 1u, params.coarse - 1u);
  let f = position - vec2f(low);
  let above = mix(coarseAt(low), coarseAt(vec2u(high.x, low.y)), f.x);
  let below = mix(coarseAt(vec2u(low.x, high.y)), coarseAt(high), f.x);
  pyramid[i] = vec4f(mix(mix(above, below, f.y), own.rgb, own.a), own.a);
}

@compute @workgroup_size(GRID_WORKGROUP, GRID_WORKGROUP)
fn finish(@builtin(global_invocation_id) id: vec3u) {
  if (any(id.xy >= params.fine)) {
    return;
  }
  textureStore(filled, id.xy, vec4f(pyramid[fineIndex(id.xy)].rgb, 1.0));
}
