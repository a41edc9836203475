"""Makes spark.read and DataFrame.write take S3 paths, and rejects by name what this engine does not support."""

from __future__ import annotations

import inspect
import re
import shutil
from collections.abc import Callable
from typing import Any

from pyspark import SparkContext
from pyspark.errors import AnalysisException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as public_functions
from pyspark.sql.functions import builtin as builtin_functions
from pyspark.sql.readwriter import DataFrameReader, DataFrameWriter, DataFrameWriterV2
from pyspark.sql.streaming.readwriter import DataStreamReader, DataStreamWriter
from staging import S3Location, Staging, is_s3

_READS = ("load", "csv", "json", "parquet", "text", "orc", "xml")
_WRITES = ("save", "csv", "json", "parquet", "text", "orc", "xml")
_SUPPORTED = "Use spark.read.<csv|json|parquet|text|orc|load> and DataFrame.write.<csv|json|parquet|text|orc|save>."
# Statements that would change a catalog. On Glue that is the Data Catalog; here there is none behind Spark.
_CATALOG_DDL = re.compile(
    r"^\s*(?:create\s+(?:or\s+replace\s+)?(?:external\s+)?(?:table|database|schema)"
    r"|(?:alter|drop)\s+(?:table|database|schema)|insert\s|msck\s|load\s+data)\b[^;]{0,60}",
    re.IGNORECASE,
)


class UnsupportedByLocalEngine(NotImplementedError):
    """Works on AWS Glue, not here."""

    def __init__(self, what: str) -> None:
        super().__init__(f"The local Spark engine cannot serve {what}. {_SUPPORTED}")


def install(staging: Staging) -> None:
    """Patches pyspark's classes in this process."""
    _patch_reader(staging)
    _patch_writer(staging)
    _patch_input_file_name(staging)
    _refuse_unsupported()


def _not_found(paths: list[str]) -> AnalysisException:
    return AnalysisException(
        f"[PATH_NOT_FOUND] Path does not exist: {', '.join(paths)}. SQLSTATE: 42K03", errorClass="PATH_NOT_FOUND"
    )


def _patch_options(cls: Any) -> None:
    """Keeps the options `path` and `basePath` back when they point to S3, until the folder of the copy is known."""
    option = cls.option

    def keeping_option(self: Any, key: str, value: Any) -> Any:
        if key.lower() in ("path", "basepath") and is_s3(value):
            self.__dict__[f"_s3_{key.lower()}"] = value
            return self
        self.__dict__.setdefault("_s3_options", {})[key] = value
        return option(self, key, value)

    def keeping_options(self: Any, **options: Any) -> Any:
        for key, value in options.items():
            keeping_option(self, key, value)
        return self

    cls.option, cls.options = keeping_option, keeping_options
    cls._plain_option = option


def _patch_reader(staging: Staging) -> None:
    _patch_options(DataFrameReader)
    for name in _READS:
        setattr(DataFrameReader, name, _reading(staging, getattr(DataFrameReader, name)))


def _reading(staging: Staging, method: Callable[..., DataFrame]) -> Callable[..., DataFrame]:
    signature = inspect.signature(method)
    several = "paths" in signature.parameters

    def read(self: Any, *args: Any, **kwargs: Any) -> DataFrame:
        bound = signature.bind(self, *args, **kwargs)
        given = bound.arguments.get("paths" if several else "path")
        if given is None or given == ():
            given = self.__dict__.pop("_s3_path", None)
        if several and isinstance(given, tuple) and len(given) == 1 and isinstance(given[0], (list, tuple)):
            given = given[0]
        paths = list(given) if isinstance(given, (list, tuple)) else [given]
        if not any(is_s3(path) for path in paths):
            return method(self, *args, **kwargs)
        local = _stage(staging, self, paths)
        if several:
            bound.arguments["paths"] = tuple(local)
        else:
            bound.arguments["path"] = local
        return method(*bound.args, **bound.kwargs)

    read.__name__, read.__doc__ = method.__name__, method.__doc__
    return read


def _stage(staging: Staging, reader: Any, paths: list[Any]) -> list[str]:
    """Copies the objects of one read. Raises AnalysisException for a path without any, as Spark does."""
    folder = staging.new_read()
    local: list[str] = []
    for path in paths:
        if not is_s3(path):
            local.append(path)
            continue
        location = S3Location.parse(path)
        if staging.download(folder, location) == 0:
            raise _not_found([path])
        local.append(staging.local(folder, location))
    base = reader.__dict__.pop("_s3_basepath", None)
    if base is not None:
        reader._plain_option("basePath", staging.local(folder, S3Location.parse(base)))
    return local


def _patch_writer(staging: Staging) -> None:
    _patch_options(DataFrameWriter)
    mode = DataFrameWriter.mode

    def keeping_mode(self: Any, saveMode: str | None) -> Any:
        if saveMode:
            self._s3_mode = saveMode.lower()
        return mode(self, saveMode)

    DataFrameWriter.mode = keeping_mode  # type: ignore[method-assign]
    for name in _WRITES:
        setattr(DataFrameWriter, name, _writing(staging, getattr(DataFrameWriter, name)))


