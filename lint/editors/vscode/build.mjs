// Bundles the extension into one file, dist/extension.js.
//
// In: src/. Out: dist/extension.js with everything it needs but VS Code itself.

import { build } from "esbuild";

await build({
  entryPoints: ["src/extension.js"],
  outfile: "dist/extension.js",
  bundle: true,
  minify: true,
  platform: "node",
  format: "cjs",
  target: "node20",
  external: ["vscode"],
  logLevel: "warning",
});
