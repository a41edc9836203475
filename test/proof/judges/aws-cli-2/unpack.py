"""Unpacks the AWS CLI 2 from the Lambda layer in its environment, once, and prints the program's path."""

import importlib.metadata
import sys
import tarfile
import zipfile
from pathlib import Path

FOLDER = Path(sys.prefix, "layer")

if not FOLDER.exists():
    made = FOLDER.with_name(f"{FOLDER.name}.part")
    files = importlib.metadata.distribution("aws-cdk-asset-awscli-v2").files or []
    (archive,) = (one for one in files if one.name.endswith(".jsii.tgz"))
    with tarfile.open(archive.locate()) as tar, zipfile.ZipFile(tar.extractfile("package/lib/layer.zip")) as layer:
        for entry in layer.infolist():
            path = Path(layer.extract(entry, made))
            if path.is_file():
                path.chmod(entry.external_attr >> 16 & 0o777)
    made.rename(FOLDER)
(program,) = FOLDER.glob("awscli/v2/*/dist/aws")
print(program)
