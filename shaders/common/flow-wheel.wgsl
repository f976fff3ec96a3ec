// The colour wheel of Baker et al., "A Database and Evaluation Methodology for Optical Flow" (IJCV 2011).
// src/core/colors/flow-wheel.ts draws the same wheel for the legend.

// Hues between the wheel's six corners red, yellow, green, cyan, blue, magenta; 55 in all.
const ARCS = array<f32, 6>(15.0, 6.0, 4.0, 11.0, 13.0, 6.0);
const CORNERS = array<vec3f, 7>(
  vec3f(1.0, 0.0, 0.0), vec3f(1.0, 1.0, 0.0), vec3f(0.0, 1.0, 0.0), vec3f(0.0, 1.0, 1.0),
  vec3f(0.0, 0.0, 1.0), vec3f(1.0, 0.0, 1.0), vec3f(1.0, 0.0, 0.0),
);
const PI = 3.14159265358979;

// Hue at a place 0…55 on the wheel.
fn wheelHue(place: f32) -> vec3f {
  var rest = place;
  for (var i = 0u; i < 6u; i++) {
    if (rest < ARCS[i]) {
      return mix(CORNERS[i], CORNERS[i + 1u], rest / ARCS[i]);
    }
    rest -= ARCS[i];
  }
  return CORNERS[6];
}

// `flow` at full scale has length 1; longer ones are darkened, as in the Middlebury code.
fn flowColor(flow: vec2f) -> vec3f {
  let radius = length(flow);
  if (radius < 1e-6) {
    return vec3f(1.0);
  }
  let turn = atan2(-flow.y, -flow.x) / PI;
  let hue = wheelHue(0.5 * (turn + 1.0) * 54.0);
  return select(hue * 0.75, 1.0 - radius * (1.0 - hue), radius <= 1.0);
}
