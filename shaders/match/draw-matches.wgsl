// Sampled correspondences over two panes: a line from each place of A to its place in B, and a dot at both ends. One
// instance a match, four corners each, drawn three times by the same indirect arguments. Positions are device pixels
// of the stage. Colours leave premultiplied.

#import "../common/color-map.wgsl"
#import "../common/match-row.wgsl"

struct Matches {
  stage: vec2f,
  // Where the whole photos lie, and the panes that clip them: x, y, width, height.
  photoA: vec4f,
  photoB: vec4f,
  paneA: vec4f,
  paneB: vec4f,
  lineWidth: f32,
  lineAlpha: f32,
  dotRadius: f32,
  dotAlpha: f32,
  // Width of the dark ring that keeps dots apart from the photo.
  ring: f32,
  // COLOR_…: by the place on A, by certainty, by the fitted model.
  colorBy: u32,
  colorMap: u32,
  // The model: MODEL_… (src/core/inlier-test.ts), its rows, half the sides of A and B
  // in its unit, and the squared residual below which a match is an inlier.
  modelKind: u32,
  squaredThreshold: f32,
  row0: vec3f,
  row1: vec3f,
  row2: vec3f,
  halves: vec4f,
  inlierColor: vec3f,
  outlierColor: vec3f,
}

@group(0) @binding(0) var<uniform> matches: Matches;
@group(0) @binding(1) var<storage, read> rows: array<MatchRow>;
@group(0) @binding(2) var colorMaps: texture_2d<f32>;

// Distances are taken in the fragment from the pixel's own place: interpolated ones would inherit the rasteriser's
// rounding of corners, up to a sixteenth of a pixel.

struct Line {
  @builtin(position) position: vec4f,
  // A point of the line, and the direction across it.
  @location(0) @interpolate(flat) origin: vec2f,
  @location(1) @interpolate(flat) normal: vec2f,
  @location(2) @interpolate(flat) color: vec3f,
}

struct Dot {
  @builtin(position) position: vec4f,
  @location(0) @interpolate(flat) centre: vec2f,
  @location(1) @interpolate(flat) color: vec3f,
}

// Behind the far plane: the instance draws nothing.
const NOWHERE = vec4f(0.0, 0.0, 2.0, 1.0);

fn clipPosition(stage: vec2f) -> vec4f {
  return vec4f(2.0 * stage.x / matches.stage.x - 1.0, 1.0 - 2.0 * stage.y / matches.stage.y, 0.0, 1.0);
}

fn placeOn(photo: vec4f, normalised: vec2f) -> vec2f {
  return photo.xy + 0.5 * (normalised + 1.0) * photo.zw;
}

fn isIn(rect: vec4f, place: vec2f) -> bool {
  return all(place >= rect.xy) && all(place <= rect.xy + rect.zw);
}

fn linearToSrgb(linear: vec3f) -> vec3f {
  let c = clamp(linear, vec3f(0.0), vec3f(1.0));
  return select(1.055 * pow(c, vec3f(1.0 / 2.4)) - 0.055, 12.92 * c, c <= vec3f(0.0031308));
}

// B. Ottosson, "A perceptual color space for image processing" (2020).
fn oklabToSrgb(lab: vec3f) -> vec3f {
  let l = lab.x + 0.3963377774 * lab.y + 0.2158037573 * lab.z;
  let m = lab.x - 0.1055613458 * lab.y - 0.0638541728 * lab.z;
  let s = lab.x - 0.0894841775 * lab.y - 1.2914855480 * lab.z;
  let cubed = vec3f(l * l * l, m * m * m, s * s * s);
  return linearToSrgb(vec3f(
    dot(cubed, vec3f(4.0767416621, -3.3077115913, 0.2309699292)),
    dot(cubed, vec3f(-1.2684380046, 2.6097574011, -0.3413193965)),
    dot(cubed, vec3f(-0.0041960863, -0.7034186147, 1.7076147010)),
  ));
}

// A colour for every place on A: the hue goes round the centre, where it pales.
fn positionColor(place: vec2f) -> vec3f {
  let radius = clamp(max(abs(place.x), abs(place.y)), 0.0, 1.0);
  let direction = place / max(length(place), 1e-4);
  let chroma = 0.17 * pow(radius, 0.6);
  return oklabToSrgb(vec3f(0.76 - 0.06 * place.y, chroma * direction));
}

