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


def one_message(code: int, told: str, words: str) -> str:
    """"" where there is one line of ours, with `words`, and no trace; else what is wrong."""
    ours = [line for line in told.splitlines() if line.startswith("jotmill-spark: ") and ": warning: " not in line]
    if code != 2:
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
    yield "output that exists", output_that_exists(capture)
    yield "Spark that is too old", too_old_spark(capture)
    done = subprocess.run([sys.executable, "-c", OLD_PYTHON.format(str(JOB))], capture_output=True, text=True)
    yield "Python that is too old", one_message(done.returncode, done.stderr, r"needs Python 3\.9 or newer, and this is 3\.8")


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
