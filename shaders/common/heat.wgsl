// A heat map over the pane's photo.

#import "color-map.wgsl"
#import "pane.wgsl"
#import "photo.wgsl"

// The map's colours only read true over grey; where nothing is shown, the photo steps back towards the stage.
fn heatOverPhoto(unit: vec2f, value: f32, shown: f32) -> vec3f {
  let photo = readHere(unit);
  let grey = vec3f(luminance(photo));
  let dimmed = mix(mix(photo, grey, 0.6), pane.ground.rgb, 0.5);
  let heat = mix(grey, mapColor(colorMaps, pane.colorMap, value), pane.opacity);
  return mix(dimmed, heat, shown);
}
