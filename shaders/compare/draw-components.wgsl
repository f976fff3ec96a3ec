// The PCA map of a feature grid, a pixel for every place: its features are projected onto three components about the
// photo's own mean, and the scores become red, green and blue. Reference: src/pages/compare/passes/draw-components/cpu.ts.

#import "../common/cover.wgsl"

struct View {
  // Rows of the matrix from scores to colours: scaling and alignment in one.
  red: vec3f,
  green: vec3f,
  blue: vec3f,
  channels: u32,
  // Places in a row of the grid.
  columns: u32,
  // 1 keeps the places above the threshold along the first component, 2 the others, 0 all.
  mask: u32,
  threshold: f32,
}

@group(0) @binding(0) var<uniform> view: View;
@group(0) @binding(1) var<storage, read> features: array<f32>;
@group(0) @binding(2) var<storage, read> mean: array<f32>;
@group(0) @binding(3) var<storage, read> basis: array<f32>;

@fragment
fn drawComponents(@builtin(position) position: vec4f) -> @location(0) vec4f {
  let place = vec2u(position.xy);
  let channels = view.channels;
  let first = (place.y * view.columns + place.x) * channels;
  var scores = vec3f(0.0);
  for (var c = 0u; c < channels; c++) {
    let directions = vec3f(basis[c], basis[channels + c], basis[2u * channels + c]);
    scores += (features[first + c] - mean[c]) * directions;
  }
  let isHigh = scores.x > view.threshold;
  if ((view.mask == MASK_HIGH && !isHigh) || (view.mask == MASK_LOW && isHigh)) {
    return vec4f(0.0);
  }
  let color = vec3f(dot(view.red, scores), dot(view.green, scores), dot(view.blue, scores)) + 0.5;
  return vec4f(clamp(color, vec3f(0.0), vec3f(1.0)), 1.0);
}
