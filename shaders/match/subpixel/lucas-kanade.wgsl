// Moves places of a warp to where the photos agree best. Reference: src/compute/lucas-kanade/cpu.ts.

#import "../../common/coordinates.wgsl"
#import "photos.wgsl"

struct Params {
  grid: vec2u,
  own: vec2u,    // size of the own photo as it is read
  other: vec2u,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(3) var<storage, read> warp: array<f32>;
@group(0) @binding(4) var<storage, read_write> moved: array<f32>;
@group(0) @binding(5) var<storage, read_write> hold: array<f32>;

// Where a place of the grid lies, pixels of the other photo.
fn placeOf(k: u32) -> vec2f {
  let points = params.grid.x * params.grid.y;
  return 0.5 * vec2f(params.other) * (vec2f(warp[k], warp[points + k]) + 1.0);
}

// A place that leaves the other photo, or comes into it, would change what is known of it.
fn isThere(place: vec2f) -> bool {
  return all(place >= vec2f(0.0)) && all(place <= vec2f(params.other));
}

fn keep(k: u32, place: vec2f) {
  let normalised = 2.0 * place / vec2f(params.other) - 1.0;
  moved[k] = normalised.x;
  moved[params.grid.x * params.grid.y + k] = normalised.y;
}

@compute @workgroup_size(GRID_WORKGROUP, GRID_WORKGROUP)
fn movePlaces(@builtin(global_invocation_id) id: vec3u) {
  if (any(id.xy >= params.grid)) {
    return;
  }
  let width = params.grid.x;
  let k = id.y * width + id.x;
  let points = width * params.grid.y;
  moved[k] = warp[k];
  moved[points + k] = warp[points + k];
  hold[k] = f32(FREE);

  let left = select(k, k - 1u, id.x > 0u);
  let right = select(k, k + 1u, id.x < width - 1u);
  let up = select(k, k - width, id.y > 0u);
  let down = select(k, k + width, id.y < params.grid.y - 1u);
  let cell = vec2f(params.own) / vec2f(params.grid);
  let alongX = (placeOf(right) - placeOf(left)) / (f32(right - left) * cell.x);
  let alongY = (placeOf(down) - placeOf(up)) / (f32((down - up) / width) * cell.y);
  let area = abs(alongX.x * alongY.y - alongY.x * alongX.y);
  if (!(area > 1.0 / LARGEST_AREA && area < LARGEST_AREA)) {
    return;
  }
  let step = 1.0 / max(1.0, sqrt(area));
  let p = (vec2f(id.xy) + 0.5) * cell;
  let q = placeOf(k);
  if (!isThere(q)) {
    return;
  }

  var shape: array<f32, WINDOW>;
  var slopes: array<vec2f, WINDOW>;
  var mean = vec3f(0.0);
  for (var n = 0; n < WINDOW; n++) {
    let place = p + step * offsetOf(n);
    shape[n] = readOwn(place);
    slopes[n] = vec2f(
      readOwn(place + vec2f(0.5, 0.0)) - readOwn(place - vec2f(0.5, 0.0)),
      readOwn(place + vec2f(0.0, 0.5)) - readOwn(place - vec2f(0.0, 0.5)),
    );
    mean += vec3f(shape[n], slopes[n]) / f32(WINDOW);
  }
  var energy = 0.0;
  var h = vec3f(0.0);  // xx, yy, xy
  for (var n = 0; n < WINDOW; n++) {
    shape[n] -= mean.x;
    slopes[n] -= mean.yz;
    energy += shape[n] * shape[n];
    h += vec3f(slopes[n] * slopes[n], slopes[n].x * slopes[n].y);
  }
  if (energy < FLAT * f32(WINDOW)) {
    return;
  }
  let halfDifference = 0.5 * (h.x - h.y);
  let weakest = 0.5 * (h.x + h.y) - sqrt(halfDifference * halfDifference + h.z * h.z);
  let damping = DAMPING * (h.x + h.y);
  h += vec3f(damping, damping, 0.0);
  let det = h.x * h.y - h.z * h.z;
  if (!(det > 0.0)) {
    return;
  }

  var moving = vec2f(0.0);
  var best = -2.0;
  var bestMove = vec2f(0.0);
  var seen: array<f32, WINDOW>;
  for (var round = 0; round <= ITERATIONS; round++) {
    var sum = 0.0;
    for (var n = 0; n < WINDOW; n++) {
      let o = step * offsetOf(n);
      seen[n] = readOther(q + moving + alongX * o.x + alongY * o.y);
      sum += seen[n] / f32(WINDOW);
    }
    var product = 0.0;
    var squares = 0.0;
    for (var n = 0; n < WINDOW; n++) {
      seen[n] -= sum;
      product += seen[n] * shape[n];
      squares += seen[n] * seen[n];
    }
    let correlation = product / sqrt(max(1e-12, energy * squares));
    if (correlation > best) {
      best = correlation;
      bestMove = moving;
    }
    if (round == ITERATIONS || product <= 0.0) {
      break;
    }
    let gain = energy / product;
    var e = vec2f(0.0);
    for (var n = 0; n < WINDOW; n++) {
      e += slopes[n] * (gain * seen[n] - shape[n]);
    }
    let s = vec2f(h.y * e.x - h.z * e.y, h.x * e.y - h.z * e.x) / det;
    moving -= alongX * s.x + alongY * s.y;
    if (!(dot(moving, moving) < LIMIT * LIMIT)) {
      break;
    }
  }
  if (best < LEAST || !isThere(q + bestMove)) {
    return;
  }
  hold[k] = select(select(f32(FREE), f32(STAYS), weakest > HELD * f32(WINDOW)), f32(LEADS), weakest > CORNER * f32(WINDOW));
  keep(k, q + bestMove);
}

@group(0) @binding(6) var<storage, read> movedIn: array<f32>;
@group(0) @binding(7) var<storage, read> holdIn: array<f32>;

fn movedPlace(k: u32) -> vec2f {
  return vec2f(movedIn[k], movedIn[params.grid.x * params.grid.y + k]);
}

// Least squares of two planes, over x and y: columns of u and of v.
struct Plane {
  isKnown: bool,
  at: vec2f,
  alongX: vec2f,
  alongY: vec2f,
}

fn planeAround(id: vec2u, here: vec2f, known: Plane) -> Plane {
  var count = 0.0;
  var first = vec2f(0.0);   // sums of x and y
  var second = vec3f(0.0);  // of xx, xy, yy
  var places = vec2f(0.0);
  var byX = vec2f(0.0);
  var byY = vec2f(0.0);
  for (var dj = -RING; dj <= RING; dj++) {
    for (var di = -RING; di <= RING; di++) {
      let o = vec2i(di, dj) * SPREAD;
      let to = vec2i(id) + o;
      if (any(to < vec2i(0)) || any(to >= vec2i(params.grid))) {
        continue;
      }
      let n = u32(to.y) * params.grid.x + u32(to.x);
      if (holdIn[n] != f32(LEADS)) {
        continue;
      }
      let x = vec2f(o);
      let place = 0.5 * vec2f(params.other) * (movedPlace(n) - here);
      let away = place - known.at - known.alongX * x.x - known.alongY * x.y;
      if (known.isKnown && dot(away, away) > OTHER_SURFACE * OTHER_SURFACE) {
        continue;
      }
      count += 1.0;
      first += x;
      second += vec3f(x.x * x.x, x.x * x.y, x.y * x.y);
      places += place;
      byX += place * x.x;
      byY += place * x.y;
    }
  }
  let none = Plane(false, vec2f(0.0), vec2f(0.0), vec2f(0.0));
  if (count < LEAST_CORNERS) {
    return none;
  }
  let mean = first / count;
  let xx = second.x - mean.x * first.x;
  let xy = second.y - mean.x * first.y;
  let yy = second.z - mean.y * first.y;
  let det = xx * yy - xy * xy;
  if (!(det > 1e-3 * count * count)) {
    return none;
  }
  let p = byX - mean.x * places;
  let q = byY - mean.y * places;
  let alongX = (yy * p - xy * q) / det;
  let alongY = (xx * q - xy * p) / det;
  return Plane(true, places / count - alongX * mean.x - alongY * mean.y, alongX, alongY);
}

@compute @workgroup_size(GRID_WORKGROUP, GRID_WORKGROUP)
fn followCorners(@builtin(global_invocation_id) id: vec3u) {
  if (any(id.xy >= params.grid)) {
    return;
  }
  let k = id.y * params.grid.x + id.x;
  let points = params.grid.x * params.grid.y;
  let here = movedPlace(k);
  moved[k] = here.x;
  moved[points + k] = here.y;
  if (holdIn[k] != f32(FREE)) {
    return;
  }
  var plane = planeAround(id.xy, here, Plane(false, vec2f(0.0), vec2f(0.0), vec2f(0.0)));
  if (plane.isKnown) {
    plane = planeAround(id.xy, here, plane);
  }
  if (!plane.isKnown || dot(plane.at, plane.at) > LIMIT * LIMIT) {
    return;
  }
  let to = here + 2.0 * plane.at / vec2f(params.other);
  if (!isInside(here) || !isInside(to)) {
    return;
  }
  moved[k] = to.x;
  moved[points + k] = to.y;
}
