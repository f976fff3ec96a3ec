import { CodedError, isCancelled, type PlainError, toPlainError } from '../../../../core/errors.ts';
import type { Side, Size } from '../../../../core/geometry.ts';
import type { MatchResult } from '../../../../core/match.ts';
import { chosenModel } from '../../../../workspace/models.ts';
import type { Photo } from '../../../../workspace/types.ts';
import { cameraProblem, openCamera, stopCamera } from '../../../../workspace/photos/camera-device.ts';
import type { MatchWorkspace } from '../../state/match-workspace.ts';

export interface LiveState {
  status: 'starting' | 'running' | 'frozen' | 'stopped';
  /** Matches so far. */
  frames: number;
  /** Of the last matches, milliseconds from one to the next. */
  period: number | null;
  /** What a match of two new pictures, both encoded, takes, milliseconds; null until it is known. */
  single: number | null;
  error: PlainError | null;
}

/** Which photo the film is matched with, and which it takes the place of. */
const FILM: Side = 'b';
/** Longer side of a picture of the film: networks see less, and more is slow to draw. */
const MAX_SIDE = 1280;
/** Share of the newest in the mean. */
const NEWEST = 0.2;
const VIDEO_TIMEOUT = 10_000;

/**
 * A camera or a video file against photo A: one match after the other, each of the newest picture there is, so that the matches follow
 * at the rate the machine allows. A is encoded once. Frozen, the last picture is photo B as any other.
 */
export class LiveSession {
  readonly video = document.createElement('video');
  private stream: MediaStream | null = null;
  private url: string | null = null;
  private controller = new AbortController();
  private isPaused = false;
  /** Until the last match is there. */
  private running: Promise<void> = Promise.resolve();
  private wake: () => void = () => {};
  /** The picture whose match is shown, and the one that is being matched. */
  private canvas = document.createElement('canvas');
  private next = document.createElement('canvas');
  /** Photo B as it was put there; another one ends the film. */
  private ours: Photo | null = null;
  private state: LiveState = { status: 'starting', frames: 0, period: null, single: null, error: null };

  constructor(
    private readonly workspace: MatchWorkspace,
    private readonly onChange: (state: LiveState) => void,
  ) {
    Object.assign(this.video, { muted: true, playsInline: true, loop: true });
  }

  /** @param file a video; null: the camera */
  async start(file: File | null): Promise<void> {
    try {
      if (file) {
        this.url = URL.createObjectURL(file);
        this.video.src = this.url;
      } else {
        this.stream = await openCamera().catch((thrown) => {
          throw cameraProblem(thrown);
        });
        // Its device may be pulled out.
        for (const track of this.stream.getTracks()) {
          track.onended = () =>
            this.fail(new CodedError('camera-lost', 'The camera was disconnected.', 'Connect it and start again.'));
        }
        this.video.srcObject = this.stream;
      }
      await this.play(file);
      if (this.controller.signal.aborted) return this.release();
      this.run();
    } catch (thrown) {
      this.fail(thrown);
    }
  }

  /** Ends with the match that is being made: the picture shown is the one kept. */
  async freeze(): Promise<void> {
    if (this.state.status !== 'running') return;
    this.isPaused = true;
    this.video.pause();
    this.wake();
    await this.running;
    if (this.state.status === 'running') this.update({ status: 'frozen' });
  }

  resume(): void {
    if (this.state.status !== 'frozen') return;
    void this.video.play().catch(() => undefined);
    this.run();
  }

  /** The picture that is matched now, as a PNG of its own size. */
  async frame(): Promise<Blob> {
    const blob = await new Promise<Blob | null>((resolve) => this.canvas.toBlob(resolve, 'image/png'));
    if (!blob || this.state.frames === 0) {
      throw new CodedError(
        'live-no-frame',
        'No picture of the film has been matched yet.',
        'Wait for the first match.',
      );
    }
    return blob;
  }

  /** Releases the camera; the last picture stays as photo B. */
  stop(): void {
    this.controller.abort();
    this.wake();
    this.release();
    if (this.state.status !== 'stopped') this.update({ status: 'stopped' });
  }

  private run(): void {
    this.controller = new AbortController();
    this.isPaused = false;
    this.update({ status: 'running', error: null });
    this.running = this.follow(this.controller.signal);
  }

  private async follow(signal: AbortSignal): Promise<void> {
    let before = performance.now();
    let shown = -1;
    try {
      while (!signal.aborted && !this.isPaused) {
        // The same picture is not matched twice; a hidden page has no frames.
        await this.nextFrame(shown);
        if (signal.aborted || this.isPaused) return;
        if (this.ours && this.workspace.store.getState().photos[FILM].photo !== this.ours) return this.stop();
        shown = this.video.currentTime;
        const isFirst = this.state.frames === 0;
        const start = performance.now();
        const result = await this.match(signal);
        const now = performance.now();
        const period = now - before;
        before = now;
        const mean = this.state.period;
        this.update({
          frames: this.state.frames + 1,
          single: singleOf(result, now - start) ?? this.state.single,
          // The first has the model to load.
          period: isFirst ? null : mean === null ? period : mean + NEWEST * (period - mean),
        });
      }
    } catch (thrown) {
      if (!isCancelled(thrown)) this.fail(thrown);
    }
  }