fn isInlier(row: MatchRow) -> bool {
  let places = row.places * matches.halves;
  let a = vec3f(places.xy, 1.0);
  let b = vec3f(places.zw, 1.0);
  let there = vec3f(dot(matches.row0, a), dot(matches.row1, a), dot(matches.row2, a));
  if (matches.modelKind == MODEL_HOMOGRAPHY) {
    let off = there.xy / there.z - b.xy;
    return there.z > 1e-9 && dot(off, off) < matches.squaredThreshold;
  }
  // Sampson distance; `there` is the epipolar line in B, `back` the direction of that in A.
  let back = b.x * matches.row0.xy + b.y * matches.row1.xy + matches.row2.xy;
  let error = dot(b, there);
  return error * error < matches.squaredThreshold * (dot(there.xy, there.xy) + dot(back, back));
}

fn matchColor(row: MatchRow) -> vec3f {
  if (matches.colorBy == COLOR_INLIERS) {
    return select(matches.outlierColor, matches.inlierColor, isInlier(row));
  }
  if (matches.colorBy == COLOR_CERTAINTY) {
    return mapColor(colorMaps, matches.colorMap, row.certainty);
  }
  return positionColor(row.places.xy);
}

// A line whose other end is outside its pane would end on a neighbour or in the letterbox: it is left out, and
// only the dot of the visible end remains.
@vertex
fn lineCorner(@builtin(vertex_index) corner: u32, @builtin(instance_index) instance: u32) -> Line {
  let row = rows[instance];
  let a = placeOn(matches.photoA, row.places.xy);
  let b = placeOn(matches.photoB, row.places.zw);
  let along = b - a;
  var out: Line;
  if (!isIn(matches.paneA, a) || !isIn(matches.paneB, b) || dot(along, along) < 1e-6) {
    out.position = NOWHERE;
    return out;
  }
  let normal = normalize(vec2f(-along.y, along.x));
  let reach = 0.5 * matches.lineWidth + 1.0;
  out.origin = a;
  out.normal = normal;
  out.position = clipPosition(select(a, b, corner >= 2u) + normal * select(-reach, reach, (corner & 1u) == 1u));
  out.color = matchColor(row);
  return out;
}

@fragment
fn drawLine(in: Line) -> @location(0) vec4f {
  let across = abs(dot(in.position.xy - in.origin, in.normal));
  let cover = clamp(0.5 * matches.lineWidth + 0.5 - across, 0.0, 1.0);
  return vec4f(in.color, 1.0) * cover * matches.lineAlpha;
}

fn dotCorner(corner: u32, centre: vec2f, clip: vec4f, color: vec3f) -> Dot {
  var out: Dot;
  if (!isIn(clip, centre)) {
    out.position = NOWHERE;
    return out;
  }
  let reach = matches.dotRadius + matches.ring + 1.0;
  let direction = vec2f(select(-1.0, 1.0, (corner & 1u) == 1u), select(-1.0, 1.0, corner >= 2u));
  out.centre = centre;
  out.position = clipPosition(centre + reach * direction);
  out.color = color;
  return out;
}

@vertex
fn dotCornerA(@builtin(vertex_index) corner: u32, @builtin(instance_index) instance: u32) -> Dot {
  let row = rows[instance];
  return dotCorner(corner, placeOn(matches.photoA, row.places.xy), matches.paneA, matchColor(row));
}

@vertex
fn dotCornerB(@builtin(vertex_index) corner: u32, @builtin(instance_index) instance: u32) -> Dot {
  let row = rows[instance];
  return dotCorner(corner, placeOn(matches.photoB, row.places.zw), matches.paneB, matchColor(row));
}

@fragment
fn drawDot(in: Dot) -> @location(0) vec4f {
  let away = distance(in.position.xy, in.centre);
  let disc = clamp(matches.dotRadius + 0.5 - away, 0.0, 1.0);
  let rim = clamp(matches.dotRadius + matches.ring + 0.5 - away, 0.0, 1.0) * step(1e-3, matches.ring);
  // The disc over its dark ring.
  let cover = disc + 0.6 * rim * (1.0 - disc);
  return vec4f(in.color * disc, cover) * matches.dotAlpha;
}
