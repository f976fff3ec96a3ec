// One picture of a lifted view. Reference: src/pages/lift/passes/display/cpu.ts, which names the pictures and
// explains the colours.

#import "../common/color-map.wgsl"
#import "../common/flow-wheel.wgsl"

struct Params {
  size: vec2u,
  // Place in LIFT_PICTURES.
  picture: u32,
  // Bits: 1 normals, 2 sky, 4 error, 8 certainty are there.
  layers: u32,
  ground: vec3f,
  medianDepth: f32,
  skyThreshold: f32,
  maxError: f32,
  // Pixels with the flow wheel's full colour.
  flowScale: f32,
  // Rows of the colour maps.
  depthMap: u32,
  errorMap: u32,
  certaintyMap: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var colour: texture_2d<f32>;
@group(0) @binding(2) var<storage, read> depth: array<f32>;
@group(0) @binding(3) var<storage, read> warp: array<f32>;
@group(0) @binding(4) var<storage, read> visible: array<u32>;
@group(0) @binding(5) var<storage, read> normals: array<f32>;
@group(0) @binding(6) var<storage, read> sky: array<f32>;
@group(0) @binding(7) var<storage, read> error: array<f32>;
@group(0) @binding(8) var<storage, read> certainty: array<f32>;
@group(0) @binding(9) var colorMaps: texture_2d<f32>;
@group(0) @binding(10) var painted: texture_storage_2d<rgba8unorm, write>;

const HIDDEN = vec3f(0.86, 0.24, 0.18);
const SKY = vec3f(0.25, 0.55, 0.95);
const HATCH = 8.0;

fn luminance(color: vec3f) -> f32 {
  return dot(color, vec3f(0.2126, 0.7152, 0.0722));
}

fn greyAt(color: vec3f, factor: f32) -> vec3f {
  return vec3f(factor * luminance(color));
}

fn hatch(place: vec2u) -> vec3f {
  let phase = fract(f32(place.x + place.y + 1u) / HATCH);
  let stripe = clamp((0.25 - abs(phase - 0.5)) * HATCH * 0.70710678 + 0.5, 0.0, 1.0);
  let contrast = select(1.0, 0.0, luminance(params.ground) > 0.5);
  return mix(params.ground, vec3f(contrast), 0.08 + 0.12 * stripe);
}

fn normalColor(i: u32, points: u32) -> vec3f {
  let normal = vec3f(normals[i], normals[points + i], normals[2u * points + i]);
  return 0.5 + vec3f(0.5, -0.5, -0.5) * normal;
}

fn warpColor(place: vec2u, i: u32, points: u32) -> vec3f {
  let there = 0.5 * vec2f(params.size) * (vec2f(warp[i], warp[points + i]) + 1.0);
  return flowColor((there - vec2f(place) - 0.5) / params.flowScale);
}

@compute @workgroup_size(GRID_WORKGROUP, GRID_WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (any(id.xy >= params.size)) {
    return;
  }
  let points = params.size.x * params.size.y;
  let i = id.y * params.size.x + id.x;
  let texel = textureLoad(colour, id.xy, 0);
  let here = texel.rgb;
  let isThere = depth[i] > 0.0;
  var color = hatch(id.xy);
  switch params.picture {
    case PICTURE_COLOUR: {
      color = select(color, here, texel.a > 0.0);
    }
    case PICTURE_DEPTH: {
      let share = params.medianDepth / (params.medianDepth + depth[i]);
      color = select(color, mapColor(colorMaps, params.depthMap, share), isThere);
    }
    case PICTURE_NORMALS: {
      if (isThere && (params.layers & 1u) != 0u) {
        color = normalColor(i, points);
      }
    }
    case PICTURE_VALIDITY: {
      color = select(color, greyAt(here, 1.0), isThere);
    }
    case PICTURE_WARP: {
      if (visible[i] != 0u) {
        color = warpColor(id.xy, i, points);
      }
    }
    case PICTURE_VISIBLE: {
      if (visible[i] != 0u) {
        color = here;
      } else if (isThere) {
        color = mix(greyAt(here, 0.7), HIDDEN, 0.5);
      }
    }
    case PICTURE_SKY: {
      if ((params.layers & 2u) != 0u && sky[i] > params.skyThreshold) {
        color = mix(greyAt(here, 1.0), SKY, 0.6);
      } else if (isThere) {
        color = greyAt(here, 0.7);
      }
    }
    case PICTURE_ERROR: {
      color = greyAt(here, 0.5);
      if ((params.layers & 4u) != 0u && error[i] >= 0.0) {
        color = mapColor(colorMaps, params.errorMap, error[i] / params.maxError);
      }
    }
    default: {
      color = greyAt(here, 0.5);
      if ((params.layers & 8u) != 0u) {
        color = mapColor(colorMaps, params.certaintyMap, certainty[i]);
      }
    }
  }
  textureStore(painted, id.xy, vec4f(color, 1.0));
}
