import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const server = process.env.RINGBOOK_URL ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [react()],
  resolve: {
    alias: {
      '@': fileURLToPath(new URL('./src', import.meta.url)),
      '@softphone': fileURLToPath(new URL('../../softphone/client', import.meta.url)),
    },
  },
  build: { target: 'es2022', chunkSizeWarningLimit: 900, modulePreload: { polyfill: false }, assetsInlineLimit: 0 },
  server: {
    proxy: { '/api': server, '/live': { target: server, ws: true }, '/ca.crt': server },
    fs: { allow: ['.', '../../softphone/client'] },
  },
});
