// Which splats reach which 16-pixel tile: counted, then listed nearest first, tile by tile. Counting and listing ask the
// same function.
// Reference: src/gaussians/raster/tiles.ts.

#import "../common/dispatch.wgsl"
#import "view.wgsl"
#import "splat.wgsl"

@group(0) @binding(0) var<uniform> view: View;
@group(0) @binding(1) var<storage, read> splats: array<Splat>;
// Splats by depth.
@group(0) @binding(2) var<storage, read> order: array<u32>;
// Tiles of each splat in that order; after prefix-sum.wgsl where its pairs begin.
@group(0) @binding(3) var<storage, read_write> offsets: array<u32>;
// Pairs of all.
@group(0) @binding(4) var<storage, read_write> total: array<u32>;
// The pairs: tile and splat.
@group(0) @binding(5) var<storage, read_write> pairTiles: array<u32>;
@group(0) @binding(6) var<storage, read_write> pairSplats: array<u32>;
// Begin and end of each tile's pairs once they are sorted; cleared before.
@group(0) @binding(7) var<storage, read_write> ranges: array<u32>;

fn sigmaOf(conic: vec4f, x: f32, y: f32) -> f32 {
  return 0.5 * (conic.x * x * x + conic.z * y * y) + conic.y * x * y;
}

// Whether the ellipse σ ≤ reach meets a tile's rectangle of pixel centres. The form is convex: its least value lies at the
// centre or on an edge that faces it. The slack lets a rounding rather add a tile than lose one.
fn ellipseMeets(splat: Splat, tile: vec2u) -> bool {
  let low = vec2f(tile) * f32(TILE) + 0.5 - splat.place.xy;
  let high = low + f32(TILE - 1);
  if (all(low <= vec2f(0.0)) && all(high >= vec2f(0.0))) {
    return true;
  }
  let conic = splat.conic;
  let limit = 1.0001 * conic.w + 1e-4;
  if (low.x > 0.0 || high.x < 0.0) {
    let x = select(high.x, low.x, low.x > 0.0);
    let y = clamp(-conic.y * x / conic.z, low.y, high.y);
    if (sigmaOf(conic, x, y) <= limit) {
      return true;
    }
  }
  if (low.y > 0.0 || high.y < 0.0) {
    let y = select(high.y, low.y, low.y > 0.0);
    let x = clamp(-conic.y * y / conic.x, low.x, high.x);
    if (sigmaOf(conic, x, y) <= limit) {
      return true;
    }
  }
  return false;
}

// First column and row, and those after the last, of the tiles that the ellipse's upright rectangle touches.
fn tilesAround(splat: Splat) -> vec4u {
  let conic = splat.conic;
  if (conic.w <= 0.0) {
    return vec4u(0u);
  }
  let det = conic.x * conic.z - conic.y * conic.y;
  // A pixel more, where det has lost digits.
  let extent = sqrt(2.0 * conic.w * vec2f(conic.z, conic.x) / det) * 1.0001 + 1.0;
  let tiles = vec2f(view.tiles);
  // An extent that is no number or beyond all is the whole picture.
  let low = select(vec2f(0.0), clamp(floor((splat.place.xy - extent) / f32(TILE)), vec2f(0.0), tiles), extent < vec2f(1e7));
  let high = select(tiles, clamp(floor((splat.place.xy + extent) / f32(TILE)) + 1.0, vec2f(0.0), tiles), extent < vec2f(1e7));
  return vec4u(vec2u(low), vec2u(high));
}

@compute @workgroup_size(LINEAR_WORKGROUP)
fn countTiles(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let k = linearIndex(id, groups);
  if (k >= view.count) {
    return;
  }
  let splat = splats[order[k]];
  let around = tilesAround(splat);
  var count = 0u;
  for (var row = around.y; row < around.w; row++) {
    for (var column = around.x; column < around.z; column++) {
      count += select(0u, 1u, ellipseMeets(splat, vec2u(column, row)));
    }
  }
  offsets[k] = count;
}

// Pairs beyond the buffers' end are left out; `total` tells.
@compute @workgroup_size(LINEAR_WORKGROUP)
fn listTiles(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let k = linearIndex(id, groups);
  if (k >= view.count) {
    return;
  }
  let index = order[k];
  let splat = splats[index];
  let around = tilesAround(splat);
  var at = offsets[k];
  var end = total[0];
  if (k + 1u < view.count) {
    end = offsets[k + 1u];
  }
  end = min(end, arrayLength(&pairTiles));
  for (var row = around.y; row < around.w; row++) {
    for (var column = around.x; column < around.z; column++) {
      if (at < end && ellipseMeets(splat, vec2u(column, row))) {
        pairTiles[at] = row * view.tiles.x + column;
        pairSplats[at] = index;
        at++;
      }
    }
  }
  // A compiler may round the same test otherwise here than there: what is missing goes to no tile.
  for (; at < end; at++) {
    pairTiles[at] = view.tiles.x * view.tiles.y;
    pairSplats[at] = index;
  }
}

@compute @workgroup_size(LINEAR_WORKGROUP)
fn findRanges(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = linearIndex(id, groups);
  let count = min(total[0], arrayLength(&pairTiles));
  if (i >= count) {
    return;
  }
  let tile = pairTiles[i];
  var isFirst = i == 0u;
  if (i > 0u) {
    isFirst = pairTiles[i - 1u] != tile;
  }
  var isLast = i + 1u == count;
  if (i + 1u < count) {
    isLast = pairTiles[i + 1u] != tile;
  }
  if (isFirst) {
    ranges[2u * tile] = i;
  }
  if (isLast) {
    ranges[2u * tile + 1u] = i + 1u;
  }
}
