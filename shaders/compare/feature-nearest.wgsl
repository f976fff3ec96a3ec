// The nearest candidate by cosine of every vector (k-means: the candidates are the centres; neighbours: the other
// photo's features), and the cosine of the second. Equals go to the lower index.
// Reference: nearest in src/pages/compare/passes/feature-vectors/cpu.ts.

// Candidates' channels that a workgroup reads together.
const CHUNK = 64u;
// Candidates that are compared at once.
const LANES = 4u;

struct Params {
  channels: u32,
  vectors: u32,
  candidates: u32,
  groupsPerRow: u32,
}

struct Found {
  index: u32,
  best: f32,
  second: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> vectors: array<f32>;
@group(0) @binding(2) var<storage, read> vectorScales: array<f32>;
@group(0) @binding(3) var<storage, read> candidates: array<f32>;
@group(0) @binding(4) var<storage, read> candidateScales: array<f32>;
@group(0) @binding(5) var<storage, read_write> found: array<Found>;

// [candidate lane][channel in the chunk]
var<workgroup> chunk: array<array<f32, CHUNK>, LANES>;

@compute @workgroup_size(LINEAR_WORKGROUP)
fn main(@builtin(local_invocation_index) local: u32, @builtin(workgroup_id) group: vec3u) {
  let vector = (group.y * params.groupsPerRow + group.x) * LINEAR_WORKGROUP + local;
  // Every invocation takes part in the barriers; those beyond the end read the last vector and write nothing.
  let offset = min(vector, params.vectors - 1u) * params.channels;
  let scale = vectorScales[min(vector, params.vectors - 1u)];
  var result = Found(0u, -2.0, -2.0);
  for (var first = 0u; first < params.candidates; first += LANES) {
    var dots = vec4f(0.0);
    for (var begin = 0u; begin < params.channels; begin += CHUNK) {
      let length = min(CHUNK, params.channels - begin);
      workgroupBarrier();
      for (var lane = 0u; lane < LANES; lane++) {
        var value = 0.0;
        if (local < length && first + lane < params.candidates) {
          value = candidates[(first + lane) * params.channels + begin + local];
        }
        chunk[lane][local] = value;
      }
      workgroupBarrier();
      for (var c = 0u; c < length; c++) {
        let value = vectors[offset + begin + c];
        dots += value * vec4f(chunk[0][c], chunk[1][c], chunk[2][c], chunk[3][c]);
      }
    }
    for (var lane = 0u; lane < min(LANES, params.candidates - first); lane++) {
      let cosine = dots[lane] * scale * candidateScales[first + lane];
      if (cosine > result.best) {
        result = Found(first + lane, cosine, result.best);
      } else {
        result.second = max(result.second, cosine);
      }
    }
  }
  if (vector < params.vectors) {
    found[vector] = Found(result.index, max(-1.0, result.best), max(-1.0, result.second));
  }
}
