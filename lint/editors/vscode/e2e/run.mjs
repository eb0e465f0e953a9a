// A real VS Code workbench with the packaged extension, driven through a browser.
//
// Run `npm run package && npm run e2e` on a machine with Chromium and a Python environment that has
// dbos-build[lsp]. In: PYTHON (default: the repository's .venv), CHROMIUM, TOOLS (where code-server
// and its Node are, installed from the npm registry when they are not). Out: exit code 0 when every
// expectation held, and the pictures in images/. Never does: touch the user's own VS Code, or say
// what is expected; scenes.mjs does.

import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { installed } from "./tools.mjs";
import { OTHER, PROGRAM } from "./program.mjs";
import { drive, driveBoth } from "./scenes.mjs";

const HERE = path.dirname(fileURLToPath(import.meta.url));
const EXTENSION = path.dirname(HERE);
const REPOSITORY = path.resolve(EXTENSION, "../../..");
const PYTHON = process.env.PYTHON ?? path.join(REPOSITORY, ".venv/bin/python");
const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";

const tools = installed(process.env.TOOLS ?? path.join(HERE, "tools"));
const { chromium } = createRequire(path.join(tools.folder, "x.js"))("playwright-core");
const home = mkdtempSync(path.join(tmpdir(), "dbos-build-e2e-"));
const server = spawnWorkbench(await freePort());
try {
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
  try {
    const page = await browser.newPage({ viewport: { width: 1240, height: 740 } });
    await server.listening;
    await page.goto(server.address("folder", server.folder));
    const hands = { picture: (name) => picture(page, name), configureShop, killLanguageServer };
    await drive(page, hands).catch((failure) => failed(page, failure));
    await page.goto(server.address("workspace", server.workspace));
    await driveBoth(page).catch((failure) => failed(page, failure));
  } finally {
    await browser.close();
  }
  console.log("everything held");
} finally {
  server.process.kill();
  rmSync(home, { recursive: true, force: true });
}

/** The projects that are opened: the shop alone, and a workspace of that and another. */
function projects() {
  const folder = path.join(home, "shop");
  for (const [place, files] of Object.entries({ shop: PROGRAM, office: OTHER })) {
    mkdirSync(path.join(home, place));
    for (const [name, text] of Object.entries(files)) {
      writeFileSync(path.join(home, place, name), text);
    }
  }
  const workspace = path.join(home, "both.code-workspace");
  writeFileSync(workspace, JSON.stringify({ folders: [{ path: "shop" }, { path: "office" }] }));
  return { folder, workspace };
}

/** Write the settings of the user of this workbench. */
function configure() {
  const settings = {
    "dbos-build.command": [PYTHON, "-m", "dbos_build", "server"],
    "editor.codeActionsOnSave": { "source.fixAll.dbosBuild": "explicit" },
    "workbench.startupEditor": "none",
    "workbench.colorTheme": "Default Light Modern",
    "security.workspace.trust.enabled": false,
    "editor.minimap.enabled": false,
    "workbench.secondarySideBar.defaultVisibility": "hidden",
    "window.menuBarVisibility": "hidden",
    "chat.disableAIFeatures": true,
  };
  const file = path.join(home, "data/User/settings.json");
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(settings));
}

/** Write the settings of the shop; the workbench sees that. */
function configureShop(settings) {
  const file = path.join(home, "shop/.vscode/settings.json");
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(settings));
}

function spawnWorkbench(port) {
  const opened = projects();
  configure();
  const data = path.join(home, "data");
  const places = ["--user-data-dir", data, "--extensions-dir", path.join(home, "extensions")];
  const vsix = path.join(EXTENSION, "dbos-build.vsix");
  assert.ok(existsSync(vsix), "run `npm run package` first");
  execFileSync(tools.node, [tools.codeServer, ...places, "--install-extension", vsix]);
  const host = `127.0.0.1:${port}`;
  const options = ["--auth", "none", "--bind-addr", host, "--disable-telemetry"];
  const started = spawn(tools.node, [tools.codeServer, ...places, ...options], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const listening = new Promise((resolve, reject) => {
    started.stdout.on("data", (text) => String(text).includes("HTTP server") && resolve());
    started.on("exit", (code) => reject(new Error(`code-server ended with ${code}`)));
  });
  const address = (kind, place) => `http://${host}/?${kind}=${place}`;
  return { process: started, listening, address, ...opened };
}

/** End the language server that this workbench has started, without a word to either. */
function killLanguageServer() {
  const parents = new Map(processes().map(({ id, parent }) => [id, parent]));
  const isOurs = (id) => id === server.process.pid || (parents.has(id) && isOurs(parents.get(id)));
  const found = processes().filter(({ id, command }) => command.includes("server") && isOurs(id));
  const servers = found.filter(({ command }) => /dbos_build|dbos_lint/.test(command));
  assert.ok(servers.length > 0, "no language server runs");
  for (const { id } of servers) {
    process.kill(id, "SIGKILL");
  }
}

/** Every process of the machine: its id, its parent's, and its command. */
function processes() {
  const told = execFileSync("ps", ["-eo", "pid=,ppid=,args="], { encoding: "utf-8" });
  return told.trim().split("\n").map((line) => {
    const [, id, parent, command] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line);
    return { id: Number(id), parent: Number(parent), command };
  });
}

async function freePort() {
  const socket = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => socket.once("listening", resolve));
  const { port } = socket.address();
  await new Promise((resolve) => socket.close(resolve));
  return port;
}

async function failed(page, failure) {
  await page.screenshot({ path: path.join(tmpdir(), "dbos-build-e2e-failure.png") });
  throw failure;
}

async function picture(page, name) {
  mkdirSync(path.join(EXTENSION, "images"), { recursive: true });
  await page.screenshot({ path: path.join(EXTENSION, `images/${name}.png`) });
}
