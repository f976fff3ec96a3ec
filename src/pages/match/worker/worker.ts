import type { EngineApi } from '../contract/protocol.ts';
import type { Progress } from '../../../core/match.ts';
import { Engine } from './engine.ts';
import { serveCalls, tellDeviceLost } from '../../../platform/worker/serve-calls.ts';

const scope = self as unknown as DedicatedWorkerGlobalScope;
serveCalls<EngineApi, Progress>(scope, new Engine((reason) => tellDeviceLost(scope, reason)));
