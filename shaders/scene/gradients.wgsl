// Derivatives of a loss by what each splat puts on the screen: first every pair of tile and splat for itself, then a splat's
// pairs in the order of its tiles. No float is added by two at once: the same numbers on every run.
// Reference: src/gaussians/gradient/screen.ts.

#import "../common/dispatch.wgsl"
#import "view.wgsl"
#import "splat.wgsl"
#import "splat-tiles.wgsl"

const BATCH = 64u;

@group(0) @binding(0) var<uniform> view: View;
@group(0) @binding(1) var<storage, read> splats: array<Splat>;
@group(0) @binding(2) var<storage, read> pairSplats: array<u32>;
@group(0) @binding(3) var<storage, read> ranges: array<u32>;
// [3, h, w] of the loss.
@group(0) @binding(4) var<storage, read> byColour: array<f32>;
// [pairs, SCREEN_STRIDE]
@group(0) @binding(5) var<storage, read_write> pairGradients: array<f32>;
// [splats, SCREEN_STRIDE]
@group(0) @binding(6) var<storage, read_write> gradients: array<f32>;

var<workgroup> batchSplats: array<Splat, 64>;
// A splat's derivatives at each pixel of the tile, and at each row of pixels.
var<workgroup> parts: array<f32, TILE * TILE * SCREEN_STRIDE>;
var<workgroup> rows: array<f32, TILE * SCREEN_STRIDE>;
// Whether any pixel is drawn on, and a copy of it that all threads read alike.
var<workgroup> touched: atomic<u32>;
var<workgroup> isTouched: u32;

fn loadBatch(thread: u32, start: u32, length: u32) {
  workgroupBarrier();
  if (thread < length) {
    batchSplats[thread] = splats[pairSplats[start + thread]];
  }
  workgroupBarrier();
}

