"""Bad input: one clear message each."""

import datetime
import subprocess
import sys
import unittest

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
        self.fails("no year", "argument", secrets=SECRET, year=26)
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


if __name__ == "__main__":
    unittest.main()
