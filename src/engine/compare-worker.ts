import type { CompareApi, CompareEvent, CompareProgress } from '../shared/compare.ts';
import { CompareEngine } from './compare/compare-engine.ts';
import { serveCalls } from './serve-calls.ts';

// A worker of its own: encoders load beside the matcher's, and ending it gives their memory back without touching a match.
const scope = self as unknown as DedicatedWorkerGlobalScope;
const event = (message: CompareEvent) => scope.postMessage(message);
serveCalls<CompareApi, CompareProgress>(scope, new CompareEngine((reason) => event({ type: 'device-lost', reason })));
