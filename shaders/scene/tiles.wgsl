// Which splats reach which 16-pixel tile: counted, then listed nearest first, tile by tile. Counting and listing ask the
// same function.
// Reference: src/gaussians/raster/tiles.ts.

#import "../common/dispatch.wgsl"
#import "view.wgsl"
#import "splat.wgsl"
#import "splat-tiles.wgsl"

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

@compute @workgroup_size(LINEAR_WORKGROUP)
fn countTiles(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let k = linearIndex(id, groups);
  if (k >= view.count) {
    return;
  }
  let splat = splats[order[k]];
  let around = tilesAround(splat, view.tiles);
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
  let around = tilesAround(splat, view.tiles);
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
