// A photo to the tensor [1, 3, h, w]: resized and normalised. Reference: src/compute/preprocess/cpu.ts.

struct Params {
  size: vec2u,  // of the tensor
  scale: f32,
  mean: vec3f,
  deviation: vec3f,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var photo: texture_2d<f32>;
@group(0) @binding(2) var<storage, read_write> tensor: array<f32>;

// Source pixels [first, first + count) that make one target pixel of an axis.
struct Span {
  first: i32,
  count: i32,
  low: f32,
  high: f32,
  shrinks: bool,
}

fn spanOf(place: u32, source: u32, resized: u32) -> Span {
  let step = f32(source) / f32(resized);
  if (source > resized) {
    let low = f32(place) * step;
    let high = min(f32(source), (f32(place) + 1.0) * step);
    return Span(i32(floor(low)), i32(ceil(high)) - i32(floor(low)), low, high, true);
  }
  let centre = clamp((f32(place) + 0.5) * step - 0.5, 0.0, f32(source) - 1.0);
  return Span(i32(floor(centre)), 2, centre, centre, false);
}

// Weight of the i-th pixel of a span: the share of the target pixel it covers, or the bilinear weight.
fn weightOf(span: Span, i: i32) -> f32 {
  let pixel = f32(span.first + i);
  if (span.shrinks) {
    return max(0.0, min(pixel + 1.0, span.high) - max(pixel, span.low)) / (span.high - span.low);
  }
  return max(0.0, 1.0 - abs(pixel - span.low));
}

@compute @workgroup_size(GRID_WORKGROUP, GRID_WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (any(id.xy >= params.size)) {
    return;
  }
  let source = textureDimensions(photo);
  let across = spanOf(id.x, source.x, params.size.x);
  let down = spanOf(id.y, source.y, params.size.y);
  let last = vec2i(source) - 1;
  var color = vec3f(0.0);
  for (var j = 0; j < down.count; j++) {
    var row = vec3f(0.0);
    for (var i = 0; i < across.count; i++) {
      let pixel = min(vec2i(across.first + i, down.first + j), last);
      row += weightOf(across, i) * textureLoad(photo, pixel, 0).rgb;
    }
    color += weightOf(down, j) * row;
  }
  let value = (color * params.scale - params.mean) / params.deviation;
  let points = params.size.x * params.size.y;
  let index = id.y * params.size.x + id.x;
  tensor[index] = value.r;
  tensor[points + index] = value.g;
  tensor[2u * points + index] = value.b;
}
