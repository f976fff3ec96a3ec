import { serveCalls, tellDeviceLost } from '../../../platform/worker/serve-calls.ts';
import type { SetApi, SetProgress } from '../contract/api.ts';
import { SetEngine } from './set-engine.ts';

// A worker of its own: the photos that are open and their features go with it.
const scope = self as unknown as DedicatedWorkerGlobalScope;
serveCalls<SetApi, SetProgress>(scope, new SetEngine((reason) => tellDeviceLost(scope, reason)));
