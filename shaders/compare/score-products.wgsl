// Products of one encoder's three scores with another's at the same places, summed over the grid, and the squares of
// the other's: all that alignment needs of them. Dispatched as one workgroup.
// Reference: src/pages/compare/passes/score-products/cpu.ts.


struct Params {
  // The grid that is summed over, and the other one, which is read bilinearly at its centres.
  grid: vec2u,
  otherGrid: vec2u,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> scores: array<f32>;
@group(0) @binding(2) var<storage, read> others: array<f32>;
// Nine products, row by row of the first encoder's components; three squares.
@group(0) @binding(3) var<storage, read_write> sums: array<f32>;

var<workgroup> partials: array<array<f32, SUMS>, LINEAR_WORKGROUP>;

fn otherAt(column: u32, row: u32) -> vec3f {
  let first = 3u * (row * params.otherGrid.x + column);
  return vec3f(others[first], others[first + 1u], others[first + 2u]);
}

fn readOther(place: vec2u) -> vec3f {
  let last = vec2f(params.otherGrid - 1u);
  let scale = vec2f(params.otherGrid) / vec2f(params.grid);
  let position = clamp((vec2f(place) + 0.5) * scale - 0.5, vec2f(0.0), last);
  let low = vec2u(position);
  let high = min(low + 1u, params.otherGrid - 1u);
  let share = position - vec2f(low);
  let above = mix(otherAt(low.x, low.y), otherAt(high.x, low.y), share.x);
  let below = mix(otherAt(low.x, high.y), otherAt(high.x, high.y), share.x);
  return mix(above, below, share.y);
}

@compute @workgroup_size(LINEAR_WORKGROUP)
fn main(@builtin(local_invocation_index) local: u32) {
  var own: array<f32, SUMS>;
  let places = params.grid.x * params.grid.y;
  for (var place = local; place < places; place += LINEAR_WORKGROUP) {
    let other = readOther(vec2u(place % params.grid.x, place / params.grid.x));
    for (var i = 0u; i < 3u; i++) {
      let score = scores[3u * place + i];
      for (var j = 0u; j < 3u; j++) {
        own[3u * i + j] += score * other[j];
      }
      own[9u + i] += other[i] * other[i];
    }
  }
  partials[local] = own;
  workgroupBarrier();
  if (local < SUMS) {
    var sum = 0.0;
    for (var i = 0u; i < LINEAR_WORKGROUP; i++) {
      sum += partials[i][local];
    }
    sums[local] = sum;
  }
}
