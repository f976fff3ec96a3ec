import type { ArchiveApi } from '../../contract/archive.ts';
import { Archive } from './archive.ts';
import { serveCalls } from '../../../../platform/worker/serve-calls.ts';

serveCalls<ArchiveApi, never>(self as unknown as DedicatedWorkerGlobalScope, new Archive());
