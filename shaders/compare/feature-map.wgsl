// One of several maps whose channels are averaged, or told against each other, as if they were one map.

struct Params {
  channels: u32,
  points: u32,  // of this map
  count: u32,  // of all maps
  isFirst: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> features: array<f32>;
