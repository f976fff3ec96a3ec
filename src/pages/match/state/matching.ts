import { isCancelled } from '../../../core/errors.ts';
import { type GpuCheck, isGpuWrong } from '../../../core/match.ts';
import type { MatchOptions } from '../contract/protocol.ts';
import type { EngineLink } from './engine-link.ts';
import { isWorkerDeath } from '../../../platform/worker/worker-client.ts';
import type { Notices } from '../../../platform/page/notices.ts';
import type { MatchStore } from './store.ts';
import { chosenModel } from '../../../workspace/models.ts';
import { fetchRecorded, recordedMatch, type RecordedPlace } from './recorded-match.ts';

/** One worker death during a match may be bad luck; after a second in a row the person decides whether to try again. */
const MAX_DEATHS_IN_A_ROW = 2;

/** Runs the matcher when there is something to match. One match at a time: a new one aborts the old one. */
export class Matching {
  private running: AbortController | null = null;
  private deaths = 0;
  /** Asked for on a page that shows no match. */
  private isPostponed = false;

  constructor(
    private readonly store: MatchStore,
    private readonly link: EngineLink,
    private readonly notices: Notices,
    private readonly onResult: () => void,
    /** The GPU was checked, or its check recalled. */
    private readonly onCheck: (check: GpuCheck) => void,
    /** Whether a page needs the machine for itself while it is shown. */
    private readonly isPausedBy: (page: string) => boolean,
  ) {}

  /**
   * Matches anew if both photos, a model and the engine are there; otherwise does nothing until asked again. On a page
   * whose own worker needs the machine it waits until another page is shown. A sample whose match comes with it needs no
   * model, unless `here`.
   */
  request({ here = false } = {}): void {
    this.abort();
    const state = this.store.getState();
    this.isPostponed = this.isPausedBy(state.page);
    if (this.isPostponed) return;
    const { photos, engine, settings } = state;
    const model = chosenModel(state);
    const isOpening = photos.a.opening !== null || photos.b.opening !== null;
    if (!photos.a.photo || !photos.b.photo || isOpening || engine.status !== 'ready' || !model) return;
    const options = {
      model: { id: model.id, manifestUrl: model.manifestUrl },
      longSide: settings.longSide,
      rescue: settings.rescue,
    };
    void this.run(options, here ? null : recordedMatch(state));
  }

  /** Downloads what matching needs while a recorded match is looked at: the next one will run here. */
  prefetch(): void {
    const state = this.store.getState();
    const model = chosenModel(state);
    if (!state.result?.isRecorded || !model) return;
    const { id, manifestUrl } = model;
    // What fails is told by the match that needs it.
    this.link.call('prefetch', { model: { id, manifestUrl } }).catch(() => {});
  }

  /** After another page was shown. */
  resumePostponed(): void {
    if (this.isPostponed) this.request();
  }

  /** After a restart of the engine: matches again unless matching is what keeps killing it, or does so no longer. */
  resume(anew = false): void {
    if (anew) this.deaths = 0;
    if (this.deaths < MAX_DEATHS_IN_A_ROW) this.request();
  }

  /** Stops the running match; what is shown stays. False where none was running. */
  abort(): boolean {
    const wasRunning = this.running !== null;
    this.running?.abort();
    this.running = null;
    if (this.store.getState().job) this.store.setState({ job: null });
    return wasRunning;
  }

  /** Looks no further: the best match so far is kept. A match that is not there yet is aborted. */
  stop(): void {
    if (!this.store.getState().job?.soFar) this.abort();
    // Its answer is the match's: a worker that dies is told there.
    else this.link.call('stopSearch', {}).catch(() => {});
  }

  private async run(options: MatchOptions, recorded: RecordedPlace | null): Promise<void> {
    const controller = new AbortController();
    this.running = controller;
    this.store.setState({ job: { stage: null, progress: null, soFar: null } });
    try {
      const shown = recorded && (await this.showRecorded(recorded, controller.signal));
      const result = shown ?? (await this.match(options, controller.signal));
      if (this.running !== controller) return;
      this.deaths = 0;
      this.store.setState({ result });
      this.onResult();
    } catch (thrown) {
      if (isWorkerDeath(thrown)) this.deaths++;
      if (!isCancelled(thrown)) this.notices.report(thrown);
      // What was learnt is remembered: a fresh engine runs the model on the CPU, and matches as soon as it is up.
      if (isGpuWrong(thrown) && this.running === controller) this.link.restart();
    } finally {
      if (this.running === controller) {
        this.running = null;
        this.store.setState({ job: null });
      }
    }
  }

  /** null where it cannot be shown: then the model runs, as for any pair. */
  private async showRecorded({ url, weights }: RecordedPlace, signal: AbortSignal) {
    try {
      const file = await fetchRecorded(url, signal);
      return file && (await this.link.call('showRecorded', { file, weights }, { signal }));
    } catch (thrown) {
      if (isCancelled(thrown) || isWorkerDeath(thrown)) throw thrown;
      return null;
    }
  }

  private match(options: MatchOptions, signal: AbortSignal) {
    return this.link.call('match', options, {
      signal,
      onProgress: (progress) => {
        if (progress.check) this.onCheck(progress.check);
        if (signal.aborted) return;
        this.store.setState(({ job }) => ({
          job: { stage: progress.stage, progress, soFar: progress.soFar ?? job?.soFar ?? null },
        }));
      },
    });
  }
}
