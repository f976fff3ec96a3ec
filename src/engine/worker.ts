import type { EngineApi, EngineEvent, Progress } from '../shared/protocol.ts';
import { Engine } from './engine.ts';
import { serveCalls } from './serve-calls.ts';

const scope = self as unknown as DedicatedWorkerGlobalScope;
const event = (message: EngineEvent) => scope.postMessage(message);
serveCalls<EngineApi, Progress>(scope, new Engine((reason) => event({ type: 'device-lost', reason })));
