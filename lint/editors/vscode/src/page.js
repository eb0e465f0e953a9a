// The page that shows the graph of a workflow.
//
// In: an SVG and a nonce. Out: HTML that may load nothing and run nothing but its own few lines,
// which tell the extension where a node leads; and where that is. Never does: open anything.

"use strict";

const SCRIPT = `
const api = acquireVsCodeApi();
document.addEventListener("click", (event) => {
  const link = event.target.closest("a");
  if (link) {
    event.preventDefault();
    api.postMessage({ href: link.getAttribute("href") ?? link.getAttribute("xlink:href") });
  }
});
`;

/** The page for a picture; without one, it says that the workflow is gone. */
function page(svg, workflow, nonce) {
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'nonce-${nonce}'`;
  const body = svg
    ? svg.slice(svg.indexOf("<svg"))
    : `<p>There is no workflow <code>${escaped(workflow)}</code> any more.</p>`;
  return `<!DOCTYPE html>
<html>
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<style>body { padding: 1em; } svg { max-width: 100%; height: auto; }</style>
<title>${escaped(workflow)}</title>
</head>
<body>${body}<script nonce="${nonce}">${SCRIPT}</script></body>
</html>`;
}

/** The file and the line, from 0, that a node leads to; undefined for any other address. */
function target(href) {
  const match = /^(file:\/\/[^#]*)#L(\d+)$/.exec(typeof href === "string" ? href : "");
  return match ? { uri: match[1], line: Math.max(Number(match[2]) - 1, 0) } : undefined;
}

function escaped(text) {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

module.exports = { page, target };
