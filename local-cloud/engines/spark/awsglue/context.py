"""GlueContext: the Spark session and the logger. Dynamic frames are not part of the local cloud."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import Any

from pyspark import SparkContext
from pyspark.sql import SparkSession


class GlueLogger:
    """What get_logger() gives; writes to the run's `error` log group, as Glue 5 and newer do."""

    def __init__(self) -> None:
        self._logger: Any = None

    def _log(self, level: str, message: object) -> None:
        context = SparkContext._active_spark_context
        if context is None or context._jvm is None:
            print(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} {level.upper()} {message}", file=sys.stderr)
            return
        if self._logger is None:
            self._logger = context._jvm.org.apache.logging.log4j.LogManager.getLogger("com.amazonaws.services.glue")
        # Spark's default level is WARN; a script's own messages are wanted whatever it is.
        levels = context._jvm.org.apache.logging.log4j.Level
        core = context._jvm.org.apache.logging.log4j.core.config.Configurator
        core.setLevel("com.amazonaws.services.glue", levels.DEBUG)
        getattr(self._logger, level)(str(message))

    def debug(self, message: object) -> None:
        self._log("debug", message)

    def info(self, message: object) -> None:
        self._log("info", message)

    def warn(self, message: object) -> None:
        self._log("warn", message)

    def error(self, message: object) -> None:
        self._log("error", message)


class GlueContext:
    """Wraps a SparkContext as Glue's own does.

    https://docs.aws.amazon.com/glue/latest/dg/aws-glue-api-crawler-pyspark-extensions-glue-context.html
    """

    def __init__(self, sparkContext: SparkContext, **options: Any) -> None:
        self._sc = sparkContext
        self.spark_session = SparkSession.builder.getOrCreate()
        self._glue_logger = GlueLogger()

    def get_logger(self) -> GlueLogger:
        return self._glue_logger

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        raise NotImplementedError(
            f"The local Spark engine has no GlueContext.{name}; it has spark_session and get_logger. "
            "Read and write with spark_session.read and DataFrame.write."
        )
