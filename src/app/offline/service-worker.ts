import { OfflineCache } from './offline-cache.ts';

/** Written by the build, see scripts/build/service-worker.ts. */
declare const __BUILD__: { version: string; files: string[]; hashed: string[] };

/** What the page may ask of the service worker; `port` answers. */
export type OfflineMessage = { type: 'take-over' } | { type: 'keep'; urls: string[] } | { type: 'stop' };

const scope = self as unknown as ServiceWorkerGlobalScope;
const isolate = new URL(scope.location.href).searchParams.has('isolate');
const cache = new OfflineCache({ ...__BUILD__, base: scope.registration.scope, isolate }, caches, (...given) =>
  fetch(...given),
);

/** Unregistered workers serve the pages that are open: this one keeps nothing more for them. */
let isStopped = false;

scope.addEventListener('install', (event) => event.waitUntil(cache.install()));

scope.addEventListener('activate', (event) => event.waitUntil(cache.clean().then(() => scope.clients.claim())));

scope.addEventListener('message', (event) => {
  const message = event.data as OfflineMessage;
  if (message.type === 'take-over') event.waitUntil(scope.skipWaiting());
  else if (message.type === 'keep') {
    event.waitUntil(cache.keep(message.urls).then(() => event.ports[0]?.postMessage('kept')));
  } else if (message.type === 'stop') {
    isStopped = true;
    event.ports[0]?.postMessage('stopped');
  }
});

scope.addEventListener('fetch', (event) => {
  const answer = isStopped ? null : cache.answer(event.request, (work) => event.waitUntil(work));
  if (answer) event.respondWith(answer);
});
