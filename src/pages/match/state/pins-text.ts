import type { MatchState } from './types.ts';

/** The pins as a table of tab-separated values whose header says what the numbers are. */
export function pinsAsText({ pins, photos }: Pick<MatchState, 'pins' | 'photos'>): string {
  const name = (side: 'a' | 'b') => photos[side].photo?.name ?? 'none';
  const lines = [
    `# A: ${name('a')}, B: ${name('b')}. Pixels; the centre of the top-left pixel is (0.5, 0.5).`,
    ['from', 'x', 'y', 'to', 'x', 'y', 'certainty', 'cycle_error_px'].join('\t'),
  ];
  for (const { side, x, y, result } of pins) {
    const to = result
      ? [
          result.to.side,
          result.to.x.toFixed(2),
          result.to.y.toFixed(2),
          result.certainty.toFixed(4),
          result.cycleError.toFixed(3),
        ]
      : ['', '', '', '', ''];
    lines.push([side, x.toFixed(2), y.toFixed(2), ...to].join('\t'));
  }
  return `${lines.join('\n')}\n`;
}
