import { openModelsFolder } from '../../../platform/storage/opfs.ts';
import { ModelStore } from '../../../models/store.ts';
import type { InstallProgress, ModelLibraryApi } from '../../../models/library-contract.ts';
import { exclusivelyByLocks, ModelLibrary } from './model-library.ts';
import { serveCalls } from '../../../platform/worker/serve-calls.ts';

// A worker of its own: conversion computes for minutes, and ending it gives its memory back without touching a match.
const scope = self as unknown as DedicatedWorkerGlobalScope;
const openStore = async () => new ModelStore(await openModelsFolder());
serveCalls<ModelLibraryApi, InstallProgress>(scope, new ModelLibrary({ openStore, exclusively: exclusivelyByLocks }));
