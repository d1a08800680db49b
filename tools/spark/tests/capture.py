"""A generated log as text, gzip, JSON lines and a Parquet column; and what `jotmill verify` says of it on one machine.

Two folders have the same inputs under the same names, so that sources are equal: `spark`, and `one`, where the Parquet file,
which `jotmill verify` does not read, is the text of its column. `in` has all of them, `bad` the same with a damaged gzip file.
"""

from __future__ import annotations

import gzip
import json
import os
import pathlib
import shutil
import subprocess
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

PROGRAM = os.environ["JOTMILL_BINARY"]
ROWS_OF_A_GROUP = 8


class Capture:
    def __init__(self, folder: pathlib.Path, records: int) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        self.spark, self.one, self.keys = folder / "spark", folder / "one", folder / "keys"
        for root in (self.spark, self.one):
            (root / "in").mkdir(parents=True)
            (root / "bad").mkdir()
        # The log has about three records for two tokens.
        generate = [PROGRAM, "generate", "--recipe", "log", "--count", str(records * 2 // 3), "--output", str(self.keys)]
        subprocess.run(generate, check=True, stdout=subprocess.DEVNULL)
        self.log = self.keys / "mixed.log"
        self.records = split(self.log, self.spark / "in", self.one / "in", max(1, records // (4 * ROWS_OF_A_GROUP)))
        self.bytes = self.log.stat().st_size
        self.log.unlink()
        damage(self.spark / "in", self.spark / "bad")
        damage(self.one / "in", self.one / "bad")
        (self.keys / "fingerprint.bin").write_bytes(bytes(range(32)))
        # Without its format: each input has its own.
        lines = (self.keys / "policy.toml").read_text().splitlines()
        lines = [line for line in lines if not line.startswith("format")] + [f'fingerprint-key = "{self.keys}/fingerprint.bin"']
        self.policy = self.keys / "policy.toml"
        self.policy.write_text("\n".join(lines) + "\n")

    def judged_on_one_machine(self, inputs: str) -> tuple[int, pathlib.Path, dict[str, Any]]:
        """Exit code, records as CSV, and the report of `jotmill verify`."""
        rows, report = self.one / f"{inputs}.csv", self.one / f"{inputs}.json"
        verify = [PROGRAM, "verify", "--config", str(self.policy), "--verdicts", str(rows), "--report", str(report), "--quiet", inputs]
        code = subprocess.run(verify, cwd=self.one, stderr=subprocess.DEVNULL).returncode
        return code, rows, json.loads(report.read_text())


def split(log: pathlib.Path, spark: pathlib.Path, one: pathlib.Path, rows: int) -> int:
    """A quarter of the bytes to each kind of file. Returns the number of records."""
    size, at, count = log.stat().st_size, 0, 0
    column = Column(spark / "d.parquet", rows)
    with open(log, "rb") as lines, open(spark / "a.log", "wb") as text, open(one / "d.parquet", "wb") as twin:
        with gzip.open(spark / "b.log.gz", "wb", 1) as packed, open(spark / "c.jsonl", "wb") as objects:
            for line in lines:
                record = line.rstrip(b"\n")
                kind = min(at * 4 // size, 3)
                if kind == 0:
                    text.write(record + b"\n")
                elif kind == 1:
                    packed.write(record + b"\n")
                elif kind == 2:
                    objects.write(json.dumps({"n": count, "message": record.decode("latin-1")}).encode() + b"\n")
                else:
                    column.add(record)
                    twin.write(record + b"\n")
                at, count = at + len(line), count + 1
    column.close()
    for name in ("a.log", "b.log.gz", "c.jsonl"):
        os.link(spark / name, one / name)
    return count


class Column:
    """A Parquet file with a column `record` of records, among others."""

    SCHEMA = pa.schema({"n": pa.int64(), "host": pa.string(), "record": pa.binary()})

    def __init__(self, path: pathlib.Path, rows: int) -> None:
        self.writer, self.rows, self.part = pq.ParquetWriter(path, self.SCHEMA), rows, list[bytes]()

    def add(self, record: bytes) -> None:
        self.part.append(record)
        if len(self.part) == self.rows:
            self.flush()

    def flush(self) -> None:
        numbers, hosts = range(len(self.part)), ["www"] * len(self.part)
        columns = [pa.array(numbers, pa.int64()), pa.array(hosts), pa.array(self.part, pa.binary())]
        self.writer.write_table(pa.Table.from_arrays(columns, schema=self.SCHEMA))
        self.part = []

    def close(self) -> None:
        if self.part:
            self.flush()
        self.writer.close()


def damage(sound: pathlib.Path, folder: pathlib.Path) -> None:
    for name in ("a.log", "c.jsonl", "d.parquet"):
        os.link(sound / name, folder / name)
    packed = bytearray((sound / "b.log.gz").read_bytes())
    middle = len(packed) // 2
    packed[middle : middle + 64] = bytes(byte ^ 0xFF for byte in packed[middle : middle + 64])
    (folder / "b.log.gz").write_bytes(packed)
