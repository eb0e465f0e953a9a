// Which command starts the server.
//
// In: the user's setting, the interpreter that the Python extension has chosen, and the folders of
// the workspace. Out: a command with its arguments. Never does: start anything.

"use strict";

const path = require("node:path");

const SERVER = "server";

/**
 * The first of: the setting, the chosen interpreter, an environment in a folder, the search path.
 *
 * @param {object} given
 * @param {string[]} given.setting words of a command; empty when the user has set none
 * @param {string | undefined} given.interpreter path of a Python, if one was chosen
 * @param {string[]} given.folders paths of the workspace's folders
 * @param {(path: string) => boolean} given.exists whether there is a file
 * @param {string} [given.platform] as `process.platform` names it
 * @returns {{ command: string, args: string[] }}
 */
function serverCommand({ setting, interpreter, folders, exists, platform = process.platform }) {
  if (setting.length > 0) {
    const words = setting.map((word) => word.replaceAll("${workspaceFolder}", folders[0] ?? "."));
    return { command: words[0], args: words.slice(1) };
  }
  const program = platform === "win32" ? ["Scripts", "dbos-build.exe"] : ["bin", "dbos-build"];
  const environments = interpreter ? [path.dirname(path.dirname(interpreter))] : [];
  for (const folder of folders) {
    environments.push(path.join(folder, ".venv"), path.join(folder, "venv"));
  }
  for (const environment of environments) {
    const candidate = path.join(environment, ...program);
    if (exists(candidate)) {
      return { command: candidate, args: [SERVER] };
    }
  }
  return { command: "dbos-build", args: [SERVER] };
}

module.exports = { serverCommand };
