"""Inputs as parts that one task judges: whole records, each part with its place in its input.

Spark's own readers tell neither lines nor offsets, drop line ends and decode bytes; so what travels through Spark are
places (source, begin, end, line), and a task reads its bytes itself. Compressed inputs and HAR documents are one part.
"""

import errno
import os
from typing import Any, NamedTuple, Optional

SNIFF_BYTES = 64 * 1024
READ_BYTES = 4 << 20


class Part(NamedTuple):
    source: str
    kind: str  # "bytes", "parquet"
    format: str
    begin: int  # bytes: where to look for the first record; parquet: the row group
    end: int  # -1: to the end, whatever comes
    line: int = 1  # of the first record
    offset: int = 0  # likewise
    size: int = -1  # of the whole input when it was looked at


class Survey(NamedTuple):
    """What was found at a boundary: the first record behind it, and the line ends up to the next boundary."""

    first: int
    skipped_lines: int
    lines: int
    bytes: int


def list_sources(inputs: list[str]) -> list[str]:
    """As `jotmill verify` lists them: a folder is walked, sorted by path byte for byte."""
    sources: list[str] = []
    for name in inputs:
        if "://" in name:
            sources += _list_uri(name)
        elif os.path.isdir(name):
            below = (os.path.join(folder, file) for folder, _, files in os.walk(name) for file in files)
            sources += sorted((file for file in below if os.path.isfile(file)), key=os.fsencode)
        else:
            sources.append(name)
    return sources


def _list_uri(name: str) -> list[str]:
    from pyarrow import fs

    system, path = fs.FileSystem.from_uri(name)
    info = system.get_file_info(path)
    if info.type != fs.FileType.Directory:
        return [name]
    scheme = name[: len(name) - len(path)] if name.endswith(path) else name.split("://")[0] + "://"
    found = system.get_file_info(fs.FileSelector(path, recursive=True))
    return sorted(scheme + one.path for one in found if one.type == fs.FileType.File)


def open_input(source: str) -> Any:
    """A binary file with read, seek and a size. Errors: OSError."""
    if "://" in source:
        from pyarrow import fs

        system, path = fs.FileSystem.from_uri(source)
        return system.open_input_file(path)
    if os.path.isdir(source):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), source)
    return open(source, "rb", buffering=0)


def size_of(file: Any) -> int:
    size = file.seek(0, os.SEEK_END)
    return int(size if size is not None else file.tell())


def plan_source(source: str, wanted: str, with_fields: bool, part_bytes: int, format_of: Any) -> list[Part]:
    """The parts of an input, by what it begins with; one that cannot be opened is one part, whose task will say so."""
    try:
        with open_input(source) as file:
            size = size_of(file)
            file.seek(0)
            begin = bytes(file.read(SNIFF_BYTES))
            while len(begin) < min(size, SNIFF_BYTES) and (more := file.read(SNIFF_BYTES - len(begin))):
                begin += bytes(more)
            if begin[:4] == b"PAR1":
                return _row_groups(source, file, wanted)
    except OSError:
        return [Part(source, "bytes", wanted, 0, -1)]
    told = format_of(begin, size <= len(begin), with_fields)
    if told is None or size == 0:
        return [Part(source, "bytes", wanted, 0, -1, size=size)]
    form = told if wanted == "auto" else wanted
    if form == "har" or size <= part_bytes:
        return [Part(source, "bytes", form, 0, -1, size=size)]
    return [Part(source, "bytes", form, b, min(b + part_bytes, size), size=size) for b in range(0, size, part_bytes)]


def _row_groups(source: str, file: Any, wanted: str) -> list[Part]:
    import pyarrow.parquet as pq

    file.seek(0)
    groups = max(1, pq.ParquetFile(file).num_row_groups)
    form = "text" if wanted == "auto" else wanted
    return [Part(source, "parquet", form, group, group + 1) for group in range(groups)]


def survey(part: Part, column: Optional[str]) -> Survey:
    """Reads a part once, for its line ends."""
    if part.kind == "parquet":
        lines = size = 0
        for records in read_column(part, column):
            for record in records.to_pylist():
                raw = b"" if record is None else record.encode() if isinstance(record, str) else record
                lines += 1 + raw.count(b"\n")
                size += 1 + len(raw)
        return Survey(0, 0, lines, size)
    with open_input(part.source) as file:
        first, skipped = (0, 0) if part.begin == 0 else _first_record(file, part.begin, part.size)
        file.seek(part.begin)
        lines, left = 0, part.end - part.begin
        while left > 0 and (piece := bytes(file.read(min(left, READ_BYTES)))):
            lines += piece.count(b"\n")
            left -= len(piece)
    return Survey(first, skipped, lines, part.end - part.begin)


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
    """Parts of one input, in order, at their places: each begins where a record does and ends where the next begins."""
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


def read_column(part: Part, column: Optional[str]) -> Any:
    """Batches of one column of a row group."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    with open_input(part.source) as raw:
        file = pq.ParquetFile(raw)
        texts = [f.name for f in file.schema_arrow if pa.types.is_string(f.type) or pa.types.is_binary(f.type) or pa.types.is_large_string(f.type) or pa.types.is_large_binary(f.type)]
        if column is None and len(texts) != 1:
            raise ValueError(f"{part.source}: {len(texts)} columns of text: name one with --column")
        name = column or texts[0]
        if name not in texts:
            raise ValueError(f'{part.source}: no column "{name}" of text')
        if file.num_row_groups == 0:
            return
        for batch in file.iter_batches(batch_size=65_536, row_groups=[part.begin], columns=[name]):
            yield batch.column(0)
