import type { GpuCheck, KnownChecks } from '../../core/match.ts';
import { keepJson, keptJson } from '../../models/keep-reference.ts';
import { describeAdapter, type Gpu } from '../../platform/gpu/device.ts';
import { LazyRuntime } from '../../platform/runtime/lazy-runtime.ts';
import type { Runtime } from '../../platform/runtime/runtime.ts';
import { type Comparison, failureFinding } from './compare.ts';
import { compareNetworkOutputs, type NetworkOutputs, readStoredOutputs, storedOutputs } from './network-outputs.ts';
import type { NetworkRuntime, ProbedModel } from './network-probes.ts';

/** A network that is open, with what its check needs. */
export interface OpenedNetwork<T> {
  value: T;
  /** What it says of the synthetic photo. @throws CodedError where it fails */
  probe(): Promise<NetworkOutputs>;
  release(): Promise<void>;
}

export interface CheckListener {
  signal?: AbortSignal;
  /** The model is run on WASM once, to check the GPU by it. */
  onRecord?: () => void;
  /** Hears whether the GPU computes the model rightly; of a wrong one WASM takes over. */
  onCheck?: (check: GpuCheck) => void;
  /** The model has no address: its reference is recorded in this worker, which a small one can afford. */
  recordHere?: boolean;
}

/** Records what a model says on WASM; null where it cannot be run there, or not in time. */
export type RecordOutputs = (model: ProbedModel, signal?: AbortSignal) => Promise<NetworkOutputs | null>;

/**
 * Where networks that are no matchers run: encoders, depth networks, networks of scenes. On first use on a GPU each is compared
 * with what WASM says of the same synthetic photo, as matchers are (GpuModelCheck); where it is wrong, or fails, it runs on WASM.
 */
export class CheckedRuntime {
  private readonly wasm: NetworkRuntime;
  private readonly record: RecordOutputs;

  /**
   * @param runtime of the GPU where `gpu` is given, else of WASM
   * @param known what checks have said before; those of this life are added
   */
  constructor(
    private readonly runtime: NetworkRuntime,
    private readonly gpu: Pick<Gpu, 'info'> | null,
    private readonly known: KnownChecks = {},
    { wasm, record }: { wasm?: NetworkRuntime; record?: RecordOutputs } = {},
  ) {
    this.wasm = wasm ?? new LazyRuntime(null);
    this.record = record ?? recordOnWasm;
  }

  /**
   * Opens a network where it is computed rightly.
   * @param alsoRight keys of checks that say as much as one of this model would
   * @throws CodedError of `load`, `cancelled`
   */
  async open<T>(
    model: ProbedModel,
    load: (runtime: Runtime, read: NetworkRuntime['read']) => Promise<OpenedNetwork<T>>,
    listener: CheckListener = {},
    alsoRight: readonly string[] = [],
  ): Promise<{ value: T; runtime: NetworkRuntime }> {
    const loadIn = async (runtime: NetworkRuntime) => load(await runtime.open(), (tensor) => runtime.read(tensor));
    const opened = this.gpu && (await this.checked(this.gpu, model, loadIn, listener, alsoRight));
    if (opened) return { value: opened.value, runtime: this.runtime };
    const runtime = this.gpu ? this.wasm : this.runtime;
    return { value: (await loadIn(runtime)).value, runtime };
  }

