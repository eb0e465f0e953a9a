// dbos-build in VS Code: starts the language server, and shows the graphs that it draws.
//
// In: the workspace and its settings. Out: a running client of `dbos-build server`. Never does:
// analysis; what is shown is the server's.

"use strict";

const fs = require("node:fs");
const vscode = require("vscode");
const { LanguageClient, State, TransportKind } = require("vscode-languageclient/node");
const { serverCommand } = require("./command");
const { Graphs } = require("./graph");

const SECTION = "dbos-build";
const OPEN_GRAPH = "dbos-build.openGraph";
const GRAPH = "dbos-build.graph";

let client;
let graphs;
let output;

async function activate(context) {
  output = vscode.window.createOutputChannel("dbos-build", { log: true });
  graphs = new Graphs(askForGraph);
  context.subscriptions.push(
    output,
    graphs,
    vscode.commands.registerCommand("dbos-build.restart", restart),
    vscode.commands.registerCommand("dbos-build.showOutput", () => output.show()),
    vscode.workspace.onDidChangeConfiguration(async (change) => {
      const starting = [`${SECTION}.command`, `${SECTION}.enable`];
      if (starting.some((key) => change.affectsConfiguration(key))) {
        await restart();
      }
    }),
  );
  await start();
}

async function deactivate() {
  await stop();
}

async function start() {
  const settings = vscode.workspace.getConfiguration(SECTION);
  if (!settings.get("enable", true)) {
    return;
  }
  const folders = (vscode.workspace.workspaceFolders ?? []).map((folder) => folder.uri.fsPath);
  const { command, args } = serverCommand({
    setting: settings.get("command", []),
    interpreter: await chosenInterpreter(),
    folders,
    exists: fs.existsSync,
  });
  output.info(`starting ${[command, ...args].join(" ")}`);
  const run = { command, args, transport: TransportKind.stdio, options: { cwd: folders[0] } };
  client = new LanguageClient(SECTION, "dbos-build", run, {
    documentSelector: [
      { scheme: "file", language: "python" },
      { scheme: "untitled", language: "python" },
    ],
    outputChannel: output,
    middleware: { executeCommand: carryOut },
  });
  try {
    await client.start();
  } catch (failure) {
    client = undefined;
    await explain(command, failure);
  }
}

async function stop() {
  const running = client;
  client = undefined;
  if (running !== undefined && running.state !== State.Stopped) {
    await running.dispose();
  }
}

async function restart() {
  await stop();
  await start();
}

/** The server would open graphs in a browser; here they have a place beside the code. */
async function carryOut(command, given, next) {
  if (command === OPEN_GRAPH) {
    return graphs.show(given[0], given[1]);
  }
  return next(command, given);
}

async function askForGraph(uri, workflow) {
  if (client === undefined) {
    return null;
  }
  const asked = { command: GRAPH, arguments: [uri, workflow] };
  return client.sendRequest("workspace/executeCommand", asked);
}

/** The interpreter that was chosen in the Python extension, if that is installed. */
async function chosenInterpreter() {
  const python = vscode.extensions.getExtension("ms-python.python");
  if (python === undefined) {
    return undefined;
  }
  try {
    const api = await python.activate();
    const resource = vscode.workspace.workspaceFolders?.[0]?.uri;
    return api?.environments?.getActiveEnvironmentPath(resource)?.path;
  } catch (failure) {
    output.warn(`the Python extension does not say which interpreter is chosen: ${failure}`);
    return undefined;
  }
}

/** Say what to do when the server cannot be started. */
async function explain(command, failure) {
  output.error(`${command} cannot be started: ${failure}`);
  const help = "Open the settings";
  const message =
    `dbos-build: ${command} cannot be started. Install it into the project's environment: ` +
    "pip install 'dbos-build[lsp]'";
  if ((await vscode.window.showErrorMessage(message, help)) === help) {
    await vscode.commands.executeCommand("workbench.action.openSettings", "dbos-build.command");
  }
}

module.exports = { activate, deactivate };
