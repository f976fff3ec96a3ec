// Brightness of both photos; who imports this declares `params` with their sizes, `own` and `other`.

@group(0) @binding(1) var<storage, read> ownPhoto: array<f32>;    // [3, h, w]
@group(0) @binding(2) var<storage, read> otherPhoto: array<f32>;

const SIDE = 2 * REACH + 1;
const WINDOW = SIDE * SIDE;

// Where the n-th sample of a window lies about its middle.
fn offsetOf(n: i32) -> vec2f {
  return vec2f(f32(n % SIDE - REACH), f32(n / SIDE - REACH));
}

fn greyOwn(k: u32) -> f32 {
  let plane = params.own.x * params.own.y;
  return (ownPhoto[k] + ownPhoto[plane + k] + ownPhoto[2u * plane + k]) / 3.0;
}

fn greyOther(k: u32) -> f32 {
  let plane = params.other.x * params.other.y;
  return (otherPhoto[k] + otherPhoto[plane + k] + otherPhoto[2u * plane + k]) / 3.0;
}

// The four pixels around a place, the border clamped: index of the first and shares of the far ones.
struct Around {
  first: u32,
  share: vec2f,
}

fn around(place: vec2f, size: vec2u) -> Around {
  let at = clamp(place - 0.5, vec2f(0.0), vec2f(size - 1u));
  let low = min(floor(at), vec2f(size - 2u));
  return Around(u32(low.y) * size.x + u32(low.x), at - low);
}

fn readOwn(place: vec2f) -> f32 {
  let a = around(place, params.own);
  let next = a.first + params.own.x;
  return mix(mix(greyOwn(a.first), greyOwn(a.first + 1u), a.share.x), mix(greyOwn(next), greyOwn(next + 1u), a.share.x), a.share.y);
}

fn readOther(place: vec2f) -> f32 {
  let a = around(place, params.other);
  let next = a.first + params.other.x;
  return mix(mix(greyOther(a.first), greyOther(a.first + 1u), a.share.x), mix(greyOther(next), greyOther(next + 1u), a.share.x), a.share.y);
}