  /** The network on the GPU, once it is known to be right there; null where it is not. */
  private async checked<T>(
    { info }: Pick<Gpu, 'info'>,
    model: ProbedModel,
    loadIn: (runtime: NetworkRuntime) => Promise<OpenedNetwork<T>>,
    { signal, onRecord, onCheck, recordHere }: CheckListener,
    alsoRight: readonly string[],
  ): Promise<OpenedNetwork<T> | null> {
    const adapter = describeAdapter(info);
    // A reference that could be had later asks for another check.
    const keys = ['reference', 'not recorded'].map((by) =>
      [adapter, model.id, model.kind, model.weights, by].join(' / '),
    );
    const tell = (found: Pick<Comparison, 'verdict' | 'finding'>, key: string) => {
      this.known[key] = { verdict: found.verdict, finding: found.finding };
      onCheck?.(toldOf(found, key, adapter, model.name));
    };
    const key = keys.find((one) => Object.hasOwn(this.known, one));
    if (key !== undefined) {
      tell(this.known[key], key);
      return this.known[key].verdict === 'wrong' ? null : loadIn(this.runtime);
    }
    if (alsoRight.some((one) => this.known[one]?.verdict === 'right')) return loadIn(this.runtime);
    const recorder = recordHere ? () => this.recordHere(loadIn) : this.record;
    const reference = await this.reference(model, { signal, onRecord }, recorder);
    const result = await this.tried(loadIn, reference);
    tell(result.found, keys[reference ? 0 : 1]);
    return result.opened;
  }

  private async tried<T>(
    loadIn: (runtime: NetworkRuntime) => Promise<OpenedNetwork<T>>,
    reference: NetworkOutputs | null,
  ): Promise<{ found: Pick<Comparison, 'verdict' | 'finding'>; opened: OpenedNetwork<T> | null }> {
    let opened: OpenedNetwork<T> | null = null;
    let found: Pick<Comparison, 'verdict' | 'finding'>;
    try {
      opened = await loadIn(this.runtime);
      found = compareNetworkOutputs(await opened.probe(), reference);
    } catch (thrown) {
      // What WASM cannot run either is no fault of the GPU's.
      const failure = reference && failureFinding(thrown);
      if (failure === null) {
        await opened?.release();
        throw thrown;
      }
      found = { verdict: 'wrong', finding: failure };
    }
    if (found.verdict !== 'wrong') return { found, opened };
    // The GPU's session goes first: the model may be large.
    await opened?.release();
    return { found, opened: null };
  }

  private async recordHere<T>(
    loadIn: (runtime: NetworkRuntime) => Promise<OpenedNetwork<T>>,
  ): Promise<NetworkOutputs | null> {
    let opened: OpenedNetwork<T> | null = null;
    try {
      opened = await loadIn(this.wasm);
      const outputs = await opened.probe();
      return Object.values(outputs).every(({ isFinite }) => isFinite) ? outputs : null;
    } catch (thrown) {
      if (failureFinding(thrown) === null) throw thrown;
      return null;
    } finally {
      await opened?.release();
    }
  }

  /** What WASM says: kept on this device, or recorded now. */
  private async reference(
    model: ProbedModel,
    { signal, onRecord }: Pick<CheckListener, 'signal' | 'onRecord'>,
    record: RecordOutputs,
  ): Promise<NetworkOutputs | null> {
    const file = `reference-${model.kind}.json`;
    const kept = (await keptJson(model.manifestUrl, file)) as { weights?: unknown; outputs?: unknown } | null;
    const read = kept?.weights === model.weights ? readStoredOutputs(kept.outputs) : null;
    if (read) return read;
    onRecord?.();
    const recorded = await record(model, signal);
    if (recorded) {
      await keepJson(model.manifestUrl, file, { weights: model.weights, outputs: storedOutputs(recorded) });
    }
    return recorded;
  }
}

function toldOf(
  { verdict, finding }: Pick<Comparison, 'verdict' | 'finding'>,
  key: string,
  adapter: string,
  name: string,
): GpuCheck {
  const reasons = {
    right: `“${name}” runs on the GPU (${adapter}); its results were compared with the CPU’s.`,
    unchecked: `“${name}” runs on the GPU (${adapter}); its results could not be compared with the CPU’s.`,
    wrong: `“${name}” runs on the CPU: the GPU (${adapter}) computes this one wrongly, ${finding}.`,
  };
  return { key, verdict, finding, provider: verdict === 'wrong' ? 'wasm' : 'webgpu', providerReason: reasons[verdict] };
}

async function recordOnWasm(model: ProbedModel, signal?: AbortSignal): Promise<NetworkOutputs | null> {
  const { recordNetwork } = await import('./record-reference.ts');
  return recordNetwork(model, signal);
}
