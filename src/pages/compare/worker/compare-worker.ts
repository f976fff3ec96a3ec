import type { CompareApi, CompareProgress } from '../contract.ts';
import { CompareEngine } from './compare-engine.ts';
import { serveCalls, tellDeviceLost } from '../../../platform/worker/serve-calls.ts';

// A worker of its own: encoders load beside the matcher's, and ending it gives their memory back without touching a match.
const scope = self as unknown as DedicatedWorkerGlobalScope;
serveCalls<CompareApi, CompareProgress>(scope, new CompareEngine((reason) => tellDeviceLost(scope, reason)));
