/** What both ways of starting a report understand: from the repository, and from a pack. */
export const REPORT_OPTIONS = {
  options: ['out', 'sizes', 'runs', 'only'],
  flags: ['emulated', 'no-passes', 'no-model', 'no-frames', 'help'],
} as const;

export const REPORT_HELP = `  --out FILE        write FILE.json and FILE.md (gpu-report)
  --sizes N,N       longer sides of the embedded model's input, pixels (448,560,1024; of an emulated adapter 224)
  --runs N          timed runs of a stage, after one to warm up (5; of an emulated adapter 2)
  --emulated        take Chromium's software adapter, as the tests do, not the machine's own
  --only TEXT       of the passes those whose file's path holds TEXT
  --no-passes       leave the passes out
  --no-model        leave the models out
  --no-frames       leave the pictures of Gaussians and lifted photos out`;
