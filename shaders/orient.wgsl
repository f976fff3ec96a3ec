// Undoes a turn of B's input. Reference: src/gpu/reference/orient.ts.

struct Params {
  unturned: vec2u,  // size of the upright grid of B
  turned: vec2u,
  turns: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> warp: array<f32>;
@group(0) @binding(2) var<storage, read_write> uprightWarp: array<f32>;
@group(0) @binding(3) var<storage, read> logit: array<f32>;
@group(0) @binding(4) var<storage, read_write> uprightLogit: array<f32>;

// A's field: the places stay, what they point at turns back.
@compute @workgroup_size(LINEAR_WORKGROUP)
fn values(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let points = arrayLength(&warp) / 2u;
  let i = linearIndex(id, workgroups);
  if (i >= points) {
    return;
  }
  let place = unturnPoint(vec2f(warp[i], warp[points + i]), params.turns);
  uprightWarp[i] = place.x;
  uprightWarp[points + i] = place.y;
}

// B's field: the places turn back, what they point at stays.
@compute @workgroup_size(8, 8)
fn places(@builtin(global_invocation_id) id: vec3u) {
  if (any(id.xy >= params.turned)) {
    return;
  }
  let points = params.turned.x * params.turned.y;
  let i = id.y * params.turned.x + id.x;
  let upright = unturnPixel(id.xy, params.unturned, params.turns);
  let to = upright.y * params.unturned.x + upright.x;
  uprightWarp[to] = warp[i];
  uprightWarp[points + to] = warp[points + i];
  uprightLogit[to] = logit[i];
}
