"""Columns of tokens of every library against the program over the same lines."""

import gc
import os
import resource
import threading
import unittest

import duckdb
import jotmill
import pandas as pd
import polars as pl
import pyarrow as pa
from support import Capture, rows_of, without_run

SECRET = {"k1": b"only-for-tests-0123456789abcdef!"}


class Tokens(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.capture = Capture("faults", 2000)
        lines = cls.capture.file.read_bytes().split(b"\n")[:-1]
        # A blank line is no token for the program, and a null is none here; CR LF ends a line.
        cls.tokens = [None if not line.strip(b" \t") else line.removesuffix(b"\r") for line in lines]
        cls.rows, cls.report = cls.capture.of_program(cls.capture.file)

    def check(self, column: object, name: str | None = None) -> None:
        verdicts = self.capture.verifier().verify(column, name)
        self.assertEqual(len(verdicts), len(self.tokens))
        got = [row for row, token in zip(rows_of(verdicts), self.tokens) if token is not None]
        # Places differ where a blank or CR was: the rest of every record is equal.
        self.assertEqual([row[:2] + row[3:] for row in got], [row[:2] + row[3:] for row in self.rows])

    def test_lists(self) -> None:
        self.check(self.tokens)
        self.check(iter(self.tokens))
        self.check([t.decode("latin-1").encode("latin-1") if t else t for t in self.tokens])

    def test_pyarrow(self) -> None:
        for kind in (pa.binary(), pa.large_binary(), pa.binary_view()):
            with self.subTest(kind=str(kind)):
                array = pa.array(self.tokens, kind)
                self.check(array)
                self.check(pa.chunked_array([array[:700], array[700:701], array[701:]]))
                self.check(pa.table({"n": pa.array(range(len(array))), "t": array}), "t")
        self.check(pa.array(self.tokens, pa.binary()).dictionary_encode())
        self.check(pa.array([b"x", *self.tokens], pa.binary())[1:])
        self.check(pa.RecordBatchReader.from_batches(pa.schema({"t": pa.binary()}), pa.table({"t": pa.array(self.tokens, pa.binary())}).to_batches(300)))

    def test_many_rows(self) -> None:
        """JOTMILL_LONG=10000000 is the long way: about 4 GB, and all rows but the answer of each are one column."""
        once = pa.array(self.tokens, pa.large_binary())
        wanted = pa.table(self.capture.verifier().verify(once)).column("verdict").combine_chunks()
        times = max(10, int(os.environ.get("JOTMILL_LONG", "0")) // len(once))
        verifier = self.capture.verifier()
        verdicts = pa.table(verifier.verify(pa.concat_arrays([once] * times)))
        self.assertEqual(verdicts.num_rows, times * len(once))
        got = verdicts.column("verdict").combine_chunks()
        plain = wanted.cast(pa.string())
        for at in range(0, len(got), len(once)):
            self.assertTrue(got[at : at + len(once)].cast(pa.string()).equals(plain), f"from row {at}")
        self.assertEqual(verifier.report()["summary"]["tokens"], times * self.report["summary"]["tokens"])

    def test_polars_pandas_duckdb(self) -> None:
        series = pl.Series("t", self.tokens, dtype=pl.Binary)
        self.check(series)
        self.check(pl.DataFrame({"n": range(len(series)), "t": series}), "t")
        self.check(pd.DataFrame({"t": pd.Series(pa.array(self.tokens, pa.binary()), dtype=pd.ArrowDtype(pa.binary()))}))
        lines = pa.table({"t": pa.array(self.tokens, pa.binary())})
        self.assertEqual(len(lines), len(self.tokens))
        self.check(duckdb.sql("select t from lines"))

    def test_what_comes_out_goes_everywhere(self) -> None:
        verdicts = self.capture.verifier().verify(self.tokens)
        counts = verdicts.counts()
        self.assertEqual(pa.table(verdicts).num_rows, len(self.tokens))
        arrow = {row["values"]: row["counts"] for row in pa.table(verdicts)["verdict"].value_counts().to_pylist() if row["values"]}
        self.assertEqual(arrow, counts)
        polars = pl.DataFrame(verdicts).drop_nulls("verdict").group_by("verdict").len()
        self.assertEqual({str(v): n for v, n in polars.iter_rows()}, counts)
        ducks = duckdb.sql("select verdict::varchar, count(*) from verdicts where verdict is not null group by 1")
        self.assertEqual(dict(ducks.fetchall()), counts)
        pandas = pd.DataFrame.from_arrow(verdicts)["verdict"].value_counts()
        self.assertEqual({k: int(n) for k, n in pandas.items() if n}, counts)
        # A column outlives the table and the verifier that it came from.
        column = pa.table(verdicts)["token_id"]
        del verdicts
        gc.collect()
        self.assertEqual(len(column[0].as_py() or "x" * 32), 32)

    def test_reports(self) -> None:
        whole, one, two = self.capture.verifier(), self.capture.verifier(), self.capture.verifier()
        whole.verify(self.tokens)
        one.verify(self.tokens[:900])
        two.place(str(self.capture.file), 901, 0)
        two.verify(self.tokens[900:])
        self.assertEqual(whole.report()["verdicts"], self.report["verdicts"])
        self.assertEqual(whole.report()["issuers"], self.report["issuers"])
        import json

        total = json.loads(jotmill.merge_reports([one.report_json(), two.report_json()]))
        self.assertEqual(without_run(total)["verdicts"], self.report["verdicts"])

    def test_other_threads_run_meanwhile(self) -> None:
        verifier = self.capture.verifier(memo=0)
        column = pa.array(self.tokens * 4, pa.binary())
        thread = threading.Thread(target=verifier.verify, args=(column,))
        turns = 0
        thread.start()
        while thread.is_alive():
            turns += 1
        thread.join()
        self.assertGreater(turns, 1000)

    def test_one_verifier_in_many_threads(self) -> None:
        verifier = self.capture.verifier()
        threads = [threading.Thread(target=verifier.verify, args=(self.tokens[:500],)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        there = sum(token is not None for token in self.tokens[:500])
        self.assertEqual(verifier.report()["summary"]["tokens"], 4 * there)

    def test_nothing_leaks(self) -> None:
        def once() -> None:
            verifier = jotmill.Verifier(secrets=SECRET, as_of=0)
            for column in (pa.array(["a.b.c"] * 20_000), pl.Series(["a.b.c"] * 20_000), ["a.b.c"] * 20_000):
                verdicts = verifier.verify(column)
                pa.table(verdicts)
                pl.DataFrame(verdicts)
                verdicts.__arrow_c_stream__()  # a capsule that nobody takes
            for bad in (["a", 1], pa.array([1])):
                with self.assertRaises((TypeError, jotmill.JotmillError)):
                    verifier.verify(bad)
            verifier.report()

        def peak() -> int:
            return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

        for _ in range(8):
            once()
        before = peak()
        for _ in range(40):
            once()
        # One lost table of a round would be some 40 x 4 MB.
        self.assertLess(peak() - before, 40_000)


if __name__ == "__main__":
    unittest.main()
