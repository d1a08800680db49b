"""Columns and streams of log records against the program over the same file."""

import gzip
import json
import pathlib
import unittest

import jotmill
import polars as pl
import pyarrow as pa
from support import Capture, rows_of, without_run


class Records(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.capture = Capture("log", 2000)
        cls.bytes = cls.capture.file.read_bytes()
        cls.rows, cls.report = cls.capture.of_program(cls.capture.file)

    def test_a_column_is_a_file_of_its_rows(self) -> None:
        records = self.bytes.split(b"\n")
        if records[-1] == b"":
            records.pop()
        for column in (records, pa.array(records, pa.binary_view()), pl.Series("r", records), pa.chunked_array([records[:99], records[99:]], pa.large_binary())):
            verifier = self.capture.verifier()
            verdicts = verifier.scan(column)
            self.assertEqual(rows_of(verdicts), self.rows)
            self.assertEqual(without_run(verifier.report()), self.report)
            row, offset = verdicts.column("row"), verdicts.column("row_offset")
            self.assertTrue(all(records[r][o : o + 1] for r, o in zip(row, offset)))
            self.assertEqual(row, sorted(row))

    def test_rows_count_through_all_batches(self) -> None:
        token = b"eyJhbGciOiJub25lIn0.e30."
        records = [b"nothing"] * 150_000
        places = [0, 65_535, 65_536, 131_072, 149_999]
        for place in places:
            records[place] = b"GET /?access_token=" + token
        chunks = pa.chunked_array([records[:7], [], records[7:80_000], records[80_000:]], pa.binary())
        for column in (records, iter(records), chunks, pa.table({"r": chunks})):
            verdicts = self.capture.verifier().scan(column)
            self.assertEqual(verdicts.column("row"), places)
            self.assertEqual(verdicts.column("row_offset"), [19] * len(places))

    def test_nothing_at_all(self) -> None:
        for column in ([], iter(()), pa.chunked_array([], pa.string()), pa.table({"r": pa.chunked_array([], pa.string())})):
            verifier = self.capture.verifier()
            for verdicts in (verifier.scan(column), verifier.verify([])):
                self.assertEqual(len(verdicts), 0)
                self.assertIn("verdict", verdicts.names)
                self.assertEqual(verdicts.column("verdict"), [])
                self.assertEqual(pa.table(verdicts).num_rows, 0)
            self.assertEqual(verifier.report()["summary"]["tokens"], 0)

    def test_a_file_is_a_file(self) -> None:
        packed = self.capture.path / "packed.gz"
        packed.write_bytes(gzip.compress(self.bytes))
        cut = self.capture.path / "cut.gz"
        cut.write_bytes(packed.read_bytes()[:20_000])
        for file in (self.capture.file, packed, cut, pathlib.Path("/nowhere/at/all")):
            with self.subTest(file=file.name):
                rows, report = self.capture.of_program(file)
                verifier = self.capture.verifier()
                got = [row for verdicts in verifier.scan_file(file) for row in rows_of(verdicts)]
                self.assertEqual(got, rows)
                self.assertEqual(without_run(verifier.report()), report)

    def test_the_parts_of_a_file_add_up(self) -> None:
        middle = self.bytes.index(b"\n", len(self.bytes) // 2) + 1
        reports, got = [], []
        for begin, end in ((0, middle), (middle, len(self.bytes))):
            verifier = self.capture.verifier()
            part = memoryview(self.bytes[begin:end])
            place = [0]

            def read(size: int) -> bytes:
                piece = bytes(part[place[0] : place[0] + min(size, 70_001)])
                place[0] += len(piece)
                return piece

            line = 1 + self.bytes.count(b"\n", 0, begin)
            for verdicts in verifier.scan_stream(read, str(self.capture.file), line, begin):
                got += rows_of(verdicts)
            reports.append(verifier.report_json())
        self.assertEqual(got, self.rows)
        self.assertEqual(without_run(json.loads(jotmill.merge_reports(reports))), self.report)

    def test_a_read_that_raises(self) -> None:
        verifier = self.capture.verifier()

        def wrong(size: int) -> bytes:
            raise KeyError("mine")

        with self.assertRaisesRegex(KeyError, "mine"):
            list(verifier.scan_stream(wrong))
        with self.assertRaisesRegex(ValueError, "more bytes than"):
            list(verifier.scan_stream(lambda size: b"x" * (size + 1)))
        with self.assertRaises(TypeError):
            list(verifier.scan_stream(lambda size: "text"))  # type: ignore[arg-type, return-value]

        def nested(size: int) -> bytes:
            verifier.verify(["a"])
            return b""

        with self.assertRaisesRegex(RuntimeError, "at work in this thread"):
            list(verifier.scan_stream(nested))
        self.assertEqual(list(verifier.scan_stream(lambda size: b"")), [])


if __name__ == "__main__":
    unittest.main()
