import { serveCalls, tellDeviceLost } from '../../platform/worker/serve-calls.ts';
import type { MatcherApi, MatcherProgress } from '../protocol.ts';
import { ApiEngine } from './api-engine.ts';

const scope = self as unknown as DedicatedWorkerGlobalScope;
serveCalls<MatcherApi, MatcherProgress>(scope, new ApiEngine((reason) => tellDeviceLost(scope, reason)));
