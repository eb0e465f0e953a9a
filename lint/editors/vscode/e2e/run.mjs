// A real VS Code workbench with the packaged extension, driven through a browser.
//
// Run `npm run package && npm run e2e` on a machine with Chromium and a Python environment that has
// dbos-build[lsp]. In: PYTHON (default: the repository's .venv), CHROMIUM, TOOLS (where code-server
// and its Node are, installed from the npm registry when they are not). Out: exit code 0 when every
// expectation held, and the pictures in images/. Never does: touch the user's own VS Code.

import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { installed } from "./tools.mjs";
import { PROGRAM } from "./program.mjs";

const HERE = path.dirname(fileURLToPath(import.meta.url));
const EXTENSION = path.dirname(HERE);
const REPOSITORY = path.resolve(EXTENSION, "../../..");
const PYTHON = process.env.PYTHON ?? path.join(REPOSITORY, ".venv/bin/python");
const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
const WAIT = { timeout: 60_000 };

const tools = installed(process.env.TOOLS ?? path.join(HERE, "tools"));
const { chromium } = createRequire(path.join(tools.folder, "x.js"))("playwright-core");
const home = mkdtempSync(path.join(tmpdir(), "dbos-build-e2e-"));
const server = spawnWorkbench(await freePort());
try {
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
  try {
    const page = await browser.newPage({ viewport: { width: 1240, height: 740 } });
    await drive(page).catch((failure) => failed(page, failure));
  } finally {
    await browser.close();
  }
  console.log("everything held");
} finally {
  server.process.kill();
  rmSync(home, { recursive: true, force: true });
}

/** The project that is opened: a helper that reads the clock, and workflows that call it. */
function project() {
  const folder = path.join(home, "shop");
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(PROGRAM)) {
    writeFileSync(path.join(folder, name), text);
  }
  return folder;
}

function spawnWorkbench(port) {
  const folder = project();
  const data = path.join(home, "data");
  mkdirSync(path.join(data, "User"), { recursive: true });
  const settings = {
    "dbos-build.command": [PYTHON, "-m", "dbos_build", "server"],
    "workbench.startupEditor": "none",
    "workbench.colorTheme": "Default Light Modern",
    "security.workspace.trust.enabled": false,
    "editor.minimap.enabled": false,
    "workbench.secondarySideBar.defaultVisibility": "hidden",
    "window.menuBarVisibility": "hidden",
    "chat.disableAIFeatures": true,
  };
  writeFileSync(path.join(data, "User/settings.json"), JSON.stringify(settings));
  const places = ["--user-data-dir", data, "--extensions-dir", path.join(home, "extensions")];
  const vsix = path.join(EXTENSION, "dbos-build.vsix");
  assert.ok(existsSync(vsix), "run `npm run package` first");
  execFileSync(tools.node, [tools.codeServer, ...places, "--install-extension", vsix]);
  const address = `127.0.0.1:${port}`;
  const options = ["--auth", "none", "--bind-addr", address, "--disable-telemetry"];
  const started = spawn(tools.node, [tools.codeServer, ...places, ...options, folder], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const listening = new Promise((resolve, reject) => {
    started.stdout.on("data", (text) => String(text).includes("HTTP server") && resolve());
    started.on("exit", (code) => reject(new Error(`code-server ended with ${code}`)));
  });
  return { process: started, listening, url: `http://${address}/?folder=${folder}` };
}

async function freePort() {
  const socket = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => socket.once("listening", resolve));
  const { port } = socket.address();
  await new Promise((resolve) => socket.close(resolve));
  return port;
}

async function drive(page) {
  await server.listening;
  await page.goto(server.url);
  await open(page, "prices.py");
  await page.waitForSelector(".squiggly-error", WAIT);
  await hoverOver(page, "time.time", "DBS001");
  await picture(page, "finding");
  await page.keyboard.press("Escape");

  await open(page, "orders.py");
  await expectText(page, ".codelens-decoration", "3 durable operations");
  await expectText(page, ".view-lines", "#1");
  await hoverOver(page, "nightly", "at 02:00");
  await page.keyboard.press("Escape");
  await page.locator(".codelens-decoration a", { hasText: "graph" }).first().click();
  const outer = page.frameLocator("iframe.webview.ready").first();
  const graph = outer.frameLocator("iframe#active-frame").locator("svg").first();
  await graph.waitFor(WAIT);
  assert.match(await graph.textContent(), /charge/);
  await picture(page, "graph");
  await graph.locator("a").nth(1).click();
  await expectText(page, ".statusbar", "Ln 24");

  await open(page, "prices.py");
  await page.getByText("time.time", { exact: false }).last().click();
  await page.keyboard.press("Control+.");
  await page.getByText("move the expression into a step").first().click();
  await expectText(page, ".view-lines", "DBOS.step");
  await page.waitForSelector(".squiggly-error", { ...WAIT, state: "detached" });
}

async function open(page, name) {
  const row = page.locator(".explorer-folders-view .monaco-list-row", { hasText: name });
  await row.first().waitFor(WAIT);
  await row.first().dblclick();
  await page.locator(".tab.active", { hasText: name }).waitFor(WAIT);
}

/** Rest on a word until its hover says something; lines may still move under the pointer. */
async function hoverOver(page, word, text) {
  const place = page.locator(".view-line span span", { hasText: word }).first();
  await place.waitFor(WAIT);
  const told = page.locator(".monaco-hover", { hasText: text }).first();
  for (let tries = 0; tries < 20 && !(await told.isVisible()); tries += 1) {
    await page.mouse.move(5, 5);
    await place.hover();
    await told.waitFor({ timeout: 3000 }).catch(() => undefined);
  }
  assert.ok(await told.isVisible(), `no hover over ${word} says ${text}`);
}

async function expectText(page, selector, text) {
  // VS Code writes blanks as no-break spaces.
  const wanted = new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replaceAll(" ", "\\s"));
  await page.locator(selector, { hasText: wanted }).first().waitFor(WAIT);
}

async function failed(page, failure) {
  await page.screenshot({ path: path.join(tmpdir(), "dbos-build-e2e-failure.png") });
  throw failure;
}

async function picture(page, name) {
  mkdirSync(path.join(EXTENSION, "images"), { recursive: true });
  await page.screenshot({ path: path.join(EXTENSION, `images/${name}.png`) });
}
