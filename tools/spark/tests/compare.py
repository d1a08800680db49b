"""Is what Spark wrote what `jotmill verify` wrote? Verdict records sorted by source and offset, and reports but for `run`."""

from __future__ import annotations

import json
import pathlib
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.dataset as ds

FIELDS = ("source", "line", "offset", "channel", "layers", "verdict", "detail", "alg", "kid", "token_id")
KINDS = {name: pa.int64() if name in ("line", "offset") else pa.string() for name in FIELDS}
ORDER = [("source", "ascending"), ("offset", "ascending")]


def rows_of_verify(file: pathlib.Path) -> pa.Table:
    options = pyarrow.csv.ConvertOptions(column_types=KINDS, strings_can_be_null=False)
    table = pyarrow.csv.read_csv(file, parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True), convert_options=options)
    return table.select(FIELDS).sort_by(ORDER)


def rows_of_spark(output: pathlib.Path) -> pa.Table:
    """As the cells of a CSV file of `verify`."""
    kinds = [pa.field(name, KINDS[name]) for name in FIELDS]
    partitions = ds.partitioning(pa.schema({"verdict": pa.string()}), flavor="hive")
    table = ds.dataset(output / "verdicts", schema=pa.schema(kinds), format="parquet", partitioning=partitions).to_table()
    columns = []
    for name in FIELDS:
        column = table[name]
        if pa.types.is_string(column.type):
            column = pc.fill_null(column, "")
            formula = pc.match_substring_regex(column, "^[=+\\-@]")
            column = pc.if_else(formula, pc.binary_join_element_wise("'", column, ""), column)
        columns.append(column)
    return pa.table(columns, names=list(FIELDS)).sort_by(ORDER)


def differing_rows(spark: pa.Table, one: pa.Table) -> str:
    """"" when they are the same, else the first that is not."""
    if spark.num_rows != one.num_rows:
        return f"{spark.num_rows} verdicts, and jotmill verify has {one.num_rows}"
    for name in FIELDS:
        equal = pc.equal(spark[name], one[name])
        if not pc.all(equal).as_py():
            row = pc.index(equal, False).as_py()
            return f"row {row}, {name}: {spark.slice(row, 1).to_pylist()[0]}, and jotmill verify has {one.slice(row, 1).to_pylist()[0]}"
    return ""


def differing_fields(spark: Any, one: Any, path: str = "") -> list[str]:
    """The fields of two reports that differ."""
    if isinstance(spark, dict) and isinstance(one, dict):
        names = [name for name in {**spark, **one} if (path, name) != ("", "run")]
        return [found for name in names for found in differing_fields(spark.get(name), one.get(name), f"{path}/{name}")]
    return [] if spark == one else [f"{path}: {json.dumps(spark)[:300]}, and jotmill verify has {json.dumps(one)[:300]}"]
