// A camera and what is drawn from it; filled by src/compute/splats/scene.ts.

struct View {
  // World to camera: each row of the rotation and its translation.
  right: vec4f,
  down: vec4f,
  forward: vec4f,
  // Where the camera stands in the world.
  centre: vec3f,
  // Gaussians of the scene.
  count: u32,
  // fx, fy, cx, cy in pixels.
  lens: vec4f,
  // Of the picture, pixels.
  size: vec2f,
  // In the Jacobian x/z and y/z are held within these.
  limit: vec2f,
  // Tiles of the picture.
  tiles: vec2u,
  // Of the harmonics used, and of those that the scene has.
  degree: u32,
  stored: u32,
  antialiased: u32,
  // How far the Gaussians of a way have given way, 0…1; see project.wgsl.
  fade: f32,
}
