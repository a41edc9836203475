"""Starts the emulator with our plug-in, on loopback only."""

from __future__ import annotations

import os

import ministack.app as app

from . import (
    admin,
    alarms,
    cloudformation,
    cloudformation_sagemaker,
    iam,
    iam_sagemaker,
    logs,
    metrics,
    recorder,
    servicequotas,
    services,
    settings,
    stack_deletion,
    tagging_sagemaker,
)


def main() -> None:
    """Installs everything, then serves until the process ends."""
    if os.environ.get("BIND_HOST") != "127.0.0.1":
        raise SystemExit("The local cloud binds to 127.0.0.1 only: set BIND_HOST=127.0.0.1.")
    current = settings.read()
    iam.install()
    iam_sagemaker.install()
    servicequotas.install()
    recorder.install()
    services.install(current)
    cloudformation.install()
    cloudformation_sagemaker.install()
    tagging_sagemaker.install()
    stack_deletion.install()
    logs.install()
    metrics.install()
    alarms.install()
    admin.install(current)
    # With TLS on, the emulator would also take port 443: one port of our choosing is enough.
    app._port_is_bindable = lambda host, port: False
    app.main()


if __name__ == "__main__":
    main()
