import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'vite';

/** After the app, the package's entry for Node: one build makes both, so that what is packed is of one state. */
export function buildNodeEntry(): Plugin {
  return {
    name: 'node-entry',
    apply: 'build',
    async closeBundle() {
      const configFile = fileURLToPath(new URL('../../vite.node.config.ts', import.meta.url));
      await build({ configFile, logLevel: 'warn' });
    },
  };
}
