import { CodedError } from '../../core/errors.ts';
import { GPU_WRONG, type GpuCheck, type KnownChecks } from '../../core/match.ts';
import type { Matcher } from '../matcher.ts';
import { compareOutputs, failureFinding } from './compare.ts';
import { checkOutputs, fromReference } from './outputs.ts';
import { keepReference, withKeptReference } from '../../models/keep-reference.ts';
import { type MatcherManifest, weightsOf } from '../../models/manifest.ts';
import { describeAdapter, type Gpu } from '../../platform/gpu/device.ts';
import { readBytes } from '../../platform/gpu/readback.ts';

/**
 * The check of one model on one GPU, made on first use: drivers that overflow or miscompile give wrong matches without an
 * error. The adapter's name is all that a browser tells of the driver.
 */
export class GpuModelCheck {
  private readonly adapter: string;
  /** What a check is remembered by: the last one is this one's. */
  private readonly keys: readonly string[];

  constructor(
    private readonly gpu: Gpu,
    private readonly manifest: MatcherManifest,
  ) {
    this.adapter = describeAdapter(gpu.info);
    // Without a reference, an earlier visit may have had one that was recorded.
    this.keys = (manifest.check ? ['reference'] : ['reference', 'not recorded']).map((by) =>
      [this.adapter, manifest.id, weightsOf(manifest), by].join(' / '),
    );
  }

  /** What an earlier check said of this adapter, model and weights. */
  of(known: KnownChecks): GpuCheck | null {
    const key = this.keys.find((one) => Object.hasOwn(known, one));
    return key === undefined ? null : this.told(known[key], key);
  }

  /**
   * Runs the model, loaded on WebGPU, on the synthetic pair and compares. The only place where a model's outputs are read back.
   * @throws CodedError `model-failed`, `cancelled`
   */
  async run(matcher: Matcher, signal?: AbortSignal): Promise<GpuCheck> {
    const { check } = this.manifest;
    const outputs = await checkOutputs(
      matcher,
      async ({ buffer, data, dims }) => {
        const bytes = 4 * dims.reduce((product, length) => product * length, 1);
        return buffer ? new Float32Array(await readBytes(this.gpu.device, buffer, bytes)) : data!;
      },
      signal,
    );
    return this.told(compareOutputs(outputs, check ? fromReference(check) : null));
  }

  /** What it means that the GPU could not load or run the model; null where that is no fault of the GPU's, as far as is known. */
  failed(thrown: unknown): GpuCheck | null {
    // Without a reference nobody has run it yet.
    const finding = this.manifest.check ? failureFinding(thrown) : null;
    return finding === null ? null : this.told({ verdict: 'wrong', finding });
  }

  /** What it means that a match of these photos holds no numbers, though the synthetic pair's did: half precision overflows so. */
  overflowed(known: KnownChecks): GpuCheck {
    // In place of what was found before.
    const key = this.keys.find((one) => Object.hasOwn(known, one));
    return this.told({ verdict: 'wrong', finding: 'its results for these photos hold no numbers' }, key);
  }

  /** What a match fails with where the worker cannot go on by itself. */
  error({ finding }: GpuCheck): CodedError {
    return new CodedError(
      GPU_WRONG,
      `The GPU (${this.adapter}) computes “${this.manifest.name}” wrongly: ${finding}.`,
      'The model runs on the CPU instead, with the same photos.',
    );
  }

  private told({ verdict, finding }: Pick<GpuCheck, 'verdict' | 'finding'>, key: string = this.keys.at(-1)!): GpuCheck {
    const reasons = {
      right: `Models run on the GPU (${this.adapter}); this one’s results were compared with its stored reference.`,
      unchecked: `Models run on the GPU (${this.adapter}); this one’s results could not be compared with the CPU’s.`,
      wrong: `Models run on the CPU: the GPU (${this.adapter}) computes this one wrongly, ${finding}.`,
    };
    return {
      key,
      verdict,
      finding,
      provider: verdict === 'wrong' ? 'wasm' : 'webgpu',
      providerReason: reasons[verdict],
    };
  }
}

/** The check of a model that is about to be loaded on a GPU. */
export interface PlannedCheck {
  check: GpuModelCheck;
  /** What an earlier one said. */
  known: GpuCheck | null;
}

/**
 * What is known of a model on this GPU, before it takes its room there. One that was never checked and comes without its reference
 * gets one: kept on this device, or recorded now on WASM, which takes as much room again.
 */
export async function planCheck(
  gpu: Gpu,
  manifest: MatcherManifest,
  manifestUrl: string,
  known: KnownChecks,
  { signal, onRecord }: { signal?: AbortSignal; onRecord: () => void },
): Promise<PlannedCheck> {
  const check = new GpuModelCheck(gpu, manifest);
  const told = check.of(known);
  if (told) return { check, known: told };
  const kept = await withKeptReference(manifest, manifestUrl);
  if (kept.check) return { check: new GpuModelCheck(gpu, kept), known: null };
  onRecord();
  const { recordReference } = await import('./record-reference.ts');
  const reference = await recordReference(manifestUrl, signal);
  if (!reference) return { check, known: null };
  await keepReference(manifest, manifestUrl, reference);
  return { check: new GpuModelCheck(gpu, { ...manifest, check: reference }), known: null };
}

/** Makes the check of a model that is loaded, unless it is known, and notes what it says; one that fails is wrong. @throws `cancelled` */
export async function makeCheck(
  { check, known }: PlannedCheck,
  matcher: Matcher,
  checks: KnownChecks,
  signal?: AbortSignal,
): Promise<GpuCheck> {
  const run = async () => {
    try {
      return await check.run(matcher, signal);
    } catch (thrown) {
      const failed = check.failed(thrown);
      if (failed) return failed;
      throw thrown;
    }
  };
  return noted(known ?? (await run()), checks);
}

/** Loads a model on the GPU. Where that fails, and no download is to blame, what it means. @throws as `load` */
export async function loadChecked(
  { check }: PlannedCheck,
  load: () => Promise<Matcher>,
  checks: KnownChecks,
): Promise<{ matcher: Matcher; failed: null } | { matcher: null; failed: GpuCheck }> {
  try {
    return { matcher: await load(), failed: null };
  } catch (thrown) {
    const failed = check.failed(thrown);
    if (failed) return { matcher: null, failed: noted(failed, checks) };
    throw thrown;
  }
}

export function noted(found: GpuCheck, checks: KnownChecks): GpuCheck {
  checks[found.key] = { verdict: found.verdict, finding: found.finding };
  return found;
}
