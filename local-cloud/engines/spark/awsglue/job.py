"""Job: begins and ends a run. There are no bookmarks in the local cloud."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from awsglue.context import GlueContext


class Job:
    """Glue's Job object. Bookmarks, when a run turns them on, are refused by name.

    https://docs.aws.amazon.com/glue/latest/dg/aws-glue-programming-python.html
    """

    def __init__(self, glue_context: GlueContext) -> None:
        self._context = glue_context
        self._name: str | None = None

    def init(self, job_name: str, args: Mapping[str, Any] | None = None) -> None:
        if (args or {}).get("job_bookmark_option", "job-bookmark-disable") == "job-bookmark-enable":
            raise NotImplementedError("The local Spark engine has no job bookmarks; set job-bookmark-disable.")
        self._name = job_name

    def isInitialized(self) -> bool:
        return self._name is not None

    def commit(self) -> None:
        if self._name is None:
            raise RuntimeError("Job.commit() was called before Job.init().")
