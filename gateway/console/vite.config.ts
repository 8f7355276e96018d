import { defineConfig } from 'vite';

/** How the page is built: plain files by the gateway's own origin, nothing inline, so that its content security policy can be strict. */
export default defineConfig({
  root: `${import.meta.dirname}/app`,
  // Pages have paths of any depth, and the gateway serves one document for all of them.
  base: '/',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    emptyOutDir: true,
    reportCompressedSize: false,
  },
  logLevel: 'warn',
});
