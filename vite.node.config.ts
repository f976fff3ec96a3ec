import { defineConfig } from 'vite';

/** The package's entry for Node, `dist/node/index.js`, after the app has been built. Everything but the native runtime is in it. */
export default defineConfig({
  publicDir: false,
  build: {
    ssr: 'scripts/node/api.ts',
    outDir: 'dist/node',
    emptyOutDir: true,
    target: 'node20',
    rolldownOptions: {
      external: ['onnxruntime-node'],
      output: { entryFileNames: 'index.js', chunkFileNames: '[name]-[hash].js' },
    },
  },
  ssr: { noExternal: true },
});
