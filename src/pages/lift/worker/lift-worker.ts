import type { LiftApi, LiftProgress } from '../contract/api.ts';
import { LiftEngine } from './lift-engine.ts';
import { serveCalls, tellDeviceLost } from '../../../platform/worker/serve-calls.ts';

// A worker of its own: its device, models and buffers go with the page, and a match elsewhere goes on undisturbed.
const scope = self as unknown as DedicatedWorkerGlobalScope;
serveCalls<LiftApi, LiftProgress>(scope, new LiftEngine((reason) => tellDeviceLost(scope, reason)));
