import { KeptNetworks } from '../../../../models/kept-networks.ts';
import { CodedError, isCancelled, throwIfAborted, toPlainError } from '../../../../core/errors.ts';
import type { DroppedNetwork, OpenedNetwork } from '../../contract/api.ts';
import type { NetworkPurpose } from '../../../../models/library-contract.ts';
import type { Session } from '../../../../platform/runtime/runtime.ts';
import { type InpaintingPlan, inpaintingPlan } from './inpainting-network.ts';
import type { LazyRuntime } from '../../../../platform/runtime/lazy-runtime.ts';
import { type SkyPlan, skyPlan } from './sky-network.ts';

/** The file is in memory twice while it opens; LaMa and skyseg.onnx have a fifth of this. */
const MAX_NETWORK_BYTES = 2 ** 30;

interface Plans {
  sky: SkyPlan;
  inpainting: InpaintingPlan;
}

/** An ONNX file that turned out to be what it was given for. */
export interface OpenPurpose<Plan> {
  /** Tells it from every other one that this worker has opened. */
  key: string;
  session: Session;
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

  /** @param openKept where files are kept; rejects where the browser lets the page keep none */
  constructor(
    private readonly runtime: LazyRuntime,
    private readonly openKept: () => Promise<KeptNetworks> = KeptNetworks.open,
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
    const runtime = await this.runtime.open();
    throwIfAborted(signal);
    const session = await runtime.createSession(bytes, []);
    try {
      throwIfAborted(signal);
      const plan: Plans[P] = PLAN_OF[purpose](session, name);
      await this.close(purpose);
      const opened: OpenPurpose<Plans[P]> = { key: `${++this.count} ${name}`, session, plan };
      Object.assign(this.open, { [purpose]: opened });
      return opened;
    } catch (error) {
      await session.release();
      throw error;
    }
  }
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
