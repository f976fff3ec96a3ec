import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../onnx/graph-builder.ts';
import { noise, runInNode } from '../../onnx/run-in-node.test-helper.ts';
import { localCorrelation } from './local-correlation.ts';

describe('localCorrelation', () => {
  it.each([
    ['read from the correlation volume', undefined],
    ['from shifted maps, three offsets at a time', 3 * 4 * 6 * 5 * 7],
    ['from shifted maps, one offset at a time', 1],
  ])('equals the definition: %s', async (_, temporaryBytes) => {
    const [channels, height, width, radius] = [6, 5, 7, 2];
    const g = new GraphBuilder({ name: 'correlation' });
    const x = g.input('x', 'float32', [1, channels, height, width]);
    const y = g.input('y', 'float32', [1, channels, height, width]);
    const grid = g.input('grid', 'float32', [1, height, width, 2]);
    g.output('correlation', localCorrelation(g, x, y, grid, radius, temporaryBytes));
    const feeds = {
      x: noise(channels * height * width, 1),
      y: noise(channels * height * width, 2),
      // Some places lie outside B, where samples are zero.
      grid: noise(height * width * 2, 3).map((value) => 1.3 * value),
    };
    const { correlation } = await runInNode(g, feeds);
    expect(correlation.shape).toEqual([1, 25, height, width]);
    const sample = (channel: number, px: number, py: number): number => {
      const at = (ix: number, iy: number): number =>
        ix < 0 || iy < 0 || ix >= width || iy >= height ? 0 : feeds.y[(channel * height + iy) * width + ix];
      const [x0, y0] = [Math.floor(px), Math.floor(py)];
      const [fx, fy] = [px - x0, py - y0];
      const top = (1 - fx) * at(x0, y0) + fx * at(x0 + 1, y0);
      return (1 - fy) * top + fy * ((1 - fx) * at(x0, y0 + 1) + fx * at(x0 + 1, y0 + 1));
    };
    let worst = 0;
    for (let offset = 0; offset < 25; offset += 1) {
      for (let pixel = 0; pixel < height * width; pixel += 1) {
        const px = ((feeds.grid[2 * pixel] + 1) * width - 1) / 2 + (offset % 5) - radius;
        const py = ((feeds.grid[2 * pixel + 1] + 1) * height - 1) / 2 + Math.floor(offset / 5) - radius;
        let expected = 0;
        for (let c = 0; c < channels; c += 1) expected += feeds.x[c * height * width + pixel] * sample(c, px, py);
        const actual = correlation.values[offset * height * width + pixel];
        worst = Math.max(worst, Math.abs(actual - expected / Math.sqrt(channels)));
      }
    }
    expect(worst).toBeLessThan(1e-5);
  });
});
