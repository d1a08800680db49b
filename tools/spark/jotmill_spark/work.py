"""What a task does: judges its parts, and gives rows of verdicts and one row with the report of each part."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator
from typing import Any, Optional

import pyarrow as pa

from .parts import Part, open_input, read_column, size_of

# The rows of the committed output. kind: "verdict" or "report"; a report row has only `verdict` ("none") and `report`.
FIELDS = ("source", "channel", "layers", "detail", "alg", "kid", "token_id", "claims")
SCHEMA = pa.schema(
    [("kind", pa.string()), ("verdict", pa.string()), ("line", pa.int64()), ("offset", pa.int64())]
    + [(name, pa.string()) for name in FIELDS]
    + [("report", pa.string())]
)
SPARK_SCHEMA = "kind string, verdict string, line bigint, offset bigint, " + ", ".join(f"{n} string" for n in FIELDS) + ", report string"

# The rows of parts: the fields of Part.
PART_SCHEMA = "source binary, path binary, kind string, format string, begin bigint, end bigint, line bigint, offset bigint, size bigint"

# Of this Python worker: each broadcast that it has seen, which is kept so that no other gets its id(), and verifiers by format.
_base: dict[int, tuple[Any, dict[str, Any]]] = {}


def verifier_of(broadcast: Any, form: str) -> Any:
    """A verifier without counts; keys are loaded once in each worker."""
    known = _base.setdefault(id(broadcast), (broadcast, {}))[1]
    if form not in known:
        with FilesInMemory() as files:
            known[form] = make_verifier(broadcast.value, form, files)
    return known[form].clone()


class FilesInMemory(contextlib.ExitStack):
    """Files that are there as long as this: the secrets of an audit do not belong on the disks of all executors."""

    def __init__(self) -> None:
        super().__init__()
        self._names: dict[str, str] = {}

    def add(self, name: str, contents: bytes) -> str:
        """The path of a file with these contents, that of `name`."""
        memory = os.memfd_create("secret", os.MFD_CLOEXEC)
        self.callback(os.close, memory)
        with open(memory, "wb", closefd=False) as file:
            file.write(contents)
        path = f"/proc/self/fd/{memory}"
        self._names[path] = name
        return path

    def told(self, text: str) -> str:
        """What the engine says of these files, under the names that the user knows."""
        return re.sub(r"/proc/self/fd/\d+", lambda found: self._names.get(found[0], found[0]), text)


def make_verifier(arguments: dict[str, Any], form: str, files: FilesInMemory) -> Any:
    """Of what options.arguments_of() gives. Secrets, which the engine reads from files by rules of its own, come as bytes."""
    import jotmill

    secrets = [(kid, files.add(name, secret)) for kid, name, secret in arguments["secret_files"]]
    key = arguments["fingerprint_key"]
    path = None if key is None else files.add(*key)
    return jotmill.Verifier(**{**arguments, "format": form, "secret_files": secrets, "fingerprint_key": path})


def rows_of(verdicts: Any) -> pa.RecordBatch:
    table = pa.table(verdicts)
    columns: list[Any] = []
    for field in SCHEMA:
        if field.name == "kind":
            columns.append(pa.array(["verdict"] * len(table), pa.string()))
        elif field.name in table.schema.names:
            columns.append(table[field.name].cast(field.type).combine_chunks())
        else:
            columns.append(pa.nulls(len(table), field.type))
    columns = [c.combine_chunks() if isinstance(c, pa.ChunkedArray) else c for c in columns]
    return pa.RecordBatch.from_arrays(columns, schema=SCHEMA)


def report_row(report: str) -> pa.RecordBatch:
    values = {"kind": "report", "verdict": "none", "report": report}
    return pa.RecordBatch.from_arrays([pa.array([values.get(f.name)], f.type) for f in SCHEMA], schema=SCHEMA)


class PartReader:
    """read() of the bytes of a part; an input that cannot be opened fails at the first one."""

    def __init__(self, part: Part) -> None:
        self.part = part
        self.file: Any = None
        self.left = -1 if part.end < 0 else part.end - part.begin

    def read(self, size: int) -> bytes:
        if self.file is None:
            self.file = open_input(self.part.path)
            self.file.seek(self.part.begin)
        if self.left == 0:
            return b""
        piece = bytes(self.file.read(size if self.left < 0 else min(size, self.left)))
        if self.left > 0:
            self.left -= len(piece)
        return piece

    def changed(self) -> Optional[str]:
        """As SourceReader::changed() of the engine; asked by the part that reads to the end."""
        if self.file is None or self.part.size < 0 or self.part.end >= 0:
            return None
        if "://" not in self.part.path:
            try:
                there, ours = os.stat(self.part.path), os.fstat(self.file.fileno())
            except OSError as error:
                return f"gone at the end: {error.strerror}"
            if (there.st_dev, there.st_ino) != (ours.st_dev, ours.st_ino):
                return "replaced by another file"
        now = size_of(self.file)
        return None if now == self.part.size else f"was {self.part.size} bytes, is {now}"


def judge_column(part: Part, verifier: Any, column: Optional[str]) -> Iterator[pa.RecordBatch]:
    """Row groups; of one that is damaged what stands before the damage is judged, it is an event, and the next is read."""
    verifier.place(part.source, part.line, part.offset)
    for group in range(part.begin, part.end):
        try:
            for records in read_column(part, group, column):
                verdicts = verifier.scan(records)
                if len(verdicts) > 0:
                    yield rows_of(verdicts)
        except pa.ArrowMemoryError:
            raise  # of this executor, not of the input
        except (OSError, pa.ArrowException) as error:
            verifier.event("input_unreadable", str(error).splitlines()[0], part.offset)


def judge_part(part: Part, broadcast: Any, column: Optional[str]) -> Iterator[pa.RecordBatch]:
    verifier = verifier_of(broadcast, part.format)
    if part.kind == "parquet":
        yield from judge_column(part, verifier, column)
    else:
        reader = PartReader(part)
        for verdicts in verifier.scan_stream(reader.read, part.source, part.line, part.offset):
            yield rows_of(verdicts)
        if reason := reader.changed():
            verifier.event("input_changed", reason, part.offset)
        if reader.file is not None:
            reader.file.close()
    yield report_row(verifier.report_json())


def row_of(part: Part) -> tuple[Any, ...]:
    """A part as a row of PART_SCHEMA: names of files are bytes."""
    return tuple(part._replace(source=bytearray(os.fsencode(part.source)), path=bytearray(os.fsencode(part.path))))  # type: ignore[arg-type]


def part_of(row: dict[str, Any]) -> Part:
    return Part(**{**row, "source": os.fsdecode(row["source"]), "path": os.fsdecode(row["path"])})


def judge(broadcast: Any, column: Optional[str]) -> Any:
    """The function of mapInArrow: batches of parts in, rows out."""

    def over(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            for row in batch.to_pylist():
                yield from judge_part(part_of(row), broadcast, column)

    return over


def merge(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The function of mapInArrow: the reports of a partition in, their sum out."""
    import jotmill

    total: Optional[str] = None
    for batch in batches:
        reports = [report for report in batch.column(0).to_pylist() if report is not None]
        if reports:
            total = jotmill.merge_reports(reports if total is None else [total, *reports])
    if total is not None:
        yield pa.RecordBatch.from_pydict({"report": [total]})


