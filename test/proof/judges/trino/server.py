"""Runs a Trino server until stdin ends: Trino's launcher is a program of its own, and this needs its engine only.

Arguments: the Java to run it with, the folder of jars, the folder of its configuration.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from py4j.java_gateway import GatewayParameters, JavaGateway, launch_gateway


def main() -> None:
    java, jars, folder = sys.argv[1:]
    with Path(folder, "server.out").open("w") as out, Path(folder, "server.err").open("w") as err:
        port = launch_gateway(
            classpath=os.pathsep.join(map(str, sorted(Path(jars).glob("*.jar")))),
            die_on_exit=True,
            javaopts=[
                "-Xmx3g",
                "-XX:+UseG1GC",
                "-Duser.timezone=UTC",
                f"-Dconfig={folder}/config.properties",
                "-Djdk.attach.allowAttachSelf=true",
            ],
            java_path=java,
            redirect_stdout=out,
            redirect_stderr=err,
        )
        gateway = JavaGateway(gateway_parameters=GatewayParameters(port=port))
        gateway.jvm.io.trino.server.Server().start("435")
        print("started", flush=True)
        sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    main()