def _writing(staging: Staging, method: Callable[..., None]) -> Callable[..., None]:
    signature = inspect.signature(method)

    def write(self: Any, *args: Any, **kwargs: Any) -> None:
        bound = signature.bind(self, *args, **kwargs)
        path = bound.arguments.get("path")
        if path is None:
            path = self.__dict__.pop("_s3_path", None)
        if not is_s3(path):
            return method(self, *args, **kwargs)
        save_mode = bound.arguments.get("mode") or getattr(self, "_s3_mode", "errorifexists")
        options = {**bound.arguments.get("options", {}), **self.__dict__.get("_s3_options", {})}
        if str(save_mode).lower() == "overwrite" and _dynamic(self, options):
            raise UnsupportedByLocalEngine("dynamic partition overwrite, which S3A's committers do not support either")
        location = S3Location.parse(path)
        if not _apply_save_mode(staging, self._df, location, str(save_mode).lower()):
            return None
        folder = staging.new_write()
        bound.arguments["path"] = str(folder)
        try:
            method(*bound.args, **bound.kwargs)
            staging.upload(folder, location)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        return None

    write.__name__, write.__doc__ = method.__name__, method.__doc__
    return write


def _dynamic(writer: Any, options: dict[str, Any]) -> bool:
    """Whether only the written partitions are overwritten."""
    for key, value in options.items():
        if key.lower() == "partitionoverwritemode":
            return str(value).lower() == "dynamic"
    return str(writer._spark.conf.get("spark.sql.sources.partitionOverwriteMode", "static")).lower() == "dynamic"


def _apply_save_mode(staging: Staging, frame: DataFrame, location: S3Location, mode: str) -> bool:
    """Applies the save mode to what is there. Returns False when nothing shall be written."""
    if mode == "append":
        return True
    there = staging.resolve(location)
    if mode == "overwrite":
        read = [staging.restore_uris(file) for file in frame.inputFiles()]
        target = f"{location.bucket}/{location.folder}"
        if any(re.sub(r"^s3[an]?://", "", file).startswith(target) for file in read):
            raise AnalysisException(
                f"[UNSUPPORTED_OVERWRITE.PATH] Can't overwrite the target that is also being read from. "
                f'The target path is "{location}". SQLSTATE: 0A000',
                errorClass="UNSUPPORTED_OVERWRITE.PATH",
            )
        staging.delete(location.bucket, [stored.key for stored in there])
        return True
    if not there:
        return True
    if mode == "ignore":
        return False
    raise AnalysisException(
        f'[PATH_ALREADY_EXISTS] Path {location} already exists. Set mode as "overwrite" to overwrite the existing '
        "path. SQLSTATE: 42K04",
        errorClass="PATH_ALREADY_EXISTS",
    )


def _patch_input_file_name(staging: Staging) -> None:
    """Makes input_file_name() tell the object, not the copy."""
    original = builtin_functions.input_file_name
    pattern = staging.read_pattern

    def input_file_name() -> Any:
        return builtin_functions.regexp_replace(original(), pattern, "$1://").alias("input_file_name()")

    input_file_name.__doc__ = original.__doc__
    builtin_functions.input_file_name = input_file_name
    public_functions.input_file_name = input_file_name


def _refusing(method: Callable[..., Any], name: str, always: bool) -> Callable[..., Any]:
    def refuse(self: Any, *args: Any, **kwargs: Any) -> Any:
        for value in [*args, *kwargs.values()]:
            if is_s3(value) or (always and isinstance(value, str)):
                raise UnsupportedByLocalEngine(f"{name}({value!r})")
        if always:
            raise UnsupportedByLocalEngine(f"{name}()")
        return method(self, *args, **kwargs)

    refuse.__name__, refuse.__doc__ = method.__name__, method.__doc__
    return refuse


def _refuse_unsupported() -> None:
    from pyspark import RDD

    s3_only: list[tuple[Any, tuple[str, ...]]] = [
        (
            SparkContext,
            (
                *("textFile", "wholeTextFiles", "binaryFiles", "binaryRecords", "pickleFile", "sequenceFile"),
                *("hadoopFile", "newAPIHadoopFile", "addFile", "addPyFile", "addArchive", "setCheckpointDir"),
            ),
        ),
        (RDD, ("saveAsTextFile", "saveAsPickleFile", "saveAsSequenceFile", "saveAsHadoopFile")),
        (DataStreamReader, ("load", "csv", "json", "parquet", "text", "orc")),
        (DataStreamWriter, ("start",)),
    ]
    never: list[tuple[Any, tuple[str, ...]]] = [
        (DataFrameWriter, ("saveAsTable", "insertInto")),
        (DataFrameWriterV2, ("create", "replace", "createOrReplace", "append", "overwrite", "overwritePartitions")),
    ]
    for always, group in ((False, s3_only), (True, never)):
        for cls, names in group:
            for name in names:
                setattr(cls, name, _refusing(getattr(cls, name), f"{cls.__name__}.{name}", always))
    _refuse_sql()


def _refuse_sql() -> None:
    sql = SparkSession.sql

    def checked_sql(self: SparkSession, sqlQuery: str, *args: Any, **kwargs: Any) -> DataFrame:
        ddl = _CATALOG_DDL.match(sqlQuery)
        if ddl is not None:
            raise UnsupportedByLocalEngine(f"the SQL statement {' '.join(ddl.group(0).split())!r}: it has no catalog")
        path = re.search(r"s3[an]?://[^\s`'\"]*", sqlQuery)
        if path is not None and re.search(r"(?:from|join)\s+\w+\s*\.\s*`s3[an]?://", sqlQuery, re.IGNORECASE):
            raise UnsupportedByLocalEngine(f"spark.sql on the path {path.group(0)}")
        return sql(self, sqlQuery, *args, **kwargs)

    checked_sql.__doc__ = sql.__doc__
    SparkSession.sql = checked_sql  # type: ignore[method-assign]
