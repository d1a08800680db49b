"""Inputs as parts that one task judges: whole records, each part with its place in its input.

Spark's own readers tell neither lines nor offsets, drop line ends and decode bytes; so what travels through Spark are
places (source, begin, end, line), and a task reads its bytes itself. Compressed inputs and HAR documents are one part.
"""

from __future__ import annotations

import errno
import os
from typing import Any, NamedTuple, Optional, Union

SNIFF_BYTES = 64 * 1024
READ_BYTES = 4 << 20


class Source(NamedTuple):
    """An input: the name that was given, which records and report have, and where a task of any folder finds it."""

    name: str
    path: str


class Refusal(NamedTuple):
    """An input that the options do not fit: bad usage, for the driver to say."""

    reason: str


class Part(NamedTuple):
    source: str
    path: str
    kind: str  # "bytes", "parquet"
    format: str
    begin: int  # bytes: where to look for the first record; parquet: the first row group
    end: int  # bytes: -1: to the end, whatever comes; parquet: behind the last row group
    line: int = 1  # of the first record
    offset: int = 0  # likewise
    size: int = -1  # of the whole input when it was looked at


class Survey(NamedTuple):
    """What was found at a boundary: the first record behind it, and the line ends up to the next boundary."""

    first: int
    skipped_lines: int
    lines: int
    bytes: int
    failed: bool = False


def list_sources(inputs: list[str]) -> list[Source]:
    """As `jotmill verify` lists them: a folder is walked, sorted by path byte for byte. Errors: ValueError: a bad URI."""
    sources: list[Source] = []
    for name in inputs:
        if "://" in name:
            sources += [Source(one, one) for one in _list_uri(name)]
        elif os.path.isdir(name):
            below = (os.path.join(folder, file) for folder, _, files in os.walk(name) for file in files)
            found = sorted((file for file in below if os.path.isfile(file)), key=os.fsencode)
            sources += [Source(file, os.path.abspath(file)) for file in found]
        else:
            sources.append(Source(name, os.path.abspath(name)))
    return sources


def _list_uri(name: str) -> list[str]:
    import pyarrow as pa
    from pyarrow import fs

    try:
        system, path = fs.FileSystem.from_uri(name)
        info = system.get_file_info(path)
    except (OSError, pa.ArrowException) as error:
        raise ValueError(f"{name}: {str(error).splitlines()[0]}") from None
    if info.type != fs.FileType.Directory:
        return [name]
    scheme = name[: len(name) - len(path)] if name.endswith(path) else name.split("://")[0] + "://"
    found = system.get_file_info(fs.FileSelector(path, recursive=True))
    return sorted(scheme + one.path for one in found if one.type == fs.FileType.File)


def open_input(path: str) -> Any:
    """A binary file with read, seek and a size. Errors: OSError."""
    if "://" in path:
        from pyarrow import fs

        system, below = fs.FileSystem.from_uri(path)
        return system.open_input_file(below)
    if os.path.isdir(path):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
    return open(path, "rb", buffering=0)


def size_of(file: Any) -> int:
    size = file.seek(0, os.SEEK_END)
    return int(size if size is not None else file.tell())


def plan_source(
    source: Source, wanted: str, with_fields: bool, part_bytes: int, column: Optional[str], format_of: Any
) -> list[Union[Part, Refusal]]:
    """The parts of an input, by what it begins with; one that cannot be opened is one part, whose task will say so."""
    whole = Part(*source, "bytes", wanted, 0, -1)
    try:
        with open_input(source.path) as file:
            size = size_of(file)
            file.seek(0)
            begin = bytes(file.read(SNIFF_BYTES))
            while len(begin) < min(size, SNIFF_BYTES) and (more := file.read(SNIFF_BYTES - len(begin))):
                begin += bytes(more)
            if _is_parquet(file, begin, size):
                return _row_groups(source, file, wanted, column)
    except OSError:
        return [whole]
    told = format_of(begin, size <= len(begin), with_fields)
    if told is None or size == 0:
        return [whole._replace(size=size)]
    form = told if wanted == "auto" else wanted
    if form == "har" or size <= part_bytes:
        return [whole._replace(format=form, size=size)]
    return [Part(*source, "bytes", form, b, min(b + part_bytes, size), size=size) for b in range(0, size, part_bytes)]


def _is_parquet(file: Any, begin: bytes, size: int) -> bool:
    """By the magic at both ends; one that was cut has other bytes than those of text behind the first."""
    if begin[:4] != b"PAR1":
        return False
    file.seek(max(0, size - 4))
    return bytes(file.read(4)) == b"PAR1" or b"\0" in begin


