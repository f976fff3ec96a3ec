import type { NamedShape } from '../published-shapes.ts';
import { xfeatShapes } from '../xfeat/published-shapes.ts';

const biased = (name: string, shape: readonly number[]): NamedShape[] => [
  [`${name}.weight`, shape],
  [`${name}.bias`, [shape[0]]],
];

const feedForward = (name: string, dim: number): NamedShape[] => [
  ...biased(`${name}.0`, [2 * dim, 2 * dim]),
  ...biased(`${name}.1`, [2 * dim]),
  ...biased(`${name}.3`, [dim, 2 * dim]),
];

/** Names and shapes of `xfeat-lighterglue.pt`: the matcher and a copy of XFeat. */
export function lighterGlueShapes({ dim = 96, layers = 6, withExtractor = true } = {}): NamedShape[] {
  const each = (name: string, count: number, shapes: (name: string) => NamedShape[]): NamedShape[] =>
    Array.from({ length: count }, (_, i) => shapes(`${name}.${i}`)).flat();
  const layer = (name: string): NamedShape[] => [
    ...biased(`${name}.self_attn.Wqkv`, [3 * dim, dim]),
    ...biased(`${name}.self_attn.out_proj`, [dim, dim]),
    ...feedForward(`${name}.self_attn.ffn`, dim),
    ...['to_qk', 'to_v', 'to_out'].flatMap((part) => biased(`${name}.cross_attn.${part}`, [dim, dim])),
    ...feedForward(`${name}.cross_attn.ffn`, dim),
  ];
  const matcher: NamedShape[] = [
    ...biased('input_proj', [dim, 64]),
    ['posenc.Wr.weight', [dim / 2, 2]],
    ...each('transformers', layers, layer),
    ...each('log_assignment', layers, (name) => [
      ...biased(`${name}.matchability`, [1, dim]),
      ...biased(`${name}.final_proj`, [dim, dim]),
    ]),
    ...each('token_confidence', layers - 1, (name) => biased(`${name}.token.0`, [1, dim])),
  ];
  const under = (prefix: string, shapes: readonly NamedShape[]): NamedShape[] =>
    shapes.map(([name, shape]) => [prefix + name, shape]);
  return [...under('matcher.', matcher), ...(withExtractor ? under('extractor.model.net.', xfeatShapes()) : [])];
}
