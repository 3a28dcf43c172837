import { fileURLToPath } from 'node:url';
import vue from '@vitejs/plugin-vue';
import elementStyles from 'unplugin-element-plus/vite';
import { defineConfig } from 'vite';
import { documents } from './markdown';

const service = process.env.LPMOS_TASKS_URL ?? 'http://127.0.0.1:8080';

export default defineConfig({
  // Element Plus brings a component's style with its import, so only what is used is sent.
  plugins: [documents(), vue(), elementStyles({})],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  build: {
    target: 'es2022',
    // A data: URL would need a wider Content-Security-Policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
  },
  define: { __VUE_I18N_FULL_INSTALL__: false, __VUE_I18N_LEGACY_API__: false, __INTLIFY_PROD_DEVTOOLS__: false, __VUE_OPTIONS_API__: true },
  server: {
    // The documents lie beside the page.
    fs: { allow: ['..'] },
    proxy: {
      '/api': service, '/openapi': service, '/swagger': service, '/healthz': service, '/readyz': service,
      '/ws': { target: service, ws: true },
    },
  },
});
