// From A to B: the photos' own grids travel along the match while their colours cross over. The pane's rect is that
// of the frame in between. `pane.amount` is how far the mesh has gone from its own photo to the other (A's mesh: t,
// B's: 1 − t) and `pane.opacity` the weight of this layer.

#import "../common/field.wgsl"
#import "../common/pane.wgsl"
#import "../common/photo.wgsl"

// A cell drawn out by more than this spans an edge of depth or an error; the other photo's mesh shows it better.
const MAX_STRETCH = 4.0;
// Blur and dimming of what shows through holes half-way: enough to step back behind the mesh.
const BACKDROP_BLUR = 3.0;
const BACKDROP_DIM = 0.6;

struct MeshPoint {
  @builtin(position) position: vec4f,
  @location(0) here: vec2f,
  @location(1) there: vec2f,
  @location(2) visible: f32,
}

// 0 at both ends, 1 half-way.
fn halfway(t: f32) -> f32 {
  return 4.0 * t * (1.0 - t);
}

// Nine readings in a tent: a level far down the chain, magnified, would show its texels.
fn readBlurred(photo: texture_2d<f32>, unit: vec2f, level: f32) -> vec3f {
  let texel = exp2(level) / vec2f(textureDimensions(photo));
  var sum = vec3f(0.0);
  for (var y = -1; y <= 1; y++) {
    for (var x = -1; x <= 1; x++) {
      let weight = f32((2 - abs(x)) * (2 - abs(y))) / 16.0;
      sum += weight * textureSampleLevel(photo, photoSampler, unit + vec2f(f32(x), f32(y)) * texel, level).rgb;
    }
  }
  return sum;
}

// The photo itself at either end of the way, softly going over into its blur.
fn readBackdrop(photo: texture_2d<f32>, unit: vec2f, away: f32) -> vec3f {
  let level = mipLevel(textureDimensions(photo), vec2f(1.0 / pane.rect.z, 0.0), vec2f(0.0, 1.0 / pane.rect.w));
  let sharp = textureSampleLevel(photo, photoSampler, unit, level).rgb;
  return mix(sharp, readBlurred(photo, unit, level + BACKDROP_BLUR * away), min(1.0, 4.0 * away));
}

// The two photos laid over each other, for the places that neither mesh covers.
@fragment
fn drawBackdrop(@builtin(position) position: vec4f) -> @location(0) vec4f {
  let unit = unitAt(position.xy);
  let away = halfway(pane.amount);
  let dissolve = mix(readBackdrop(photoHere, unit, away), readBackdrop(photoThere, unit, away), pane.amount);
  return onStage(mix(dissolve, pane.ground.rgb, BACKDROP_DIM * away), unit);
}

// Corners of a cell's two triangles: top left, bottom left, top right; top right, bottom left, bottom right.
fn cornerOf(index: u32) -> vec2u {
  let corners = array<vec2u, 6>(
    vec2u(0u, 0u), vec2u(0u, 1u), vec2u(1u, 0u),
    vec2u(1u, 0u), vec2u(0u, 1u), vec2u(1u, 1u),
  );
  return corners[index];
}

fn isTorn(a: vec2f, b: vec2f, c: vec2f, cell: vec2f) -> bool {
  let ab = (b - a) / cell;
  let ac = (c - a) / cell;
  let bc = (c - b) / cell;
  let longest = max(max(dot(ab, ab), dot(ac, ac)), dot(bc, bc));
  // Both triangles run against the clock (y down): a turned sign is a fold.
  let area = ab.x * ac.y - ab.y * ac.x;
  return longest > MAX_STRETCH * MAX_STRETCH || area > 0.0;
}

@vertex
fn meshCorner(@builtin(vertex_index) index: u32) -> MeshPoint {
  let mesh = min(pane.grid, vec2u(MESH_LIMIT));
  let cell = index / 6u;
  let origin = vec2u(cell % mesh.x, cell / mesh.x);
  let first = (index % 6u) / 3u * 3u;
  let size = vec2f(1.0) / vec2f(mesh);
  let a = readWarp(vec2f(origin + cornerOf(first)) * size).unit;
  let b = readWarp(vec2f(origin + cornerOf(first + 1u)) * size).unit;
  let c = readWarp(vec2f(origin + cornerOf(first + 2u)) * size).unit;

  let here = vec2f(origin + cornerOf(index % 6u)) * size;
  let landing = readWarp(here);
  let unit = mix(here, landing.unit, pane.amount);
  let stage = pane.rect.xy + unit * pane.rect.zw;
  var out: MeshPoint;
  out.here = here;
  out.there = landing.unit;
  out.visible = aboveThreshold(readCertainty(here));
  out.position = vec4f(2.0 * stage.x / pane.stage.x - 1.0, 1.0 - 2.0 * stage.y / pane.stage.y, 0.0, 1.0);
  if (isTorn(a, b, c, size)) {
    // Beyond the far plane: nothing is drawn.
    out.position = vec4f(0.0, 0.0, 2.0, 1.0);
  }
  return out;
}

// Share of a stage pixel inside a photo whose unit coordinates change by `right` and `down` a pixel.
fn edgeCover(unit: vec2f, right: vec2f, down: vec2f) -> f32 {
  let pixel = max(abs(right) + abs(down), vec2f(1e-9));
  let inside = clamp(min(unit, 1.0 - unit) / pixel + 0.5, vec2f(0.0), vec2f(1.0));
  return inside.x * inside.y;
}

@fragment
fn drawMesh(in: MeshPoint) -> @location(0) vec4f {
  let hereRight = dpdx(in.here);
  let hereDown = dpdy(in.here);
  let thereRight = dpdx(in.there);
  let thereDown = dpdy(in.there);
  let levelHere = mipLevel(textureDimensions(photoHere), hereRight, hereDown);
  let levelThere = mipLevel(textureDimensions(photoThere), thereRight, thereDown);
  let here = textureSampleLevel(photoHere, photoSampler, in.here, levelHere).rgb;
  let there = textureSampleLevel(photoThere, photoSampler, in.there, levelThere).rgb;
  let cover = edgeCover(in.here, hereRight, hereDown) * edgeCover(in.there, thereRight, thereDown);
  return vec4f(mix(here, there, pane.amount), 1.0) * in.visible * cover * pane.opacity;
}
