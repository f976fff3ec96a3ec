import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A Firefox driven over WebDriver BiDi, which needs no driver of its own: the browser listens itself. */
export class Firefox {
  #socket;
  #process;
  #profile;
  #next = 1;
  #waiting = new Map();
  /** Errors of the page's console and of its scripts, as text. */
  errors = [];

  /**
   * @param {string} program path of the browser
   * @param {Record<string, boolean | number | string>} preferences of a fresh profile
   */
  static async start(program, preferences = {}) {
    const firefox = new Firefox();
    firefox.#profile = mkdtempSync(join(tmpdir(), 'liftmatch-firefox-'));
    const quiet = { 'browser.shell.checkDefaultBrowser': false, 'datareporting.policy.dataSubmissionEnabled': false };
    const lines = Object.entries({ ...quiet, ...preferences }).map(
      ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`,
    );
    writeFileSync(join(firefox.#profile, 'user.js'), `${lines.join('\n')}\n`);
    const args = ['--headless', '--no-remote', '--remote-debugging-port=0', '--profile', firefox.#profile];
    firefox.#process = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    const address = await new Promise((resolve, reject) => {
      let text = '';
      firefox.#process.stderr.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
        const found = text.match(/WebDriver BiDi listening on (ws:\S+)/);
        if (found) resolve(found[1]);
      });
      firefox.#process.on('exit', () => reject(new Error(`Firefox ended before it listened:\n${text}`)));
      firefox.#process.on('error', reject);
    });
    await firefox.#connect(`${address}/session`);
    await firefox.send('session.new', { capabilities: {} });
    await firefox.send('session.subscribe', { events: ['log.entryAdded'] });
    return firefox;
  }

  async #connect(url) {
    this.#socket = new WebSocket(url);
    await new Promise((resolve, reject) => {
      this.#socket.onopen = resolve;
      this.#socket.onerror = () => reject(new Error(`No connection to ${url}`));
    });
    this.#socket.onmessage = ({ data }) => {
      const message = JSON.parse(data);
      if (message.type === 'event') {
        if (message.method === 'log.entryAdded' && message.params.level === 'error')
          this.errors.push(message.params.text);
        return;
      }
      const { resolve, reject } = this.#waiting.get(message.id);
      this.#waiting.delete(message.id);
      if (message.type === 'success') resolve(message.result);
      else reject(new Error(`${message.error}: ${message.message}`));
    };
  }

  /** One command of the protocol. */
  send(method, params) {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
  }

  /** Opens an address in a new tab of this size and returns the tab. */
  async open(url, { width, height }) {
    const { context } = await this.send('browsingContext.create', { type: 'tab' });
    await this.send('browsingContext.setViewport', { context, viewport: { width, height } });
    await this.send('browsingContext.navigate', { context, url, wait: 'complete' });
    return context;
  }

  /** What an expression, or the promise that it is, gives in a tab; by way of JSON. */
  async evaluate(context, expression) {
    const { result, exceptionDetails } = await this.send('script.evaluate', {
      target: { context },
      expression: `(async () => JSON.stringify(await (${expression})))()`,
      awaitPromise: true,
    });
    if (exceptionDetails) throw new Error(exceptionDetails.text);
    return result.value === undefined ? undefined : JSON.parse(result.value);
  }

  /** The tab as PNG bytes. */
  async screenshot(context) {
    const { data } = await this.send('browsingContext.captureScreenshot', { context });
    return Buffer.from(data, 'base64');
  }

  async close() {
    this.#socket?.close();
    const ended = new Promise((resolve) => this.#process.on('exit', resolve));
    this.#process.kill();
    await ended;
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }
}
