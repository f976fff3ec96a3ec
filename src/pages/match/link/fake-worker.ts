import type { EngineWorkerLike } from './engine.ts';
import type { FromWorker, ToWorker } from '../contract/protocol.ts';

/** A worker for tests: records what it is sent and says what it is told to. */
export class FakeWorker implements EngineWorkerLike {
  readonly sent: ToWorker[] = [];
  terminated = false;
  /** Thrown by the next postMessage. */
  refuse: unknown = null;
  /** Answers calls by itself where set. */
  onCall: ((call: Extract<ToWorker, { type: 'call' }>, worker: FakeWorker) => void) | null = null;
  onmessage: EngineWorkerLike['onmessage'] = null;
  onerror: EngineWorkerLike['onerror'] = null;
  onmessageerror: EngineWorkerLike['onmessageerror'] = null;

  postMessage(message: ToWorker): void {
    if (this.refuse) throw this.refuse;
    this.sent.push(message);
    if (message.type === 'call') this.onCall?.(message, this);
  }

  terminate(): void {
    this.terminated = true;
  }

  reply(message: FromWorker): void {
    this.onmessage?.({ data: message });
  }
}
