"""Bad input: one clear message each, exit code 2, and no output."""

from __future__ import annotations

import os
import pathlib
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator

import cluster
from capture import Capture

JOB = cluster.JOB.parent / "jotmill_spark" / "job.py"
OLD_PYTHON = "import runpy, sys; sys.version_info = (3, 8, 19); sys.argv = ['job.py']; runpy.run_path({!r}, run_name='__main__')"


def one_message(code: int, told: str, words: str, wanted: int = 2) -> str:
    """"" where there is one line of ours, with `words`, the exit code, and no trace; else what is wrong."""
    ours = [line for line in told.splitlines() if line.startswith("jotmill-spark: ") and ": warning: " not in line]
    if code != wanted:
        return f"exit code {code}: {told[-1000:]}"
    if len(ours) != 1 or not re.search(words, ours[0]):
        return f"{words} is wanted, and there is: {ours}"
    return f"a trace: {told[-1000:]}" if "Traceback" in told or "\tat " in told else ""


def all_of(capture: Capture, limit: float) -> Iterator[tuple[str, str]]:
    policy = ["--config", str(capture.policy)]

    def refused(name: str, words: list[str], message: str) -> tuple[str, str]:
        output = f"refused-{name}"
        done = cluster.run(capture.spark, words, output, limit=limit, master="local[1]")
        found = one_message(done.code, done.told, message)
        return name.replace("-", " "), found or ("it wrote something" if (capture.spark / output).exists() else "")

    yield refused("column-of-the-wrong-type", ["in", "--column", "n", *policy], 'in/d.parquet: column "n" is int64; wanted: string or binary')
    yield refused("no-such-column", ["in", "--column", "token", *policy], 'in/d.parquet: no column "token"; it has n, host, record')
    yield refused("key-file-that-cannot-be-read", ["in", "--keys", "nowhere.json"], "nowhere.json: No such file or directory")
    yield refused("fingerprint-key-that-cannot-be-read", ["in", *policy, "--fingerprint-key", "nowhere.bin"], "nowhere.bin: No such file")
    for name, words, message in before_spark(capture):
        done = run_job(capture, ["in", "--output", "refused", *words])
        yield name, one_message(done.returncode, done.stderr, message)
    yield "output that exists", output_that_exists(capture)
    yield "no Java", no_java(capture)
    yield "input of no file system", started(capture, ["foo://x/y", *policy], "foo://x/y: ")
    yield "output of no file system", started(capture, ["in", *policy], "foo://x/z: ", "foo://x/z")
    yield "Spark that is too old", too_old_spark(capture)
    done = subprocess.run([sys.executable, "-c", OLD_PYTHON.format(str(JOB))], capture_output=True, text=True)
    yield "Python that is too old", one_message(done.returncode, done.stderr, r"needs Python 3\.9 or newer, and this is 3\.8")


def before_spark(capture: Capture) -> Iterator[tuple[str, list[str], str]]:
    """What is refused before Spark is started: its name, the options, the message."""
    policy = ["--config", str(capture.policy)]
    folder = capture.spark / "refused-files"
    folder.mkdir()

    def config(name: str, text: str) -> list[str]:
        file = folder / f"{name}.toml"
        file.write_text(text)
        return ["--config", str(file)]

    yield "standard input", ["-", *policy], "standard input cannot be read by executors"
    yield "year", [*policy, "--year", "this"], '"this" is no year'
    yield "leeway", [*policy, "--leeway", "exp"], '"exp" is no length of time'
    yield "as-of", [*policy, "--as-of", "9" * 5000], "as_of"
    yield "an output that is a pattern", [*policy, "--output", "a[1]"], "as a pattern"
    yield "part-bytes of a file", config("part", capture.policy.read_text() + 'part-bytes = "none"\n'), '"none" is no size'
    yield "part-bytes", [*policy, "--part-bytes", "0"], '"0" is no size'
    yield "a number for a switch", config("switch", "allow-padding = 1\n"), '"allow-padding" cannot be 1'
    yield "a table for a text", config("table", "[leeway]\nexp = 1\n"), '"leeway" cannot be'
    yield "an unknown option", config("unknown", "threads = 4\n"), '"threads" is no option of jotmill-spark'
    disguise = folder / "key.pem"
    disguise.write_text("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n")
    yield "a public key as a secret", ["--secret-file", f"k={disguise}"], f"{re.escape(str(disguise))}: "
    below = folder / "keys" / "below"
    below.mkdir(parents=True)
    (below / "broken.json").write_text("{")
    yield "keys in a folder below", ["--keys", str(folder / "keys")], "no key"


def started(capture: Capture, words: list[str], message: str, output: str = "refused-late") -> str:
    """What is refused when Spark has started."""
    done = cluster.run(capture.spark, words, output, limit=300, master="local[1]")
    return one_message(done.code, done.told, re.escape(message))


def no_java(capture: Capture) -> str:
    environment = {**os.environ, "JAVA_HOME": "/nowhere", "PYSPARK_PYTHON": sys.executable}
    words = [str(cluster.JOB), "in", "--config", str(capture.policy), "--output", "no-java"]
    done = subprocess.run(words, cwd=capture.spark, env=environment, capture_output=True, text=True)
    return one_message(done.returncode, done.stderr, "Spark ended without a result", 4)


def run_job(capture: Capture, words: list[str], path: str = "") -> subprocess.CompletedProcess[str]:
    """Without spark-submit: what is refused before Spark is started."""
    environment = {**os.environ, "PYTHONPATH": path} if path else None
    return subprocess.run([sys.executable, str(JOB), *words], cwd=capture.spark, env=environment, capture_output=True, text=True)


def output_that_exists(capture: Capture) -> str:
    with tempfile.TemporaryDirectory(dir=capture.spark) as folder:
        done = run_job(capture, ["in", "--config", str(capture.policy), "--output", folder])
        found = one_message(done.returncode, done.stderr, "exists; an output folder must be new")
        return found or ("it wrote something" if os.listdir(folder) else "")


def too_old_spark(capture: Capture) -> str:
    with tempfile.TemporaryDirectory() as folder:
        old = pathlib.Path(folder, "pyspark")
        old.mkdir()
        (old / "__init__.py").write_text('__version__ = "3.2.4"\n')
        done = run_job(capture, ["in", "--config", str(capture.policy), "--output", "old"], folder)
        return one_message(done.returncode, done.stderr, r"needs Spark 3\.3 or newer \(mapInArrow\), and this is 3\.2\.4")
