import type { CompareApi, CompareEvent, CompareProgress } from '../contract.ts';
import { CompareEngine } from './compare-engine.ts';
import { serveCalls } from '../../../platform/worker/serve-calls.ts';

// A worker of its own: encoders load beside the matcher's, and ending it gives their memory back without touching a match.
const scope = self as unknown as DedicatedWorkerGlobalScope;
const event = (message: CompareEvent) => scope.postMessage(message);
serveCalls<CompareApi, CompareProgress>(scope, new CompareEngine((reason) => event({ type: 'device-lost', reason })));
