// Counter-clockwise quarter turns of an image.

// Pixel of the unturned image (of this size) that lies at `p` after the turns.
fn unturnPixel(p: vec2u, unturned: vec2u, turns: u32) -> vec2u {
  let last = unturned - 1u;
  switch turns {
    case 1u: { return vec2u(last.x - p.y, p.x); }
    case 2u: { return last - p; }
    case 3u: { return vec2u(p.y, last.y - p.x); }
    default: { return p; }
  }
}

// The same for a normalised place.
fn unturnPoint(p: vec2f, turns: u32) -> vec2f {
  switch turns {
    case 1u: { return vec2f(-p.y, p.x); }
    case 2u: { return -p; }
    case 3u: { return vec2f(p.y, -p.x); }
    default: { return p; }
  }
}
