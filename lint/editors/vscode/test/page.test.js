// The page of a graph: it runs nothing but its own script, and leads to places in files only.

"use strict";

const assert = require("node:assert/strict");
const { test } = require("node:test");
const { page, target } = require("../src/page");

test("names are text, never code", () => {
  const made = page(null, "<script>alert(1)</script>", "n");
  assert.equal(made.match(/<script/g).length, 1);
  assert.match(made, /&#60;script&#62;/);
});

test("only the page's own script has the nonce", () => {
  const made = page("<?xml version='1.0'?>\n<svg><text>x</text></svg>", "order", "secret");
  assert.match(made, /script-src 'nonce-secret'/);
  assert.match(made, /default-src 'none'/);
  assert.ok(!made.includes("<?xml"));
});

test("nodes lead to lines of files, and to nothing else", () => {
  assert.deepEqual(target("file:///a%20b/c.py#L12"), { uri: "file:///a%20b/c.py", line: 11 });
  for (const other of ["https://example.com/#L1", "file:///a.py", "command:x#L1", null, 7, {}]) {
    assert.equal(target(other), undefined);
  }
});
