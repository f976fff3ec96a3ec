// One correspondence, see ROW_FLOATS in src/compute/sample-matches/cpu.ts.

struct MatchRow {
  places: vec4f,  // x_a, y_a, x_b, y_b, normalised
  certainty: f32,
  side: f32,
  unused: vec2f,
}

// Head of the state that select-smallest.wgsl leaves: how many entries were selected.
struct Selection {
  unused: vec3u,
  total: u32,
}

// Key of an entry that must never be selected.
