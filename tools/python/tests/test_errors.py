"""Bad input: one clear message each."""

import datetime
import subprocess
import sys
import unittest
import zoneinfo

import jotmill
import pyarrow as pa

SECRET = b"only-for-tests-0123456789abcdef!"


class Errors(unittest.TestCase):
    def fails(self, words: str, code: str, **arguments: object) -> None:
        with self.assertRaisesRegex(jotmill.JotmillError, words) as caught:
            jotmill.Verifier(**arguments)  # type: ignore[arg-type]
        self.assertEqual(caught.exception.code, code)

    def test_keys_and_policy(self) -> None:
        self.fails("no key was given", "no_keys")
        self.fails("/nowhere/keys: No such file", "unreadable", keys="/nowhere/keys")
        self.fails("memory", "keys", keys=b"neither JSON nor DER")
        self.fails("RS999", "usage", secrets=SECRET, algs="RS999")
        self.fails("no JSON Pointer", "usage", secrets=SECRET, fields="token")
        self.fails("format is none of", "argument", secrets=SECRET, format="xml")
        self.fails("year is not from 1970", "argument", secrets=SECRET, year=26)
        for arguments, words in (
            ({"as_of": "yesterday"}, "RFC 3339"),
            ({"as_of": datetime.datetime(2026, 11, 25)}, "without a time zone"),
            ({"leeway": {"aud": 1}}, "exp, nbf and iat"),
        ):
            with self.assertRaisesRegex(ValueError, words):
                jotmill.Verifier(secrets=SECRET, **arguments)  # type: ignore[arg-type]

    def test_a_tuple_of_paths_is_several_keys(self) -> None:
        self.fails("/nowhere/a: No such file", "unreadable", keys=("/nowhere/a", "/nowhere/b"))
        self.fails("named: ", "keys", keys=("named", b"neither JSON nor DER"))
        self.fails("named: ", "keys", keys=[("named", b"neither JSON nor DER")])

    def test_the_item_of_a_long_list_is_named(self) -> None:
        with self.assertRaisesRegex(TypeError, "item 70000 is a"):
            jotmill.Verifier(secrets=SECRET).verify(["a.b.c"] * 70_000 + [5])

    def test_arguments_are_named(self) -> None:
        for arguments, error, words in (
            ({"leeway": float("nan")}, ValueError, "leeway of exp is no number of seconds"),
            ({"leeway": {"iat": -1}}, jotmill.JotmillError, "leeway of iat is negative"),
            ({"max_age": 1 << 80}, ValueError, "max_age is out of range"),
            ({"max_token_bytes": 1 << 31}, jotmill.JotmillError, "max_token_bytes is not from"),
            ({"max_token_bytes": -1}, ValueError, "max_token_bytes is out of range"),
            ({"memo": 1.5}, TypeError, "memo is a whole number"),
            ({"claims": "off"}, TypeError, "True or False"),
            ({"secrets": "text"}, TypeError, "a secret is bytes, not str"),
            ({"secrets": {"k": 5}}, TypeError, "a secret is bytes, not int"),
            ({"keys": ""}, ValueError, "keys is an empty path"),
        ):
            with self.subTest(arguments=arguments), self.assertRaisesRegex(error, words):
                jotmill.Verifier(**{"secrets": SECRET, **arguments})  # type: ignore[arg-type]
        for secrets in (bytearray(SECRET), memoryview(SECRET), [bytearray(SECRET)], {"k": bytearray(SECRET)}):
            jotmill.Verifier(secrets=secrets)  # type: ignore[arg-type]

    def test_places(self) -> None:
        verifier = jotmill.Verifier(secrets=SECRET)
        for line, offset in ((-1, 0), (1 << 64, 0), (1, -1)):
            with self.assertRaises(OverflowError):
                verifier.place("a", line, offset)
        with self.assertRaises(TypeError):
            type(jotmill.Verifier(secrets=SECRET).verify([])._batches[0])()

    def test_a_bad_item_leaves_no_count(self) -> None:
        verifier = jotmill.Verifier(secrets=SECRET)
        with self.assertRaises(TypeError):
            verifier.verify(["a.b.c"] * 70_000 + [5])
        self.assertEqual(verifier.report()["summary"]["tokens"], 0)

    def test_a_table_without_rows_has_columns(self) -> None:
        verifier = jotmill.Verifier(secrets=SECRET)
        kinds = {"a": pa.dictionary(pa.int8(), pa.string()), "n": pa.int32(), "l": pa.list_(pa.string())}
        empty = pa.schema(kinds).empty_table()
        self.assertEqual(empty.to_reader().read_all().num_rows, 0)
        self.assertEqual(len(verifier.verify(empty)), 0)
        self.assertEqual(len(verifier.scan(empty, "a")), 0)
        self.assertEqual(len(verifier.verify(pa.chunked_array([], pa.large_binary()))), 0)
        for column, words in (("zz", 'no column "zz"'), ("n", "its type is .*int32"), ("l", "its type is .*list")):
            with self.assertRaisesRegex(jotmill.JotmillError, words):
                verifier.verify(empty, column)
        with self.assertRaisesRegex(jotmill.JotmillError, "its type is .*int32"):
            verifier.verify(pa.chunked_array([], pa.int32()))

    def test_columns(self) -> None:
        verifier = jotmill.Verifier(secrets=SECRET, as_of="off")
        table = pa.table({"n": [1], "a": ["x"], "b": ["y"]})
        for data, column, words in (
            (table, "n", "column n: its type is .*int64.*; wanted: string or binary"),
            (table, "c", 'no column "c"'),
            (table, None, "several columns of text: name one"),
            (pa.table({"n": [1]}), None, "no column of text"),
            (pa.array([[1]]), None, "its type is .*list"),
        ):
            with self.assertRaisesRegex(jotmill.JotmillError, words) as caught:
                verifier.verify(data, column)
            self.assertEqual(caught.exception.code, "argument")
        for data, words in ((5, "a column is wanted"), ("a.b.c", "a column is wanted"), (["a", 5], "item 1 is a")):
            with self.assertRaisesRegex(TypeError, words):
                verifier.verify(data)
        self.assertEqual(verifier.report()["summary"]["tokens"], 0)

    def test_a_python_that_is_too_old(self) -> None:
        code = "import sys; sys.version_info = (3, 8, 19); import jotmill"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
        self.assertEqual(done.returncode, 1)
        self.assertTrue(done.stderr.endswith("ImportError: jotmill needs Python 3.9 or newer, and this is 3.8\n"))

    def test_times(self) -> None:
        zone = datetime.timezone(datetime.timedelta(hours=2))
        for as_of in (1_800_000_000, 1_800_000_000.5, "2027-01-15T08:00:00Z", datetime.datetime(2027, 1, 15, 10, tzinfo=zone)):
            verifier = jotmill.Verifier(secrets=SECRET, as_of=as_of)
            told = verifier.report()["options"]["first_as_of"]
            self.assertEqual(told, {"s": 1_800_000_000, "ns": 500_000_000 if as_of == 1_800_000_000.5 else 0})

    def test_summer_time(self) -> None:
        for zone in ("Europe/Berlin", "Europe/London", "America/New_York", "UTC"):
            for month in range(1, 13):
                when = datetime.datetime(2026, month, 1, 12, tzinfo=zoneinfo.ZoneInfo(zone))
                told = jotmill.Verifier(secrets=SECRET, as_of=when).report()["options"]["first_as_of"]
                self.assertEqual(told["s"], int(when.timestamp()), f"{zone}, month {month}")


if __name__ == "__main__":
    unittest.main()
