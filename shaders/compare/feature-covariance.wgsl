// Covariance of the channels over all places of several maps: XᵀX of what lies about the mean, in tiles, one map after
// the other. Reference: src/pages/compare/passes/feature-covariance/cpu.ts.

#import "feature-map.wgsl"

@group(0) @binding(2) var<storage, read> mean: array<f32>;
@group(0) @binding(3) var<storage, read_write> covariance: array<f32>;

// [point in the tile][channel in the tile]
var<workgroup> rows: array<array<f32, TILE>, TILE>;
var<workgroup> columns: array<array<f32, TILE>, TILE>;

fn centred(point: u32, channel: u32) -> f32 {
  if (point >= params.points || channel >= params.channels) {
    return 0.0;
  }
  return features[point * params.channels + channel] - mean[channel];
}

@compute @workgroup_size(TILE, TILE)
fn main(@builtin(local_invocation_id) local: vec3u, @builtin(workgroup_id) tile: vec3u) {
  let row = tile.y * TILE + local.y;
  let column = tile.x * TILE + local.x;
  var sum = 0.0;
  for (var first = 0u; first < params.points; first += TILE) {
    rows[local.y][local.x] = centred(first + local.y, tile.y * TILE + local.x);
    columns[local.y][local.x] = centred(first + local.y, column);
    workgroupBarrier();
    for (var k = 0u; k < TILE; k++) {
      sum += rows[k][local.y] * columns[k][local.x];
    }
    workgroupBarrier();
  }
  if (row < params.channels && column < params.channels) {
    let index = row * params.channels + column;
    let before = select(covariance[index], 0.0, params.isFirst != 0u);
    covariance[index] = before + sum / f32(params.count - 1u);
  }
}
