// code-server, the Node it needs, and a driver for the browser, from the npm registry.
//
// In: a folder. Out: where the tools are in it; what is missing is installed. Never does: run
// install scripts of packages, of which none is needed, but for Node's, which puts its binary there.

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import path from "node:path";

const NODE = "node@24";
const PACKAGES = ["code-server@4", "playwright-core@1"];

export function installed(folder) {
  const modules = path.join(folder, "node_modules");
  const node = path.join(modules, "node/bin/node");
  const server = path.join(modules, "code-server");
  if (!existsSync(path.join(server, "lib/vscode/node_modules"))) {
    mkdirSync(folder, { recursive: true });
    const environment = { ...process.env, PATH: `${path.dirname(node)}:${process.env.PATH}` };
    const npm = (place, ...words) =>
      execFileSync("npm", words, { cwd: place, env: environment, stdio: "inherit" });
    npm(folder, "init", "-y");
    npm(folder, "install", NODE);
    npm(folder, "install", "--ignore-scripts", ...PACKAGES);
    const workbench = path.join(server, "lib/vscode");
    for (const place of [workbench, path.join(workbench, "extensions")]) {
      npm(place, "install", "--omit=dev", "--ignore-scripts");
    }
  }
  return { folder, node, codeServer: path.join(server, "out/node/entry.js") };
}
