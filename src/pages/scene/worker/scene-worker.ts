import { serveCalls, tellDeviceLost } from '../../../platform/worker/serve-calls.ts';
import type { SceneProgress, SceneApi } from '../contract/api.ts';
import { SceneEngine } from './scene-engine.ts';

// A worker of its own: its device and the scene go with the page.
const scope = self as unknown as DedicatedWorkerGlobalScope;
serveCalls<SceneApi, SceneProgress>(scope, new SceneEngine((reason) => tellDeviceLost(scope, reason)));
