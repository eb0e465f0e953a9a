// Panels with the graphs of workflows, drawn anew when their program changes.
//
// In: the address of a file, the name of a workflow, and how to ask the server. Out: panels beside
// the editor. Never does: draw; the server does.

"use strict";

const { randomBytes } = require("node:crypto");
const vscode = require("vscode");
const { page, target } = require("./page");

const PAUSE_MILLISECONDS = 300;

class Graphs {
  /** @param {(uri: string, workflow: string) => Promise<string | null>} ask for a picture */
  constructor(ask) {
    this.ask = ask;
    this.panels = new Map();
    this.timer = undefined;
    this.subscription = vscode.workspace.onDidChangeTextDocument((change) => {
      if (change.document.languageId === "python" && this.panels.size > 0) {
        clearTimeout(this.timer);
        this.timer = setTimeout(() => this.redraw(), PAUSE_MILLISECONDS);
      }
    });
  }

  async show(uri, workflow) {
    const key = `${uri} ${workflow}`;
    if (!this.panels.has(key)) {
      const place = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
      const panel = vscode.window.createWebviewPanel("dbos-build.graph", workflow, place, {
        enableScripts: true,
        localResourceRoots: [],
      });
      panel.webview.onDidReceiveMessage((message) => follow(message?.href));
      panel.onDidDispose(() => this.panels.delete(key));
      this.panels.set(key, { panel, uri, workflow });
    }
    this.panels.get(key).panel.reveal(undefined, true);
    await this.draw(this.panels.get(key));
  }

  async redraw() {
    await Promise.all([...this.panels.values()].map((each) => this.draw(each)));
  }

  async draw({ panel, uri, workflow }) {
    const svg = await this.ask(uri, workflow);
    panel.webview.html = page(svg, workflow, randomBytes(16).toString("base64"));
  }

  dispose() {
    clearTimeout(this.timer);
    this.subscription.dispose();
    for (const { panel } of this.panels.values()) {
      panel.dispose();
    }
  }
}

/** Open the place that a node leads to. */
async function follow(href) {
  const found = target(href);
  if (found === undefined) {
    return;
  }
  const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(found.uri));
  const place = new vscode.Position(found.line, 0);
  await vscode.window.showTextDocument(document, {
    viewColumn: vscode.ViewColumn.One,
    selection: new vscode.Range(place, place),
  });
}

module.exports = { Graphs };
