"""Functions in Node.js: run by the version that their runtime names, with what they bring and nothing else.

The emulator takes whatever `node` is on the PATH, answers for clients of the AWS SDK that a function lacks, and unpacks
functions below the project, where Node.js would find the project's own packages. On AWS a function finds the SDK of
Lambda, which is of another version than ours, or than the next Region's.
"""

from __future__ import annotations

from .emulator import lambda_runtime, replace
from .settings import Settings

# The function lies beside this script, in a folder of its own.
_BEFORE = r"""
const _requireOfNode = require("module").prototype.require;
(() => {
  const Module = require("module");
  const { sep } = require("path");
  const { pathToFileURL } = require("url");
  const inside = __dirname + sep;
  const everywhere = Module._nodeModulePaths;
  Module._nodeModulePaths = (from) => everywhere(from).filter((path) => path.startsWith(inside));
  // What `import` finds; older versions have no such hooks.
  Module.registerHooks?.({
    resolve(specifier, context, next) {
      const found = next(specifier, context);
      if (!found.url.startsWith("file:") || found.url.startsWith(pathToFileURL(inside).href)) return found;
      throw Object.assign(new Error(`Cannot find package '${specifier}'`), { code: "ERR_MODULE_NOT_FOUND" });
    },
  });
})();
"""
_AFTER = """
require("module").prototype.require = _requireOfNode;
"""


def install(settings: Settings) -> None:
    """Puts it in the place of the emulator's choice."""
    original = lambda_runtime._detect_runtime_binary

    def chosen(runtime: str) -> tuple[str, str]:
        binary, script = original(runtime)
        if not runtime.startswith("nodejs"):
            return binary, script
        return settings.function_node, _BEFORE + script + _AFTER

    replace(lambda_runtime, "_detect_runtime_binary", chosen)
