-- What a person does in Neovim: sees a finding, applies its fix, sees it gone, saves.
-- It writes what it saw to the file named by the variable SEEN, as JSON, and ends Neovim.

local LIMIT_MILLISECONDS = 60000
local seen = { version = tostring(vim.version().major) .. "." .. tostring(vim.version().minor) }

local function wait_for(what, condition)
  assert(vim.wait(LIMIT_MILLISECONDS, condition, 20), "no " .. what)
end

local function is_attached()
  local clients = vim.lsp.get_clients or vim.lsp.buf_get_clients
  return next(clients(vim.lsp.get_clients and { bufnr = 0 } or 0)) ~= nil
end

local function ask(method, more)
  local given = vim.lsp.util.make_position_params(0, "utf-16")
  for key, value in pairs(more or {}) do
    given[key] = value
  end
  local answers = vim.lsp.buf_request_sync(0, method, given, LIMIT_MILLISECONDS)
  for _, answer in pairs(answers or {}) do
    return answer.result
  end
end

local function session()
  wait_for("client", is_attached)
  wait_for("finding", function()
    return #vim.diagnostic.get(0) > 0
  end)
  local found = vim.diagnostic.get(0)[1]
  seen.finding = { line = found.lnum, column = found.col, message = found.message }
  seen.finding.code = found.code or found.user_data.lsp.code
  vim.api.nvim_win_set_cursor(0, { found.lnum + 1, found.col })

  local place = { line = found.lnum, character = found.col }
  local actions = ask("textDocument/codeAction", {
    range = { start = place, ["end"] = place },
    context = { diagnostics = {}, only = { "quickfix" } },
  })
  seen.action = actions[1].title
  local taken = ask("codeAction/resolve", actions[1]) -- As Neovim does when one is chosen.
  vim.lsp.util.apply_workspace_edit(taken.edit, "utf-16")
  wait_for("clean buffer", function()
    return #vim.diagnostic.get(0) == 0
  end)
  vim.cmd("write")

  vim.cmd("edit orders.py")
  wait_for("client", is_attached)
  vim.fn.search("def order")
  vim.cmd("normal! w")
  seen.hover = ask("textDocument/hover").contents.value
  seen.lenses = #ask("textDocument/codeLens")
end

local ok, failure = pcall(session)
seen.failure = not ok and tostring(failure) or nil
vim.fn.writefile({ vim.fn.json_encode(seen) }, os.getenv("SEEN"))
vim.cmd("qall!")
