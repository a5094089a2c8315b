import { defineConfig, type Plugin } from "vite";

/** What the built page may do: run its own code, and speak to https or to this machine. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self' https: http://127.0.0.1:* http://localhost:*",
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
].join("; ");

/** Only in the build: the development server puts scripts and styles of its own into the page. */
const contentSecurityPolicy: Plugin = {
  name: "content-security-policy",
  apply: "build",
  transformIndexHtml: () => [
    {
      tag: "meta",
      attrs: { "http-equiv": "Content-Security-Policy", content: POLICY },
      injectTo: "head-prepend",
    },
  ],
};

export default defineConfig({
  // The built page works below any path.
  base: "./",
  plugins: [contentSecurityPolicy],
  // The package finds its .wasm beside itself, and bundling it ahead of time would move it away.
  optimizeDeps: { exclude: ["stablevps"] },
  build: {
    target: ["chrome123", "edge123", "firefox121", "safari17.5"],
    modulePreload: { polyfill: false },
    // The simulator carries its WebAssembly with it.
    chunkSizeWarningLimit: 800,
  },
});
