"""Generated captures with their policies, and the program that the package must agree with."""

import csv
import io
import json
import os
import pathlib
import subprocess
import tempfile
import tomllib
from typing import Any

import jotmill

PROGRAM = os.environ["JOTMILL_BINARY"]


class Capture:
    """A set of `jotmill generate`: its file, its policy as arguments of Verifier, and what `jotmill verify` says."""

    def __init__(self, recipe: str, count: int) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="jotmill-python-")
        self.path = pathlib.Path(self.folder.name)
        run("generate", "--recipe", recipe, "--count", str(count), "--output", str(self.path))
        self.file = next(p for p in sorted(self.path.iterdir()) if p.name.startswith("capture.") or p.suffix == ".log")
        self.policy = tomllib.loads((self.path / "policy.toml").read_text())

    def arguments(self) -> dict[str, Any]:
        p = self.policy
        secrets = [text.split("=", 1) for text in p.get("secret-file", [])]
        return {
            "keys": p["keys"],
            "secret_files": dict(secrets),
            "algs": p.get("alg"),
            "issuer": p.get("issuer"),
            "audience": p.get("audience"),
            "subject": p.get("subject"),
            "require": p.get("require"),
            "max_age": int(p["max-age"][:-1]) if "max-age" in p else None,
            "typ": p.get("typ"),
            "as_of": int(p["as-of"]),
            "max_token_bytes": int(p["max-token-bytes"]),
            "format": p["format"],
        }

    def verifier(self, **more: Any) -> jotmill.Verifier:
        return jotmill.Verifier(**{**self.arguments(), "source": str(self.file), **more})

    def of_program(self, file: pathlib.Path) -> tuple[list[list[str]], dict[str, Any]]:
        """Rows of the CSV records, and the report without `run`."""
        out, report = self.path / "verdicts.csv", self.path / "report.json"
        run("verify", "--config", str(self.path / "policy.toml"), "--verdicts", str(out), "--report", str(report), "--quiet", str(file), allow=(0, 1, 3))
        rows = list(csv.reader(io.StringIO(out.read_bytes().decode(), newline="")))
        return rows[1:], without_run(json.loads(report.read_text()))


def run(*words: str, allow: tuple[int, ...] = (0,)) -> None:
    done = subprocess.run([PROGRAM, *words], capture_output=True, text=True)
    if done.returncode not in allow:
        raise AssertionError(f"{words}: exit {done.returncode}: {done.stderr}")


def without_run(report: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in report.items() if name != "run"}


FIELDS = ("source", "line", "offset", "channel", "layers", "verdict", "detail", "alg", "kid", "token_id")


def rows_of(verdicts: jotmill.Verdicts) -> list[list[str]]:
    """As a CSV file of `verify` has them, read again."""
    columns = [verdicts.column(name) for name in FIELDS]
    return [[cell_of(value) for value in row] for row in zip(*columns)]


def cell_of(value: Any) -> str:
    text = "" if value is None else str(value)
    return "'" + text if text[:1] in ("=", "+", "-", "@") else text