  private async match(signal: AbortSignal): Promise<MatchResult> {
    const { store, link } = this.workspace;
    const state = store.getState();
    const model = chosenModel(state);
    if (!model) throw new CodedError('live-no-model', 'There is no model.', 'Choose one under “Model and speed”.');
    const { videoWidth, videoHeight } = this.video;
    const scale = Math.min(1, MAX_SIDE / Math.max(videoWidth, videoHeight));
    const size = { width: Math.round(videoWidth * scale), height: Math.round(videoHeight * scale) };
    Object.assign(this.next, size);
    this.next.getContext('2d')!.drawImage(this.video, 0, 0, size.width, size.height);
    const bitmap = await createImageBitmap(this.next);
    const source = { id: model.id, manifestUrl: model.manifestUrl };
    const options = { side: FILM, bitmap, model: source, longSide: state.settings.longSide };
    // The engine has a copy.
    const result = await link.call('liveFrame', options, { signal }).finally(() => bitmap.close());
    [this.canvas, this.next] = [this.next, this.canvas];
    await this.put(size, result);
    return result;
  }

  /** The picture is photo B of the page: its size for the panes, its match for everything else. */
  private async put(size: { width: number; height: number }, result: MatchResult): Promise<void> {
    const { store } = this.workspace;
    const { photo } = store.getState().photos[FILM];
    const isOurs = photo !== null && photo === this.ours && sameSize(photo.info.size, size);
    if (isOurs) return store.setState({ result });
    const file = await new Promise<Blob>((resolve) => this.canvas.toBlob((blob) => resolve(blob!), 'image/jpeg', 0.9));
    if (photo) URL.revokeObjectURL(photo.url);
    const info: Photo['info'] = { name: LIVE_NAME, size, workingSize: size, notes: [] };
    this.ours = { file, name: LIVE_NAME, source: { kind: 'file' }, info, url: URL.createObjectURL(file) };
    const { ours } = this;
    store.setState((state) => ({
      photos: {
        ...state.photos,
        [FILM]: { opening: null, photo: ours },
      },
      masks: { ...state.masks, [FILM]: null },
      probe: null,
      result,
    }));
  }

  /** The file behind photo B is the picture that is shown: for share files, a fresh engine and everything that reads it. */
  async keepFrame(): Promise<void> {
    const { store } = this.workspace;
    const { photo } = store.getState().photos[FILM];
    if (photo === null || photo !== this.ours || this.state.frames === 0) return;
    const file = await this.frame();
    URL.revokeObjectURL(photo.url);
    const kept = { ...photo, file, url: URL.createObjectURL(file) };
    this.ours = kept;
    store.setState(({ photos }) => ({ photos: { ...photos, [FILM]: { opening: null, photo: kept } } }));
  }

  private async play(file: File | null): Promise<void> {
    const problem = () =>
      file
        ? new CodedError(
            'video-unreadable',
            `“${file.name}” is no video that this browser can show.`,
            'Save it as MP4 (H.264) or WebM.',
          )
        : cameraProblem(null);
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(problem()), VIDEO_TIMEOUT);
      const done = (finish: () => void) => () => {
        clearTimeout(timer);
        finish();
      };
      this.video.onloadeddata = done(resolve);
      this.video.onerror = done(() => reject(problem()));
      this.video.play().catch(done(() => reject(problem())));
    });
    if (!(this.video.videoWidth > 0)) throw problem();
  }

  /** Resolves when there is a picture that has not been matched. */
  private nextFrame(shown: number): Promise<void> {
    if (shown < 0 || this.video.currentTime !== shown) return Promise.resolve();
    return new Promise((resolve) => {
      if ('requestVideoFrameCallback' in this.video) this.video.requestVideoFrameCallback(() => resolve());
      else setTimeout(resolve, 30);
      // A film that stands still ends when it is frozen or stopped.
      this.wake = resolve;
    });
  }

  private fail(thrown: unknown): void {
    this.controller.abort();
    this.release();
    this.update({ status: 'stopped', error: toPlainError(thrown) });
  }

  private release(): void {
    if (this.stream) {
      for (const track of this.stream.getTracks()) track.onended = null;
      stopCamera(this.stream);
    }
    this.stream = null;
    this.video.onerror = null;
    this.video.pause();
    this.video.removeAttribute('src');
    this.video.srcObject = null;
    if (this.url) URL.revokeObjectURL(this.url);
    this.url = null;
  }

  private update(patch: Partial<LiveState>): void {
    this.state = { ...this.state, ...patch };
    this.onChange(this.state);
  }
}

const LIVE_NAME = 'live.jpg';

/** What a match of two new photos takes: this one, and where the still's features were known as long again as the film's took. */
function singleOf({ timings, cached }: MatchResult, whole: number): number | null {
  if (timings['load-model']) return null;
  return whole + (cached.a ? (timings['encode-b'] ?? 0) : 0);
}

const sameSize = (p: Size, q: Size) => p.width === q.width && p.height === q.height;
