import { useWorkspaceState } from '../../ui/workspace-context.ts';

/** Says a share of the longer side of A in pixels. */
export function useScaleText(): (share: number) => string {
  const longSide = useWorkspaceState(({ photos }) => {
    const size = photos.a.photo?.info.size;
    return size ? Math.max(size.width, size.height) : null;
  });
  return (share) => {
    if (longSide === null) return `${(share * 100).toFixed(1)} %`;
    const pixels = share * longSide;
    return `${pixels.toFixed(pixels < 10 ? 1 : 0)} px`;
  };
}
