import type { LiftApi, LiftEvent, LiftProgress } from '../contract/api.ts';
import { LiftEngine } from './lift-engine.ts';
import { serveCalls } from '../../../platform/worker/serve-calls.ts';

// A worker of its own: its device, models and buffers go with the page, and a match elsewhere goes on undisturbed.
const scope = self as unknown as DedicatedWorkerGlobalScope;
const event = (message: LiftEvent) => scope.postMessage(message);
serveCalls<LiftApi, LiftProgress>(scope, new LiftEngine((reason) => event({ type: 'device-lost', reason })));
