// What an author does in the workbench, and what is seen then.
//
// In: a page of a browser with the workbench, and hands for what is done outside of it: taking a
// picture, writing settings, killing the language server. Out: nothing; an error where something
// else is seen. Never does: start anything.

import assert from "node:assert/strict";

const WAIT = { timeout: 60_000 };

/** The shop, opened as a folder. */
export async function drive(page, hands) {
  await findings(page, hands);
  await durableFunctions(page, hands);
  await callers(page);
  await completions(page);
  await fixes(page);
  await changedSettings(page, hands);
  await killedServer(page, hands);
}

/** The shop and the office, opened as one workspace. */
export async function driveBoth(page) {
  await open(page, "times.py");
  await page.waitForSelector(".squiggly-error", WAIT);
  await problems(page, ["times.py", "DBS001"]);
}

/** A violation in a helper: underlined, told on hover, and listed with the way to it. */
async function findings(page, { picture }) {
  await open(page, "prices.py");
  await page.waitForSelector(".squiggly-error", WAIT);
  await hoverOver(page, "time.time", "DBS001");
  await picture("finding");
  await page.keyboard.press("Escape");
  await problems(page, ["DBS001", "order: price_of()"]);
}

/** Above and beside workflows: lenses, step numbers, schedules in words, graphs. */
async function durableFunctions(page, { picture }) {
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
  await picture("graph");
  await graph.locator("a").nth(1).click();
  await expectText(page, ".statusbar", "Ln 24");
}

/** Who calls a step, asked at its call. */
async function callers(page) {
  await page.keyboard.press("Home");
  await page.keyboard.press("Shift+Alt+H");
  await expectText(page, ".part.sidebar .monaco-list-row", "step · orders.py");
  await expectText(page, ".part.sidebar .monaco-list-row", "workflow · orders.py");
  await page.keyboard.press("Control+Shift+E");
  await open(page, "orders.py");
}

/** The codes of rules in a comment that silences, and queues that exist. */
async function completions(page) {
  for (const [typed, offered] of [
    ["x = 1  # dbos: ignore[", "DBS001"],
    ['DBOS.retrieve_queue("', "orders"],
  ]) {
    await page.keyboard.press("Control+End");
    await page.keyboard.type(typed, { delay: 20 });
    await page.keyboard.press("Control+Space");
    await expectText(page, ".suggest-widget.visible", offered);
    await page.keyboard.press("Escape");
    await page.keyboard.press("End"); // Behind brackets and quotes that VS Code has closed.
    await page.keyboard.press("Shift+Home");
    await page.keyboard.press("Delete");
  }
  await page.keyboard.press("Control+S");
  await page.waitForSelector(".squiggly-error", { ...WAIT, state: "detached" });
}

/** A fix from the list, taken back, and all fixes when the file is saved. */
async function fixes(page) {
  await open(page, "prices.py");
  await page.getByText("time.time", { exact: false }).last().click();
  const offer = page.getByText("move the expression into a step").first();
  for (let tries = 0; tries < 20 && !(await offer.isVisible()); tries += 1) {
    await page.keyboard.press("Escape");
    await page.keyboard.press("Control+.");
    await offer.waitFor({ timeout: 3000 }).catch(() => undefined);
  }
  await offer.click();
  await expectText(page, ".view-lines", "DBOS.step");
  await page.waitForSelector(".squiggly-error", { ...WAIT, state: "detached" });
  await page.keyboard.press("Control+Z");
  await page.waitForSelector(".squiggly-error", WAIT);
  await page.keyboard.press("Control+S");
  await expectText(page, ".view-lines", "DBOS.step");
  await page.waitForSelector(".squiggly-error", { ...WAIT, state: "detached" });
  await page.keyboard.press("Control+Z");
  await page.waitForSelector(".squiggly-error", WAIT);
}

/** A rule that is switched off in the settings, and on again. */
async function changedSettings(page, { configureShop }) {
  configureShop({ "dbos-build.ignore": ["DBS001"] });
  await page.waitForSelector(".squiggly-error", { ...WAIT, state: "detached" });
  configureShop({});
  await page.waitForSelector(".squiggly-error", WAIT);
}

/** A server that dies comes again, and knows what is open. */
async function killedServer(page, { killLanguageServer }) {
  killLanguageServer();
  await page.waitForSelector(".squiggly-error", { ...WAIT, state: "detached" });
  await page.waitForSelector(".squiggly-error", WAIT);
}

async function open(page, name) {
  const row = page.locator(".explorer-folders-view .monaco-list-row", { hasText: name });
  await row.first().waitFor(WAIT);
  await row.first().dblclick();
  await page.locator(".tab.active", { hasText: name }).waitFor(WAIT);
}

/** Look into the list of problems, and close it again. */
async function problems(page, texts) {
  await page.keyboard.press("Control+Shift+M");
  for (const text of texts) {
    await expectText(page, ".markers-panel", text);
  }
  await page.keyboard.press("Control+Shift+M");
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
