import { type MatchFormat, metadataOf, oneFile } from './export-format.ts';

export const opencv = {
  name: 'opencv',
  label: 'OpenCV',
  ending: '.yml',
  text: 'Keypoints, matches, inliers, H, F, E and K for cv2.FileStorage; the first pixel’s centre is 0 there.',
  choices: [],
  inBatch: true,
  needs: 'match',
  fileEnd: () => '-opencv.yml',
  commandFiles: oneFile('opencv.yml'),
  async write(wish, source, run) {
    const { encodeOpenCvYaml } = await import('../formats/matches/opencv-yml.ts');
    const table = await source.readMatches();
    const geometry = await source.readGeometry(table, run);
    const text = encodeOpenCvYaml({
      table,
      metadata: metadataOf(wish, source),
      focal: source.focal,
      cameras: source.cameras,
      geometry,
    });
    const known = [geometry.homography && 'H', geometry.fundamental && 'F', geometry.essential && 'E'].filter(Boolean);
    return {
      blob: new Blob([text], { type: 'application/yaml' }),
      notes: [
        known.length > 0
          ? `${known.join(', ')} and the inliers are as COLMAP’s database would have them.`
          : 'No two-view geometry explains the matches: only keypoints and matches are in it.',
      ],
    };
  },
} as const satisfies MatchFormat;
