// Which command starts the server, in the cases that people have.

"use strict";

const assert = require("node:assert/strict");
const { test } = require("node:test");
const { serverCommand } = require("../src/command");

const given = (more) => ({
  setting: [],
  interpreter: undefined,
  folders: ["/work shop"],
  exists: () => false,
  platform: "linux",
  ...more,
});

test("without anything there is the search path", () => {
  assert.deepEqual(serverCommand(given({})), { command: "dbos-build", args: ["server"] });
  assert.equal(serverCommand(given({ folders: [] })).command, "dbos-build");
});

test("a setting goes before everything, and may speak of the folder", () => {
  const setting = ["${workspaceFolder}/bin/dbos-build", "server", "--stdio"];
  const found = serverCommand(given({ setting, exists: () => true, interpreter: "/usr/bin/python" }));
  assert.deepEqual(found, { command: "/work shop/bin/dbos-build", args: ["server", "--stdio"] });
});

test("the chosen interpreter's environment goes before those in the folder", () => {
  const found = serverCommand(given({ interpreter: "/env/bin/python", exists: () => true }));
  assert.equal(found.command, "/env/bin/dbos-build");
});

test("an interpreter without dbos-build is passed over", () => {
  const exists = (path) => path === "/work shop/.venv/bin/dbos-build";
  const found = serverCommand(given({ interpreter: "/usr/bin/python3", exists }));
  assert.deepEqual(found, { command: "/work shop/.venv/bin/dbos-build", args: ["server"] });
});
