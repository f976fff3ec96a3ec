import type { ArchiveApi } from '../shared/archive.ts';
import { Archive } from './archive/archive.ts';
import { serveCalls } from './serve-calls.ts';

serveCalls<ArchiveApi, never>(self as unknown as DedicatedWorkerGlobalScope, new Archive());
