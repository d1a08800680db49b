"""What each door costs: tokens per second of CPU time, of one thread, on the same log.

    build/spark/venv/bin/python bench/doors/run.py JOTMILL [TOKENS [ROUNDS]]

Doors: `verify` (the command line), `column` (jotmill.Verifier.scan over a pyarrow column, the C Arrow interface beneath), `stream`
(scan_stream over the file), `task` (what a Spark task does in Python: the stream, and rows for Spark; the Java side is not in it).
CPU seconds of user and system, start-up and key loading of the command line taken off by a run over an empty file; rounds are
interleaved, the median is given with the extremes. One JSON object. The environment is that of tools/spark/test.
"""

from __future__ import annotations

import json
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from typing import Any

import jotmill
import pyarrow as pa

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools" / "spark"))

from jotmill_spark import options, parts, work  # noqa: E402


class Broadcast:
    def __init__(self, value: dict[str, Any]) -> None:
        self.value = value


def cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    program = sys.argv[1]
    tokens = int(sys.argv[2]) if len(sys.argv) > 2 else 100_000
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 5
    with tempfile.TemporaryDirectory(prefix="jotmill-doors-") as folder:
        generate = [program, "generate", "--recipe", "log", "--count", str(tokens), "--output", folder]
        subprocess.run(generate, check=True, stdout=subprocess.DEVNULL)
        log, policy, empty = f"{folder}/mixed.log", f"{folder}/policy.toml", pathlib.Path(folder, "empty")
        empty.touch()
        given = options.parse([log, "--config", policy, "--output", "-"])
        with work.FilesInMemory() as files:
            base = work.make_verifier(options.arguments_of(given), "text", files)
        column = pa.array(pathlib.Path(log).read_bytes().split(b"\n")[:-1], pa.binary())
        found = base.clone()
        found.scan(column)
        tokens = found.report()["summary"]["tokens"]

        def verify(file: str) -> float:
            before = cpu_of_children()
            subprocess.run([program, "verify", "--config", policy, "--threads", "1", "--quiet", "--verdicts", "/dev/null", file], stderr=subprocess.DEVNULL)
            return cpu_of_children() - before

        def own(door: Callable[[Any], Any]) -> float:
            verifier = base.clone()
            begin = time.process_time()
            door(verifier)
            return time.process_time() - begin

        broadcast = Broadcast(options.arguments_of(given))
        work.verifier_of(broadcast, "text")
        part = parts.Part(log, log, "bytes", "text", 0, -1)
        doors: dict[str, Callable[[], float]] = {
            "verify": lambda: verify(log) - verify(str(empty)),
            "column": lambda: own(lambda verifier: verifier.scan(column)),
            "stream": lambda: own(lambda verifier: sum(len(rows) for rows in verifier.scan_file(log))),
            "task": lambda: own(lambda _: sum(rows.num_rows for rows in work.judge_part(part, broadcast, None))),
        }
        times: dict[str, list[float]] = {name: [] for name in doors}
        for _ in range(rounds):
            for name, door in doors.items():
                times[name].append(door())
        rates = {name: sorted(tokens / t for t in found) for name, found in times.items()}
        size = pathlib.Path(log).stat().st_size
    told = {name: {"median": round(statistics.median(r)), "least": round(r[0]), "most": round(r[-1])} for name, r in rates.items()}
    print(json.dumps({"tokens": tokens, "bytes": size, "rounds": rounds, "tokens_per_cpu_second": told}, indent=1))


if __name__ == "__main__":
    main()