@compute @workgroup_size(TILE, TILE)
fn differentiate(
  @builtin(local_invocation_index) thread: u32,
  @builtin(local_invocation_id) place: vec3u,
  @builtin(workgroup_id) tile: vec3u,
) {
  let size = vec2u(view.size);
  let x = tile.x * TILE + place.x;
  let y = tile.y * TILE + place.y;
  let middle = vec2f(f32(x), f32(y)) + 0.5;
  var by = vec3f(0.0);
  var isOpen = x < size.x && y < size.y;
  if (isOpen) {
    let points = size.x * size.y;
    let pixel = y * size.x + x;
    by = vec3f(byColour[pixel], byColour[points + pixel], byColour[2u * points + pixel]);
  }
  let number = tile.y * view.tiles.x + tile.x;
  let begin = ranges[2u * number];
  let end = ranges[2u * number + 1u];
  // Front to back, as blend.wgsl: the light that is left at last, and after which pair the pixel is done.
  var light = 1.0;
  var done = select(begin, end, isOpen);
  for (var start = begin; start < end; start += BATCH) {
    let length = min(BATCH, end - start);
    loadBatch(thread, start, length);
    for (var j = 0u; j < length && isOpen; j++) {
      let splat = batchSplats[j];
      let after = light * (1.0 - alphaAt(splat, middle - splat.place.xy));
      if (after < MIN_TRANSMITTANCE) {
        isOpen = false;
        done = start + j;
      } else {
        light = after;
      }
    }
  }
  // Back to front: what lies behind, as a share of the light that gets there. Subtracting from the whole picture instead
  // would leave nothing of float32's digits where little light is left.
  var behind = vec3f(0.0);
  let batches = (end - begin + BATCH - 1u) / BATCH;
  for (var b = batches; b > 0u; b--) {
    let start = begin + (b - 1u) * BATCH;
    let length = min(BATCH, end - start);
    loadBatch(thread, start, length);
    for (var n = length; n > 0u; n--) {
      let j = n - 1u;
      let splat = batchSplats[j];
      // Said in words: where the declaration alone has to clear it, SwiftShader keeps what the last turn left.
      var part = array<f32, SCREEN_STRIDE>();
      let d = middle - splat.place.xy;
      let alpha = alphaAt(splat, d);
      if (start + j < done && alpha > 0.0) {
        let colour = splat.look.rgb;
        light /= 1.0 - alpha;
        part[SCREEN_COLOUR] = alpha * light * by.x;
        part[SCREEN_COLOUR + 1u] = alpha * light * by.y;
        part[SCREEN_COLOUR + 2u] = alpha * light * by.z;
        // What is held at the greatest α passes nothing on but its colour.
        if (splat.place.w * exp(-sigmaAt(splat, d)) <= MAX_ALPHA) {
          let byAlpha = light * dot(colour - behind, by);
          let bySigma = -alpha * byAlpha;
          part[SCREEN_OPACITY] = alpha / splat.place.w * byAlpha;
          part[SCREEN_X] = -bySigma * (splat.conic.x * d.x + splat.conic.y * d.y);
          part[SCREEN_Y] = -bySigma * (splat.conic.y * d.x + splat.conic.z * d.y);
          part[SCREEN_CONIC] = bySigma * 0.5 * d.x * d.x;
          part[SCREEN_CONIC + 1u] = bySigma * d.x * d.y;
          part[SCREEN_CONIC + 2u] = bySigma * 0.5 * d.y * d.y;
        }
        behind = mix(behind, colour, alpha);
        atomicStore(&touched, 1u);
      }
      for (var k = 0u; k < SCREEN_STRIDE; k++) {
        parts[SCREEN_STRIDE * thread + k] = part[k];
      }
      workgroupBarrier();
      if (thread == 0u) {
        isTouched = atomicExchange(&touched, 0u);
      }
      if (workgroupUniformLoad(&isTouched) == 0u) {
        if (thread < SCREEN_STRIDE) {
          pairGradients[SCREEN_STRIDE * (start + j) + thread] = 0.0;
        }
        continue;
      }
      if (thread < TILE * SCREEN_STRIDE) {
        let first = TILE * (thread / SCREEN_STRIDE);
        var sum = 0.0;
        for (var k = 0u; k < TILE; k++) {
          sum += parts[SCREEN_STRIDE * (first + k) + thread % SCREEN_STRIDE];
        }
        rows[thread] = sum;
      }
      workgroupBarrier();
      if (thread < SCREEN_STRIDE) {
        var sum = 0.0;
        for (var k = 0u; k < TILE; k++) {
          sum += rows[SCREEN_STRIDE * k + thread];
        }
        pairGradients[SCREEN_STRIDE * (start + j) + thread] = sum;
      }
    }
  }
}

@compute @workgroup_size(LINEAR_WORKGROUP)
fn gather(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = linearIndex(id, groups);
  if (i >= view.count) {
    return;
  }
  var sums = array<f32, SCREEN_STRIDE>();
  let splat = splats[i];
  let around = tilesAround(splat, view.tiles);
  for (var row = around.y; row < around.w; row++) {
    for (var column = around.x; column < around.z; column++) {
      if (!ellipseMeets(splat, vec2u(column, row))) {
        continue;
      }
      let tile = row * view.tiles.x + column;
      let end = ranges[2u * tile + 1u];
      var low = ranges[2u * tile];
      // A tile's pairs are sorted by depth: the first that is not nearer.
      var high = end;
      while (low < high) {
        let middle = (low + high) / 2u;
        if (splats[pairSplats[middle]].place.z < splat.place.z) {
          low = middle + 1u;
        } else {
          high = middle;
        }
      }
      while (low < end && pairSplats[low] != i && splats[pairSplats[low]].place.z <= splat.place.z) {
        low++;
      }
      if (low < end && pairSplats[low] == i) {
        for (var k = 0u; k < SCREEN_STRIDE; k++) {
          sums[k] += pairGradients[SCREEN_STRIDE * low + k];
        }
      }
    }
  }
  for (var k = 0u; k < SCREEN_STRIDE; k++) {
    gradients[SCREEN_STRIDE * i + k] = sums[k];
  }
}
