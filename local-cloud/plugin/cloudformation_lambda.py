"""AWS::Lambda::Function as the emulator knows it of requests: its DeadLetterConfig, and the end of its processes."""

from __future__ import annotations

import threading
import time
from typing import Any

from .emulator import lambda_runtime, lambda_svc, provisioners, responses

_original: dict[str, Any] = {}


def _keep(made: Any, props: dict[str, Any]) -> Any:
    config = lambda_svc._functions[made[0]]["config"]
    target = (props.get("DeadLetterConfig") or {}).get("TargetArn")
    if target:
        config["DeadLetterConfig"] = {"TargetArn": target}
    else:
        config.pop("DeadLetterConfig", None)
    return made


def _create(logical_id: str, props: dict[str, Any], stack_name: str) -> Any:
    return _keep(_original["create"](logical_id, props, stack_name), props)


def _update(
    physical_id: str, old: dict[str, Any], new: dict[str, Any], stack_name: str, logical_id: str | None = None
) -> Any:
    return _keep(_original["update"](physical_id, old, new, stack_name, logical_id), new)


def _delete(physical_id: str, props: dict[str, Any]) -> None:
    _original["delete"](physical_id, props)
    start = f"{responses.get_account_id()}:{responses.get_region()}:{physical_id}:"
    with lambda_runtime._lock:
        keys = [key for key in lambda_runtime._workers if key.startswith(start)]
        workers = [worker for key in keys for worker in lambda_runtime._workers.pop(key)]
    # A process may take two seconds to end, and one that answers is let finish: neither is to keep the stack.
    threading.Thread(target=_end, args=(workers,), daemon=True).start()


def _end(workers: list[Any]) -> None:
    while workers:
        # Decided once for each: one that comes to its end meanwhile is for the next round.
        idle = [worker for worker in workers if not worker.in_use]
        lambda_runtime.kill_workers(idle)
        workers = [worker for worker in workers if worker not in idle]
        time.sleep(0.1)


def install() -> None:
    """Puts it around the emulator's own."""
    entry = provisioners._RESOURCE_HANDLERS["AWS::Lambda::Function"]
    _original.update(create=entry["create"], update=entry["update"], delete=entry["delete"])
    entry.update(create=_create, update=_update, delete=_delete)
