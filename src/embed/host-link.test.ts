import { describe, expect, it } from 'vitest';
import { HostLink } from './host-link.ts';
import type { HostCommand } from './messages.ts';

const HOST = 'https://host.example';

/** A window that is embedded in another one. */
function embedded(origins: string[], ancestorOrigins?: string[]) {
  const posted: [message: object, origin: string][] = [];
  const parent = { postMessage: (message: object, origin: string) => posted.push([message, origin]) };
  const target = new EventTarget();
  const win = Object.assign(target, { parent, location: { ancestorOrigins } }) as unknown as Window;
  const commands: HostCommand[] = [];
  let time = 0;
  const link = new HostLink({ win, origins, onCommand: (command) => commands.push(command), now: () => time });
  const receive = (data: unknown, origin = HOST, source: unknown = parent) =>
    target.dispatchEvent(Object.assign(new Event('message'), { data, origin, source }));
  return { link, posted, commands, receive, pass: (milliseconds: number) => (time += milliseconds) };
}

const RUN = { liftmatch: 1, type: 'run' };

describe('HostLink', () => {
  it('takes commands of the host from an allowed origin only', () => {
    const { link, commands, receive } = embedded([HOST]);
    receive(RUN);
    receive(RUN, 'https://host.example.evil');
    receive(RUN, 'null');
    receive(RUN, HOST, {});
    expect(commands).toHaveLength(1);
    expect(link.ignored).toEqual({ origin: 3, unknown: 0, malformed: 0, flood: 0 });
  });

  it('takes any origin only where the address says so', () => {
    const { commands, receive } = embedded(['*']);
    receive(RUN, 'null');
    expect(commands).toHaveLength(1);
  });

  it('lets a burst through, then a steady rate', () => {
    const { link, commands, receive, pass } = embedded([HOST]);
    for (let i = 0; i < 100; i++) receive(RUN);
    expect(commands).toHaveLength(40);
    expect(link.ignored.flood).toBe(60);
    pass(500);
    for (let i = 0; i < 100; i++) receive(RUN);
    expect(commands).toHaveLength(50);
  });

  it('tells allowed origins only, and tries none in vain where the browser names the host', () => {
    const message = { type: 'result', kind: 'done' } as const;
    const unknown = embedded([HOST, 'https://b.example']);
    unknown.link.send(message);
    expect(unknown.posted).toEqual([
      [{ liftmatch: 1, ...message }, HOST],
      [{ liftmatch: 1, ...message }, 'https://b.example'],
    ]);
    const named = embedded([HOST, 'https://b.example'], ['https://b.example', HOST]);
    named.link.send(message);
    expect(named.posted.map(([, origin]) => origin)).toEqual(['https://b.example']);
    const stranger = embedded([HOST], ['https://evil.example']);
    stranger.link.send(message);
    expect(stranger.posted).toEqual([]);
  });

  it('hears nothing after it was disposed of', () => {
    const { link, commands, receive } = embedded([HOST]);
    link.dispose();
    receive(RUN);
    expect(commands).toEqual([]);
  });
});
