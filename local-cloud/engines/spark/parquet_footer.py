"""Reads the schema of a Parquet file from its footer (standard input) and prints it with Hive's names of types."""

from __future__ import annotations

import io
import json
import sys

import pyarrow as pa
import pyarrow.parquet as pq

_SIMPLE = {
    "bool": "boolean",
    "int8": "tinyint",
    "int16": "smallint",
    "int32": "int",
    "int64": "bigint",
    "uint8": "smallint",
    "uint16": "int",
    "uint32": "bigint",
    "float": "float",
    "double": "double",
    "string": "string",
    "large_string": "string",
    "binary": "binary",
    "large_binary": "binary",
    "date32[day]": "date",
}


def hive_type(kind: pa.DataType) -> str:
    """The Hive type of an Arrow type. Raises ValueError naming one that has none."""
    if pa.types.is_timestamp(kind):
        return "timestamp"
    if pa.types.is_decimal(kind):
        return f"decimal({kind.precision},{kind.scale})"
    if pa.types.is_dictionary(kind):
        return hive_type(kind.value_type)
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return f"array<{hive_type(kind.value_type)}>"
    if pa.types.is_map(kind):
        return f"map<{hive_type(kind.key_type)},{hive_type(kind.item_type)}>"
    if pa.types.is_struct(kind):
        return f"struct<{','.join(f'{field.name}:{hive_type(field.type)}' for field in kind)}>"
    if str(kind) not in _SIMPLE:
        raise ValueError(f"Hive has no type for {kind}")
    return _SIMPLE[str(kind)]


def main() -> None:
    footer = sys.stdin.buffer.read()
    # A Parquet file of nothing but its mark and its footer: metadata can be read, data cannot.
    metadata = pq.read_metadata(io.BytesIO(b"PAR1" + footer))
    schema = metadata.schema.to_arrow_schema()
    columns = [{"Name": field.name.lower(), "Type": hive_type(field.type)} for field in schema]
    print(json.dumps({"columns": columns, "rows": metadata.num_rows}))


if __name__ == "__main__":
    main()
