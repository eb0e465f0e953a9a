-- dbos-build in Neovim: starts `dbos-build server` for Python files, from 0.7 on.
--
-- Put it into ~/.config/nvim/plugin/. A project's own environment goes before the search path. To
-- set something, say so before: vim.g.dbos_build = { settings = { types = true }, cmd = { … } }

local given = vim.g.dbos_build or {}
local markers = { "dbos-build.toml", "pyproject.toml" }

local function command(root)
  if given.cmd then
    return given.cmd
  end
  for _, folder in ipairs({ ".venv", "venv" }) do
    local program = root .. "/" .. folder .. "/bin/dbos-build"
    if vim.fn.executable(program) == 1 then
      return { program, "server" }
    end
  end
  return { "dbos-build", "server" }
end

local function root_of(file)
  local folder = vim.fn.fnamemodify(file, ":p:h")
  for _, marker in ipairs(markers) do
    local found = vim.fn.findfile(marker, folder .. ";")
    if found ~= "" then
      return vim.fn.fnamemodify(found, ":p:h")
    end
  end
  return folder
end

local clients = {}

local function attach(buffer)
  local file = vim.api.nvim_buf_get_name(buffer)
  local root = root_of(file)
  if not clients[root] then
    clients[root] = vim.lsp.start_client({
      name = "dbos_build",
      cmd = command(root),
      root_dir = root,
      workspace_folders = { { uri = vim.uri_from_fname(root), name = root } },
      settings = { ["dbos-build"] = given.settings or vim.empty_dict() },
      init_options = given.settings or vim.empty_dict(),
      on_exit = function()
        clients[root] = nil
      end,
    })
  end
  if clients[root] then
    vim.lsp.buf_attach_client(buffer, clients[root])
  end
end

if vim.lsp.config then
  vim.lsp.config("dbos_build", {
    cmd = given.cmd or command(vim.fn.getcwd()),
    filetypes = { "python" },
    root_markers = markers,
    settings = { ["dbos-build"] = given.settings or vim.empty_dict() },
    init_options = given.settings or vim.empty_dict(),
  })
  vim.lsp.enable("dbos_build")
else
  vim.api.nvim_create_autocmd("FileType", {
    pattern = "python",
    callback = function(event)
      attach(event.buf)
    end,
  })
end
