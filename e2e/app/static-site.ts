import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const DIST = fileURLToPath(new URL('../../dist', import.meta.url));
const TYPES: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
  '.jpg': 'image/jpeg',
};

/** The build on a plain file server, in a folder of it as GitHub Pages has projects; it can be switched off. */
export class StaticSite {
  readonly requests: string[] = [];
  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  /** `root`: what is served; the build by default. */
  static async open(folder = '/project/', root = DIST): Promise<StaticSite> {
    const server = createServer((request, response) => {
      const { pathname } = new URL(request.url!, 'http://localhost');
      site.requests.push(pathname);
      const path = normalize(join(root, pathname.slice(folder.length - 1).replace(/\/$/, '/index.html')));
      if (!pathname.startsWith(folder) || !path.startsWith(root)) {
        response.writeHead(404).end();
        return;
      }
      readFile(path).then(
        (body) =>
          response.writeHead(200, { 'content-type': TYPES[extname(path)] ?? 'application/octet-stream' }).end(body),
        () => response.writeHead(404).end(),
      );
    });
    await new Promise<void>((done) => server.listen(0, 'localhost', done));
    const site = new StaticSite(server, `http://localhost:${(server.address() as AddressInfo).port}${folder}`);
    return site;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}
