"""Parquet columns of every kind, whole and damaged, through what a task does, without Spark."""

from __future__ import annotations

import io
import json
import os
import pathlib
import sys
from collections.abc import Iterator
from typing import Any, NamedTuple

import jotmill
import pyarrow as pa
import pyarrow.parquet as pq

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from jotmill_spark import parts, work  # noqa: E402

TOKEN = "eyJhbGciOiJub25lIn0.e30."
RECORDS = [None if i % 7 == 3 else f"line {i}" + (f"\n?access_token={TOKEN}" if i % 3 == 0 else "") for i in range(90)]
ARGUMENTS = {"secrets": [b"only-for-tests-0123456789abcdef!"], "as_of": "off", "secret_files": [], "fingerprint_key": None}


class Broadcast(NamedTuple):
    value: dict[str, Any]


class Judged(NamedTuple):
    parts: int
    places: list[tuple[int, int]]  # line and offset of each token
    events: dict[str, int]


def judge(path: pathlib.Path) -> Judged:
    ready = parts.plan_source(parts.Source("s", str(path)), "auto", False, 1 << 20, "record", jotmill.format_of)
    if len(ready) > 1:
        ready = parts.settle(ready, [parts.survey(part, "record") for part in ready])
    rows: list[dict[str, Any]] = []
    for part in ready:
        assert work.part_of(dict(zip(part._fields, map(as_column, work.row_of(part))))) == part
        for batch in work.judge_part(part, Broadcast(ARGUMENTS), "record"):
            rows += batch.to_pylist()
    report = json.loads(jotmill.merge_reports([row["report"] for row in rows if row["kind"] == "report"]))
    places = [(row["line"], row["offset"]) for row in rows if row["kind"] == "verdict"]
    return Judged(len(ready), places, {name: count for name, count in report["events"]["counts"].items() if count > 0})


def as_column(value: Any) -> Any:
    """As it comes out of Spark."""
    return bytes(value) if isinstance(value, bytearray) else value


def write(path: pathlib.Path, kind: pa.DataType) -> None:
    table = pa.table({"n": pa.array(range(len(RECORDS))), "record": pa.array(RECORDS, pa.string()).cast(kind)})
    pq.write_table(table, path, row_group_size=30, compression="none", use_dictionary=False)


def as_text() -> list[tuple[int, int]]:
    """Where `jotmill` finds the tokens in the text of the column."""
    text = "".join((record or "") + "\n" for record in RECORDS).encode()
    verifier = jotmill.Verifier(secrets=ARGUMENTS["secrets"], as_of="off", format="text")
    return [place for found in verifier.scan_stream(io.BytesIO(text).read) for place in zip(found.column("line"), found.column("offset"))]


def all_of(folder: pathlib.Path) -> Iterator[tuple[str, str]]:
    wanted = as_text()
    for kind in (pa.string(), pa.large_binary(), pa.dictionary(pa.int32(), pa.string())):
        path = folder / "column.parquet"
        write(path, kind)
        found = judge(path)
        yield f"a column of {kind}", "" if found == Judged(3, wanted, {}) and len(wanted) > 20 else str(found)
    # What begins like a Parquet file is text where that is what follows, and an event where it is not.
    path = folder / "begins.log"
    path.write_text(f"PAR1 is how it begins\n?access_token={TOKEN}\n")
    found = judge(path)
    yield "text that begins with PAR1", "" if found.places == [(2, 36)] and found.events == {} else str(found)
    path = folder / "footer.parquet"
    write(path, pa.string())
    raw = bytearray(path.read_bytes())
    size = int.from_bytes(raw[-8:-4], "little")
    raw[-8 - size : -8] = bytes(size)
    path.write_bytes(raw)
    found = judge(path)
    yield "a damaged footer", "" if found == Judged(1, [], {"input_unreadable": 1}) else str(found)
    write(folder / "name.parquet", pa.string())
    path = (folder / "name.parquet").rename(folder / os.fsdecode(b"name-\xff.parquet"))
    found = judge(path)
    yield "a name that is no UTF-8", "" if found == Judged(3, wanted, {}) else str(found)
    # The second row group: what is before it and behind it is judged, by one task, which tells the one event.
    path = folder / "damaged.parquet"
    write(path, pa.string())
    chunk = pq.ParquetFile(path).metadata.row_group(1).column(1)
    raw = bytearray(path.read_bytes())
    raw[chunk.data_page_offset : chunk.data_page_offset + 16] = b"\xff" * 16
    path.write_bytes(raw)
    found = judge(path)
    first = sum(record is not None and TOKEN in record for record in RECORDS[:30])
    third = sum(record is not None and TOKEN in record for record in RECORDS[60:])
    sound = found.parts == 1 and len(found.places) == first + third and found.places[:first] == wanted[:first]
    yield "a damaged row group", "" if sound and found.events == {"input_unreadable": 1} else str(found)
