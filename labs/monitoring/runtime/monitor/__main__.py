"""Lets `python3 code.zip --mode …` run the monitor: an asset of CDK is a zip, and Processing unpacks none."""

import sys
import tempfile
import zipfile
from pathlib import Path


def unpacked() -> Path:
    """The folder with the modules: beside this file, or what the archive holds, unpacked."""
    here = Path(__file__).resolve().parent
    if not zipfile.is_zipfile(here):
        return here
    folder = Path(tempfile.mkdtemp(prefix="monitor-"))
    with zipfile.ZipFile(here) as archive:
        archive.extractall(folder)
    return folder


if __name__ == "__main__":
    sys.path.insert(0, str(unpacked()))
    import monitor

    sys.exit(monitor.main(sys.argv[1:]))