def _row_groups(source: Source, file: Any, wanted: str, column: Optional[str]) -> list[Union[Part, Refusal]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    form = "text" if wanted == "auto" else wanted
    file.seek(0)
    try:
        opened = pq.ParquetFile(file)
    except (OSError, pa.ArrowException):  # a damaged footer; the task meets the same, and says so
        return [Part(*source, "parquet", form, 0, 1)]
    reason = column_of(opened.schema_arrow, column)[1]
    if reason:
        return [Refusal(f"{source.name}: {reason}")]
    return [Part(*source, "parquet", form, group, group + 1) for group in range(max(1, opened.num_row_groups))]


def column_of(schema: Any, wanted: Optional[str]) -> tuple[str, str]:
    """The name of the column of records, or why there is none."""
    import pyarrow as pa

    kinds = {field.name: field.type for field in schema}
    tests = ("is_string", "is_binary", "is_large_string", "is_large_binary", "is_string_view", "is_binary_view")
    is_text = [getattr(pa.types, name) for name in tests if hasattr(pa.types, name)]  # older pyarrow has no views
    values = {name: kind.value_type if pa.types.is_dictionary(kind) else kind for name, kind in kinds.items()}
    texts = [name for name, kind in values.items() if any(test(kind) for test in is_text)]
    if wanted is None:
        return (texts[0], "") if len(texts) == 1 else ("", f"{len(texts)} columns of text: name one with --column")
    if wanted not in kinds:
        return "", f'no column "{wanted}"; it has {", ".join(kinds)}'
    return (wanted, "") if wanted in texts else ("", f'column "{wanted}" is {kinds[wanted]}; wanted: string or binary')


def survey(part: Part, column: Optional[str]) -> Survey:
    """Reads a part once, for its line ends."""
    return _survey_column(part, column) if part.kind == "parquet" else _survey_bytes(part)


def _survey_column(part: Part, column: Optional[str]) -> Survey:
    import pyarrow as pa

    lines = size = 0
    try:
        for records in read_column(part, part.begin, column):
            for record in records.to_pylist():
                raw = b"" if record is None else record.encode() if isinstance(record, str) else record
                lines += 1 + raw.count(b"\n")
                size += 1 + len(raw)
    except (OSError, pa.ArrowException):
        return Survey(0, 0, lines, size, failed=True)
    return Survey(0, 0, lines, size)


def _survey_bytes(part: Part) -> Survey:
    first, skipped, lines = part.begin, 0, 0
    try:
        with open_input(part.path) as file:
            if part.begin > 0:
                first, skipped = _first_record(file, part.begin, part.size)
            file.seek(part.begin)
            left = part.end - part.begin
            while left > 0 and (piece := bytes(file.read(min(left, READ_BYTES)))):
                lines += piece.count(b"\n")
                left -= len(piece)
    except OSError:
        return Survey(first, skipped, lines, part.end - part.begin, failed=True)
    return Survey(first, skipped, lines, part.end - part.begin, failed=left > 0)


def _first_record(file: Any, begin: int, size: int) -> tuple[int, int]:
    """The first byte behind the first line end at or behind begin - 1, and how many line ends lie between."""
    file.seek(begin - 1)
    at = begin - 1
    while piece := bytes(file.read(READ_BYTES)):
        found = piece.find(b"\n")
        if found >= 0:
            return at + found + 1, 1 if at + found >= begin else 0
        at += len(piece)
    return size, 0


def settle(parts: list[Part], surveys: list[Survey]) -> list[Part]:
    """Parts of one input, in order, at their places: each begins where a record does and ends where the next begins.

    Where one could not be read, the places behind it are not known: then the input is one part, whose task meets the same,
    says so, and counts on behind it.
    """
    if any(found.failed for found in surveys):
        return [parts[0]._replace(end=parts[-1].end if parts[0].kind == "parquet" else -1)]
    settled: list[Part] = []
    lines = offset = 0
    for i, (part, found) in enumerate(zip(parts, surveys)):
        if part.kind == "parquet":
            settled.append(part._replace(line=1 + lines, offset=offset))
            offset += found.bytes
        else:
            end = surveys[i + 1].first if i + 1 < len(parts) else -1
            settled.append(part._replace(begin=found.first, end=end, line=1 + lines + found.skipped_lines, offset=found.first))
        lines += found.lines
    return [part for part in settled if part.kind == "parquet" or part.begin != part.end]


def read_column(part: Part, group: int, column: Optional[str]) -> Any:
    """Batches of one column of a row group of the input of `part`. Errors: OSError, pyarrow.ArrowInvalid: unreadable or damaged."""
    import pyarrow.parquet as pq

    with open_input(part.path) as raw:
        file = pq.ParquetFile(raw)
        if file.num_row_groups == 0:
            return
        name = column_of(file.schema_arrow, column)[0]
        for batch in file.iter_batches(batch_size=65_536, row_groups=[group], columns=[name]):
            yield batch.column(0)
