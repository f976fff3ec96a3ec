import { KeptNetworks } from '../../../../models/kept-networks.ts';
import { CodedError, isCancelled, throwIfAborted, toPlainError } from '../../../../core/errors.ts';
import type { DroppedNetwork, OpenedNetwork } from '../../contract/api.ts';
import type { NetworkPurpose } from '../../../../models/library-contract.ts';
import { Sha256 } from '../../../../core/sha256.ts';
import type { GpuCheck } from '../../../../core/match.ts';
import type { CheckedRuntime } from '../../../../matching/reference-check/checked-runtime.ts';
import {
  type NetworkRuntime,
  type PictureInput,
  probePictures,
} from '../../../../matching/reference-check/network-probes.ts';
import type { Runtime, Session } from '../../../../platform/runtime/runtime.ts';
import { type InpaintingPlan, inpaintingPlan } from './inpainting-network.ts';
import { type SkyPlan, skyPlan } from './sky-network.ts';

/** The file is in memory twice while it opens; LaMa and skyseg.onnx have a fifth of this. */
const MAX_NETWORK_BYTES = 2 ** 30;

/** Of the hash that tells weights apart. */
const HASH_DIGITS = 12;
/** Of the made photo, for a network that takes any size. */
const PROBED = { width: 128, height: 96 };

interface Plans {
  sky: SkyPlan;
  inpainting: InpaintingPlan;
}

/** An ONNX file that turned out to be what it was given for. */
export interface OpenPurpose<Plan> {
  /** Tells it from every other one that this worker has opened. */
  key: string;
  session: Session;
  /** Where it runs: not on a GPU that computes it wrongly. */
  runtime: NetworkRuntime;
  plan: Plan;
}

const PLAN_OF: { [P in NetworkPurpose]: (session: Session, name: string) => Plans[P] } = {
  sky: skyPlan,
  inpainting: inpaintingPlan,
};

/**
 * The networks for sky and holes, one open for each: the one that was dropped last, else the one that is kept on this
 * device, opened when it is first needed. Calls must not overlap: closing a session must not meet its run.
 */
export class PurposeNetworks {
  private readonly open: { [P in NetworkPurpose]: OpenPurpose<Plans[P]> | null } = { sky: null, inpainting: null };
  private count = 0;

  /**
   * @param openKept where files are kept; rejects where the browser lets the page keep none
   * @param onCheck hears what is known of the GPU and a network
   */
  constructor(
    private readonly checked: CheckedRuntime,
    private readonly openKept: () => Promise<KeptNetworks> = KeptNetworks.open,
    private readonly onCheck: (check: GpuCheck) => void = () => {},
  ) {}

  /** Key of the open network; null where none is open yet. */
  keyOf(purpose: NetworkPurpose): string | null {
    return this.open[purpose]?.key ?? null;
  }

  /**
   * Opens a dropped file in place of the network before and keeps it on this device. That it cannot be kept is no
   * failure, but is told.
   * @throws CodedError `network-too-large`, `network-unsuitable`, `model-unusable`
   */
  async add({ purpose, file, name }: DroppedNetwork, signal?: AbortSignal): Promise<OpenedNetwork> {
    if (file.size > MAX_NETWORK_BYTES) {
      throw new CodedError(
        'network-too-large',
        `“${name}” has ${gigabytes(file.size)}, and networks of up to ${gigabytes(MAX_NETWORK_BYTES)} are opened here.`,
        'Use a smaller network, or the same one in half precision.',
      );
    }
    const bytes = new Uint8Array(await file.arrayBuffer());
    await this.replace(purpose, name, bytes, signal);
    try {
      await (await this.openKept()).keep(purpose, name, bytes);
      return { name, bytes: bytes.length, notKept: null };
    } catch (error) {
      return { name, bytes: bytes.length, notKept: toPlainError(error) };
    }
  }

  /** The network for a purpose. @throws CodedError `sky-model-missing`, `sky-model-unusable` and so for inpainting */
  async get<P extends NetworkPurpose>(purpose: P): Promise<OpenPurpose<Plans[P]>> {
    return this.open[purpose] ?? (await this.reopen(purpose));
  }

  async close(purpose: NetworkPurpose): Promise<void> {
    const old = this.open[purpose];
    this.open[purpose] = null;
    await old?.session.release();
  }

  private async reopen<P extends NetworkPurpose>(purpose: P): Promise<OpenPurpose<Plans[P]>> {
    try {
      // A browser that lets the page keep no files has kept none.
      const kept = await (await this.openKept().catch(() => null))?.read(purpose);
      if (kept) return await this.replace(purpose, kept.name, kept.bytes);
    } catch (error) {
      if (isCancelled(error)) throw error;
      const { message, remedy } = toPlainError(error);
      throw new CodedError(`${purpose}-model-unusable`, message, remedy, { cause: error });
    }
    throw missing(purpose);
  }

  private async replace<P extends NetworkPurpose>(
    purpose: P,
    name: string,
    bytes: Uint8Array,
    signal?: AbortSignal,
  ): Promise<OpenPurpose<Plans[P]>> {
    const weights = new Sha256().update(bytes).hex().slice(0, HASH_DIGITS);
    const load = async (runtime: Runtime, read: NetworkRuntime['read']) => {
      throwIfAborted(signal);
      const session = await runtime.createSession(bytes, []);
      try {
        throwIfAborted(signal);
        const plan: Plans[P] = PLAN_OF[purpose](session, name);
        return {
          value: { session, plan },
          probe: () => probePictures(session, inputsOf(plan), plan.output, runtime, read),
          release: () => session.release(),
        };
      } catch (error) {
        await session.release();
        throw error;
      }
    };
    const { value, runtime } = await this.checked.open(
      { kind: 'file', manifestUrl: '', id: purpose, name, weights },
      load,
      { signal, onCheck: this.onCheck, recordHere: true },
    );
    await this.close(purpose);
    const opened: OpenPurpose<Plans[P]> = { key: `${++this.count} ${name}`, runtime, ...value };
    Object.assign(this.open, { [purpose]: opened });
    return opened;
  }
}

function inputsOf(plan: Plans[NetworkPurpose]): PictureInput[] {
  if ('input' in plan) return [{ name: plan.input, channels: 3, size: plan.size }];
  const size = plan.fixed ?? PROBED;
  return [
    { name: plan.image, channels: 3, size },
    { name: plan.mask, channels: 1, size },
  ];
}

const gigabytes = (bytes: number) => `${(bytes / 2 ** 30).toFixed(1)} GiB`;

const WANTED: Record<NetworkPurpose, string> = {
  sky: 'skyseg.onnx or another ONNX sky network',
  inpainting: 'an ONNX inpainting network such as LaMa',
};

const missing = (purpose: NetworkPurpose) =>
  new CodedError(
    `${purpose}-model-missing`,
    `No ${purpose} network is installed on this device.`,
    `Drop ${WANTED[purpose]} on the Lift page, or choose another way.`,
  );
