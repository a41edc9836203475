"""What a job run says about the exception that ended its script."""

from __future__ import annotations

import re
from collections.abc import Callable

_LONGEST = 2000


def _java_message(error: BaseException) -> str | None:
    """The message of the innermost Java exception behind a Py4JJavaError."""
    java = getattr(error, "java_exception", None)
    if java is None:
        return None
    message = None
    for _ in range(20):
        if java is None:
            break
        told = java.getMessage()
        if told:
            message = f"{java.getClass().getSimpleName()}: {told}"
        java = java.getCause()
    return message


def describe(error: BaseException, restore: Callable[[str], str] = str) -> str:
    """`ValueError: the message`, with S3 URIs in place of the engine's own copies.

    Of an error in the JVM the innermost cause is told, as that is what names the file or the value.
    """
    name = type(error).__name__
    text = str(error)
    java = _java_message(error)
    if java is not None:
        text = f"{text.splitlines()[0].rstrip(' :') if text else ''}. {java}"
    text = re.split(r"\n+(?:JVM stacktrace|Driver stacktrace|\s+at |== SQL)", text)[0].strip()
    if 'No FileSystem for scheme "s3' in text:
        text += " (The local Spark engine serves S3 through spark.read and DataFrame.write only.)"
    whole = restore(f"{name}: {text}" if text else name)
    return whole if len(whole) <= _LONGEST else f"{whole[:_LONGEST]}…"
