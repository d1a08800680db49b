"""The scenarios of tools/spark/test; see there."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import pathlib
import shutil
import signal
import sys
import time
from typing import Any, Callable, Optional

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import cluster  # noqa: E402
import columns  # noqa: E402
import compare  # noqa: E402
import refusals  # noqa: E402
from capture import Capture  # noqa: E402


class Failed(Exception):
    """One line: what is not as it must be."""


def expect(true: bool, words: str) -> None:
    if not true:
        raise Failed(words)


class Scenarios:
    def __init__(self, folder: pathlib.Path, records: int) -> None:
        self.capture = Capture(folder, records)
        self.limit = 300 + records / 1000
        self.part_bytes = max(1, self.capture.bytes // 16)
        print(f"{self.capture.records} records, {self.capture.bytes} bytes as text, in parts of {self.part_bytes}", flush=True)

    def judge(self, name: str, inputs: str = "in", policy: Optional[pathlib.Path] = None, given_up: bool = False, **more: Any) -> cluster.Done:
        """A run that must agree with `jotmill verify` over the same inputs; `given_up`: an executor that was goes on all the while."""
        words = [inputs, "--config", str(policy or self.capture.policy), "--column", "record", "--part-bytes", str(self.part_bytes)]
        done = cluster.run(self.capture.spark, words, name, limit=self.limit, **more)
        one_code, one_rows, one_report = self.capture.judged_on_one_machine(inputs)
        output = self.capture.spark / name
        expect(done.code == one_code, f"exit code {done.code}, and jotmill verify has {one_code}: {done.told[-2000:]}")
        report = json.loads((output / "report.json").read_text())
        differences = compare.differing_fields(report, one_report)
        expect(not differences, "the report: " + "; ".join(differences[:5]))
        rows = compare.rows_of_spark(output)
        different = compare.differing_rows(rows, compare.rows_of_verify(one_rows))
        expect(not different, different)
        expect(rows.num_rows == report["summary"]["tokens"] > 0, f"{rows.num_rows} rows of {report['summary']['tokens']} tokens")
        expect((output / "_SUCCESS").exists(), "no _SUCCESS")
        left = [file for file in output.glob("_unfinished/**/*") if not given_up or file.is_file() and "_temporary" not in file.parts]
        expect(not left and (given_up or not (output / "_unfinished").exists()), f"unfinished files: {left}")
        print(f"  {rows.num_rows} verdicts and the report are those of jotmill verify, exit code {done.code}, {done.seconds:.0f} s", flush=True)
        return done

    def plain(self) -> None:
        done = self.judge("plain")
        added = {e["Executor ID"] for e in done.events if e["Event"] == "SparkListenerExecutorAdded"}
        expect(len(added) == 2, f"{len(added)} executors")

    def killed(self) -> None:
        """An executor is killed after the first commit; keys that only the driver has read are gone by then."""
        keys = self.capture.keys.with_name("keys-of-the-driver")
        shutil.copytree(self.capture.keys, keys)
        policy = keys / "policy.toml"
        policy.write_text(policy.read_text().replace(f"{self.capture.keys}/", f"{keys}/"))

        def kill(running: cluster.Running) -> None:
            running.wait_for(lambda: running.tasks_committed() > 0)
            shutil.rmtree(keys)
            executors = running.executors()
            expect(len(executors) == 2, f"{len(executors)} executors at the first commit")
            # While it stands still it is given a task, if it has none.
            os.kill(executors[0], signal.SIGSTOP)
            time.sleep(2)
            os.kill(executors[0], signal.SIGKILL)

        done = self.judge("killed", policy=policy, meanwhile=kill)
        lost = sum(reason == "ExecutorLostFailure" for reason, _ in cluster.task_ends(done.events))
        gone = sum(event["Event"] == "SparkListenerExecutorRemoved" for event in done.events)
        expect(gone > 0 and lost > 0, f"{gone} executors and {lost} tasks were lost: it was killed too late")
        print(f"  {lost} tasks were lost and run again")

    def speculation(self) -> None:
        """An executor stands still in the middle until a copy of its task has won, then it goes on."""

        def stop(running: cluster.Running) -> None:
            running.wait_for(lambda: running.tasks_committed() > 0)
            executors = running.executors()
            expect(len(executors) == 2, f"{len(executors)} executors at the first commit")
            # Copies are made when no part waits for its first attempt any more: until then it goes on now and then, for a
            # moment, because one that is silent for two minutes is lost, and one that is about to commit keeps all copies of its
            # task from that.
            with contextlib.suppress(ProcessLookupError):
                won = False
                while not won and running.process.poll() is None:
                    os.kill(executors[0], signal.SIGSTOP)
                    try:
                        won = running.wait_for_a_copy(seconds=30)
                    finally:
                        os.kill(executors[0], signal.SIGCONT)
                    time.sleep(0.5)

        often = {"multiplier": "1.01", "quantile": "0.01", "interval": "50ms", "minTaskRuntime": "50ms"}
        conf = {"spark.speculation": "true", **{f"spark.speculation.{name}": value for name, value in often.items()}}
        hosts = cluster.TwoHosts(self.capture.spark)
        try:
            done = self.judge("speculation", conf=conf, meanwhile=stop, master=hosts.url, workers=hosts.workers(), given_up=True)
        finally:
            hosts.stop()
        copies = [reason for reason, speculative in cluster.task_ends(done.events) if speculative]
        expect("Success" in copies, f"no speculative task has won: {copies}")
        print(f"  {len(copies)} speculative tasks, {copies.count('Success')} of them won")

    def corrupt(self) -> None:
        done = self.judge("corrupt", "bad")
        expect(done.code == 3, f"exit code {done.code}")
        listed = [line for line in done.told.splitlines() if line.startswith("jotmill-spark: decompress_error: bad/b.log.gz: ")]
        expect(len(listed) == 1, f"{len(listed)} lines about the damaged file: {done.told[-2000:]}")

    def interrupted(self) -> None:
        """Stopped in the middle, it leaves no output, so that the same command can be given again."""

        def stop(running: cluster.Running) -> None:
            running.wait_for(lambda: (running.output / "_unfinished" / "_temporary").exists())
            os.kill(running.process.pid, signal.SIGTERM)

        words = ["in", "--config", str(self.capture.policy), "--column", "record", "--part-bytes", str(self.part_bytes)]
        done = cluster.run(self.capture.spark, words, "interrupted", limit=self.limit, meanwhile=stop)
        expect(done.code == 130, f"exit code {done.code}: {done.told[-2000:]}")
        expect(not (self.capture.spark / "interrupted").exists(), "the output is still there")
        print("  exit code 130, and no output")

    def columns(self) -> None:
        for name, found in columns.all_of(self.capture.spark):
            expect(not found, f"{name}: {found}")
            print(f"  {name}: as its text")

    def refusals(self) -> None:
        for name, found in refusals.all_of(self.capture, self.limit):
            expect(not found, f"{name}: {found}")
            print(f"  {name}: one message")


def main() -> int:
    names = ("plain", "killed", "speculation", "corrupt", "interrupted", "columns", "refusals")
    parser = argparse.ArgumentParser(prog="tools/spark/test", allow_abbrev=False)
    parser.add_argument("--folder", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--records", type=int, default=50_000, metavar="N")
    parser.add_argument("scenarios", nargs="*", metavar="SCENARIO", help=", ".join(names))
    given = parser.parse_args()
    unknown = set(given.scenarios) - set(names)
    if unknown or given.records < 1000:
        parser.error(f"no such scenario: {', '.join(unknown)}" if unknown else "--records: at least 1000")
    scenarios = Scenarios(given.folder.resolve(), given.records)
    passed = failed = 0
    for name in given.scenarios or names:
        print(f"{name}:", flush=True)
        scenario: Callable[[], None] = getattr(scenarios, name)
        try:
            scenario()
            passed += 1
        except (Failed, TimeoutError) as error:
            failed += 1
            print(f"  FAILED: {error}", flush=True)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
