// The fast path for looking: every splat a quad around what of it is drawn, farthest first, premultiplied.
// Reference: src/gaussians/raster/render.ts, which stops at T < 1e-4 where this goes on.

#import "view.wgsl"
#import "splat.wgsl"

@group(0) @binding(0) var<uniform> view: View;
@group(0) @binding(1) var<storage, read> splats: array<Splat>;
@group(0) @binding(2) var<storage, read> order: array<u32>;

// Arguments of the draw.
struct Drawn {
  vertices: u32,
  count: u32,
}
@group(0) @binding(3) var<storage, read> drawn: Drawn;

// Pixels.
const MARGIN = 0.1;

struct Corner {
  @builtin(position) position: vec4f,
  // Not interpolated: corners are moved to a raster of parts of a pixel, which is too rough for thin splats.
  @location(0) @interpolate(flat) centre: vec2f,
  @location(1) @interpolate(flat) conic: vec4f,
  // Red, green, blue, opacity.
  @location(2) @interpolate(flat) colour: vec4f,
}

@vertex
fn corner(@builtin(vertex_index) vertex: u32, @builtin(instance_index) instance: u32) -> Corner {
  // Nearest first in the list; drawn from its end, where an error of 16 bits is soon covered by what lies before.
  let splat = splats[order[drawn.count - 1u - instance]];
  var out: Corner;
  out.position = vec4f(0.0, 0.0, 2.0, 1.0);
  let reach = splat.conic.w;
  if (reach <= 0.0) {
    return out;
  }
  // The conic's eigenvalues: σ = reach at √(2 reach / λ) along each axis.
  let mean = 0.5 * (splat.conic.x + splat.conic.z);
  let difference = 0.5 * (splat.conic.x - splat.conic.z);
  let spread = length(vec2f(difference, splat.conic.y));
  // Of the smaller eigenvalue as det / the larger one, which does not cancel.
  let large = mean + spread;
  let small = (splat.conic.x * splat.conic.z - splat.conic.y * splat.conic.y) / large;
  // Direction of the larger eigenvalue, across the ellipse.
  let angle = 0.5 * atan2(splat.conic.y, difference);
  let short = vec2f(cos(angle), sin(angle));
  let long = vec2f(-short.y, short.x);
  let sides = sqrt(2.0 * reach / vec2f(large, max(small, 1e-20)));
  let sign = vec2f(select(-1.0, 1.0, (vertex & 1u) == 1u), select(-1.0, 1.0, vertex >= 2u));
  // A long ellipse's end may lie very far; no quad needs to be larger than the picture all around.
  let longSide = min(sides.y, 4.0 * (view.size.x + view.size.y) + length(splat.place.xy));
  // A little wider, for that raster.
  let pixel = splat.place.xy + sign.x * (sides.x + MARGIN) * short + sign.y * (longSide + MARGIN) * long;
  out.centre = splat.place.xy;
  out.position = vec4f(2.0 * pixel.x / view.size.x - 1.0, 1.0 - 2.0 * pixel.y / view.size.y, 0.0, 1.0);
  out.conic = splat.conic;
  out.colour = vec4f(splat.look.rgb, splat.place.w);
  return out;
}

@fragment
fn shade(in: Corner) -> @location(0) vec4f {
  let alpha = alphaAt(Splat(vec4f(0.0, 0.0, 0.0, in.colour.a), in.conic, vec4f(0.0)), in.position.xy - in.centre);
  if (alpha == 0.0) {
    discard;
  }
  return vec4f(in.colour.rgb * alpha, alpha);
}

// Nothing but the quads: what the bench holds the frame's time against.
@fragment
fn shadeNothing(in: Corner) -> @location(0) vec4f {
  return vec4f(0.0, 0.0, 0.0, 0.0);
}
