"""Shows a build's Python the packages that its pip installed, in place of all that the local cloud has.

Python loads this before the program, from PYTHONPATH. What the program starts does not inherit it.
"""

import os
import site
import sys
from pathlib import Path

_HERE = str(Path(__file__).parent)


def _use_only(packages: Path) -> None:
    """Only where pip said what is there, and said it all."""
    if not packages.is_dir() or (packages / ".all").exists():
        return
    hidden = {str(Path(folder).resolve()) for folder in site.getsitepackages()}
    sys.path[:] = dict.fromkeys(str(packages) if str(Path(p).resolve()) in hidden else p for p in sys.path)


def _remove_from_pythonpath(path: str) -> None:
    """PYTHONPATH as the build set it, here and for what the program starts."""
    rest = [entry for entry in path.split(os.pathsep) if entry != _HERE]
    if rest:
        os.environ["PYTHONPATH"] = os.pathsep.join(rest)
    else:
        os.environ.pop("PYTHONPATH", None)
    sys.path[:] = [entry for entry in sys.path if entry != _HERE]


_use_only(Path(os.environ.pop("MLA_PACKAGES", "/nowhere")))
_remove_from_pythonpath(os.environ.get("PYTHONPATH", ""))
