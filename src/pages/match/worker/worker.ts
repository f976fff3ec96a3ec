import type { EngineApi, EngineEvent } from '../contract/protocol.ts';
import type { Progress } from '../../../core/match.ts';
import { Engine } from './engine.ts';
import { serveCalls } from '../../../platform/worker/serve-calls.ts';

const scope = self as unknown as DedicatedWorkerGlobalScope;
const event = (message: EngineEvent) => scope.postMessage(message);
serveCalls<EngineApi, Progress>(scope, new Engine((reason) => event({ type: 'device-lost', reason })));
