// How the page is built: `dist/index.html`, and everything that it loads below `dist/graphiql/`, named by its content.
import { defineConfig } from 'vite';
import { Instead } from './build/instead.ts';
import { Licences } from './build/licences.ts';

const instead = new Instead();
const licences = new Licences();

export default defineConfig({
  // Every address in the page is relative, so that it also works behind a proxy that serves it below a path.
  base: './',
  plugins: [instead.resolve(), instead.check(), licences.collect(), licences.write()],
  worker: { format: 'es', plugins: () => [instead.resolve(), licences.collect()] },
  build: {
    target: 'es2022',
    assetsDir: 'graphiql',
    // No `data:` addresses: what is a file stays a file.
    assetsInlineLimit: 0,
    // Browsers that know modules know `modulepreload`; the stand-in would be an inline script's twin.
    modulePreload: { polyfill: false },
    // `"use client"` means nothing in a page that has no server side.
    rolldownOptions: {
      onwarn: (warning, warn) => {
        if (warning.code !== 'MODULE_LEVEL_DIRECTIVE') {
          warn(warning);
        }
      },
    },
    // Monaco alone is larger than the limit at which Vite warns.
    chunkSizeWarningLimit: 4_000,
    reportCompressedSize: false,
  },
});
