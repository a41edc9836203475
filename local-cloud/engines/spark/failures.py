"""The error message of a job run, from the exception that ended its script."""

from __future__ import annotations

import re
from collections.abc import Callable

_LONGEST = 2000


def _java_messages(error: BaseException) -> list[str]:
    """First lines of the Java exceptions behind a Py4JJavaError, outermost first."""
    java = getattr(error, "java_exception", None)
    messages: list[str] = []
    for _ in range(20):
        if java is None:
            break
        lines = (java.getMessage() or "").strip().splitlines()
        if lines:
            messages.append(f"{java.getClass().getSimpleName()}: {lines[0]}")
        java = java.getCause()
    return messages


def _root_causes(messages: list[str]) -> str:
    """Spark's own errors, which name the file or the record, and the innermost cause, which names the value."""
    telling = [message for message in messages if "Job aborted" not in message]
    spark = [message for message in telling if re.search(r": \[[A-Z_.]+\] ", message)]
    chosen = [*(spark[:2] or telling[:1]), messages[-1]]
    return " Caused by: ".join(dict.fromkeys(chosen))


def describe(error: BaseException, restore_uris: Callable[[str], str] = str) -> str:
    """`ValueError: the message`, with S3 URIs in place of the engine's own copies.

    Of an error in the JVM the causes are told that name the file, the record and the value.
    """
    name = type(error).__name__
    text = str(error)
    java = _java_messages(error)
    if java:
        text = f"{text.splitlines()[0].rstrip(' :.') if text else ''}. {_root_causes(java)}"
    text = re.split(r"\n+(?:JVM stacktrace|Driver stacktrace|\s+at |== SQL)", text)[0].strip()
    if 'No FileSystem for scheme "s3' in text:
        text += " (The local Spark engine serves S3 through spark.read and DataFrame.write only.)"
    whole = restore_uris(f"{name}: {text}" if text else name)
    return whole if len(whole) <= _LONGEST else f"{whole[:_LONGEST]}…"
