import { type EmbedMessage, type HostCommand, parseCommand, PROTOCOL_VERSION } from './messages.ts';

/** Commands a second that a host may send on average, and at once. */
const RATE = { perSecond: 20, burst: 40 };

export interface HostLinkOptions {
  /** The window that is embedded. */
  win: Window;
  /** Origins whose pages may command and are told results; `*` stands for every origin. */
  origins: readonly string[];
  onCommand: (command: HostCommand) => void;
  /** Milliseconds; for tests. */
  now?: () => number;
}

/** Messages that were not acted on, by reason. */
export interface Ignored {
  origin: number;
  unknown: number;
  malformed: number;
  flood: number;
}

/** The page around an embed: takes commands from allowed origins only, and tells nobody else what happens here. */
export class HostLink {
  readonly ignored: Ignored = { origin: 0, unknown: 0, malformed: 0, flood: 0 };
  private tokens = RATE.burst;
  private refilledAt: number;
  private readonly now: () => number;

  constructor(private readonly options: HostLinkOptions) {
    this.now = options.now ?? (() => performance.now());
    this.refilledAt = this.now();
    options.win.addEventListener('message', this.receive);
  }

  /** Posts to the host, if it is one of the allowed origins; without a host nothing happens. */
  send(message: EmbedMessage): void {
    const { win } = this.options;
    if (win.parent === win) return;
    for (const origin of this.targets()) win.parent.postMessage({ liftmatch: PROTOCOL_VERSION, ...message }, origin);
  }

  dispose(): void {
    this.options.win.removeEventListener('message', this.receive);
  }

  private readonly receive = ({ data, origin, source }: MessageEvent): void => {
    const { win, origins, onCommand } = this.options;
    // Only the page around commands: other frames know this window, too.
    const isHost = source === win.parent && win.parent !== win;
    if (!isHost || !(origins.includes('*') || origins.includes(origin))) {
      this.ignored.origin++;
      return;
    }
    if (!this.takeToken()) {
      this.ignored.flood++;
      return;
    }
    const command = parseCommand(data);
    if (typeof command === 'string') this.ignored[command]++;
    else onCommand(command);
  };

  /**
   * Where to post. The browser delivers only if the host's origin is the target; where it says which origin that is,
   * the others need not be tried (each miss is an error in the console).
   */
  private targets(): readonly string[] {
    const { win, origins } = this.options;
    if (origins.includes('*')) return ['*'];
    const host = win.location.ancestorOrigins?.[0];
    return host === undefined ? origins : origins.filter((origin) => origin === host);
  }

  private takeToken(): boolean {
    const now = this.now();
    this.tokens = Math.min(RATE.burst, this.tokens + ((now - this.refilledAt) / 1000) * RATE.perSecond);
    this.refilledAt = now;
    if (this.tokens < 1) return false;
    this.tokens--;
    return true;
  }
}
