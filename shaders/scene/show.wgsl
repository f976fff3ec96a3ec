// A measured map as colours on a canvas. Reference: src/compute/splats/show/cpu.ts.

#import "../common/cover.wgsl"
#import "../common/color-map.wgsl"

struct Params {
  // Where the picture lies, pixels of the canvas: x, y, width, height.
  rect: vec4f,
  ground: vec4f,
  background: vec4f,
  // Of the maps, pixels.
  size: vec2u,
  way: u32,
  // Planes of the maps; the second one only where two are compared.
  map: u32,
  other: u32,
  // Row of the colour maps' picture.
  colorMap: u32,
  // Values at the colour map's ends.
  range: vec2f,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> maps: array<u32>;
@group(0) @binding(2) var colorMaps: texture_2d<f32>;

fn whole(map: u32, pixel: u32) -> u32 {
  return maps[map * params.size.x * params.size.y + pixel];
}

fn value(map: u32, pixel: u32) -> f32 {
  return bitcast<f32>(whole(map, pixel));
}

fn three(map: u32, pixel: u32) -> vec3f {
  return vec3f(value(map, pixel), value(map + 1u, pixel), value(map + 2u, pixel));
}

// A colour of its own for every Gaussian, none of them dark.
fn colourOfIndex(index: u32) -> vec3f {
  var h = index * 2654435761u;
  h = (h ^ (h >> 15u)) * 2246822519u;
  h ^= h >> 13u;
  return (64.0 + 0.75 * vec3f(f32(h & 255u), f32((h >> 8u) & 255u), f32((h >> 16u) & 255u))) / 255.0;
}

fn paint(pixel: u32) -> vec3f {
  let alpha = value(MAP_ALPHA, pixel);
  let behind = params.background.rgb;
  if (params.way == WAY_COLOUR) {
    return clamp(three(MAP_COLOUR, pixel) + (1.0 - alpha) * behind, vec3f(0.0), vec3f(1.0));
  }
  let first = value(params.map, pixel);
  if (params.way == WAY_VALUE) {
    return mapColor(colorMaps, params.colorMap, (first - params.range.x) / (params.range.y - params.range.x));
  }
  if (params.way == WAY_WHOLE) {
    let number = f32(whole(params.map, pixel));
    return mapColor(colorMaps, params.colorMap, (number - params.range.x) / (params.range.y - params.range.x));
  }
  if (alpha <= 0.0) {
    return behind;
  }
  if (params.way == WAY_NORMAL) {
    return 0.5 + 0.5 * three(MAP_NORMAL, pixel) * vec3f(1.0, -1.0, -1.0);
  }
  if (params.way == WAY_INDEX) {
    return colourOfIndex(whole(params.map, pixel));
  }
  if (first <= 0.0) {
    return behind;
  }
  if (params.way == WAY_INVERSE) {
    let ends = 1.0 / params.range;
    return mapColor(colorMaps, params.colorMap, (1.0 / first - ends.x) / (ends.y - ends.x));
  }
  // How far apart two depths are, of the first.
  let second = value(params.other, pixel);
  if (second <= 0.0) {
    return behind;
  }
  return mapColor(colorMaps, params.colorMap, abs(second - first) / first / params.range.y);
}

@fragment
fn show(@builtin(position) position: vec4f) -> @location(0) vec4f {
  let unit = (position.xy - params.rect.xy) / params.rect.zw;
  if (any(unit < vec2f(0.0)) || any(unit >= vec2f(1.0))) {
    return vec4f(params.ground.rgb, 1.0);
  }
  let place = min(vec2u(unit * vec2f(params.size)), params.size - 1u);
  return vec4f(paint(place.y * params.size.x + place.x), 1.0);
}
