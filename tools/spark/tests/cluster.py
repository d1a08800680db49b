"""Runs of jotmill-spark on two executor processes, and what is done to these in the middle."""

from __future__ import annotations

import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple, Optional

import pyspark

JOB = pathlib.Path(__file__).resolve().parent.parent / "jotmill-spark"
CLUSTER = "local-cluster[2,1,1024]"


class Done(NamedTuple):
    code: int
    told: str  # on both of its outputs: spark-submit passes what a driver in Python says on standard output
    seconds: float
    events: list[dict[str, Any]]  # the event log of Spark


class Running:
    """A run that goes on: `output` is the folder that it fills."""

    def __init__(self, process: subprocess.Popen[str], output: pathlib.Path, workers: list[int]) -> None:
        self.process, self.output, self.workers = process, output, workers

    def wait_for(self, ready: Callable[[], bool]) -> None:
        while not ready() and self.process.poll() is None:
            time.sleep(0.05)

    def tasks_committed(self) -> int:
        return len(list(self.output.glob("_unfinished/_temporary/0/task_*")))

    def wait_for_a_copy(self, seconds: float) -> bool:
        """Whether a part that two attempts were at has been committed meanwhile."""
        copied: set[str] = set()
        end = time.monotonic() + seconds

        def ready() -> bool:
            temporary = self.output / "_unfinished" / "_temporary" / "0"
            parts = [attempt.name.split("_m_")[1].split("_")[0] for attempt in temporary.glob("_temporary/attempt_*_m_*")]
            copied.update(part for part in parts if parts.count(part) > 1)
            return any(list(temporary.glob(f"task_*_m_{part}")) for part in copied) or time.monotonic() > end

        self.wait_for(ready)
        return self.process.poll() is None and time.monotonic() <= end

    def executors(self) -> list[int]:
        """Process ids, of our own executors alone."""
        return [pid for root in (self.process.pid, *self.workers) for pid in executors_below(root)]


def executors_below(pid: int) -> Iterator[int]:
    """Those among the descendants of a process. What an executor is starting still looks like itself, and is none."""
    for children in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found = children.read_text().split()
        except OSError:
            continue
        for child in map(int, found):
            if b"CoarseGrainedExecutorBackend" in command_of(child):
                yield child
            else:
                yield from executors_below(child)


def command_of(pid: int) -> bytes:
    try:
        return pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


class TwoHosts:
    """A master and two workers of one core, on two addresses of this machine: on one host Spark runs no copy of a task beside it."""

    def __init__(self, folder: pathlib.Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"spark://127.0.0.1:{port}"
        self.log = folder / "two-hosts.log"
        self.processes: list[subprocess.Popen[bytes]] = []
        self._start("127.0.0.1", "master.Master", "--port", str(port))
        self._wait_for("I have been elected leader", 1)
        for host in ("127.0.0.1", "127.0.0.2"):
            self._start(host, "worker.Worker", "--cores", "1", "--memory", "1g", "--work-dir", str(folder / "workers"), self.url)
        self._wait_for("Successfully registered with master", 2)

    def _start(self, host: str, name: str, *words: str) -> None:
        home = os.path.dirname(pyspark.__file__)
        command = [f"{home}/bin/spark-class", f"org.apache.spark.deploy.{name}", "--host", host, "--webui-port", "0", *words]
        with open(self.log, "ab") as log:
            environment = {**os.environ, "SPARK_HOME": home, "SPARK_DAEMON_MEMORY": "256m", "SPARK_LOCAL_IP": host}
            self.processes.append(subprocess.Popen(command, env=environment, stdout=log, stderr=log))

    def _wait_for(self, words: str, times: int) -> None:
        """Until the log has it so often: a port that is open is no master that answers."""
        while self.log.read_text().count(words) < times:
            if any(process.poll() is not None for process in self.processes):
                raise OSError(f"the master or a worker has ended: {self.log}")
            time.sleep(0.2)

    def workers(self) -> list[int]:
        return [process.pid for process in self.processes[1:]]

    def stop(self) -> None:
        for process in reversed(self.processes):
            process.terminate()
        for process in self.processes:
            process.wait()


def run(
    folder: pathlib.Path, words: list[str], output: str, *, limit: float, master: str = CLUSTER, conf: Optional[dict[str, str]] = None,
    meanwhile: Optional[Callable[[Running], None]] = None, workers: Sequence[int] = (),
) -> Done:
    """jotmill-spark in `folder`. A run that takes longer than `limit` seconds hangs: TimeoutError."""
    name = output.replace("/", "-")
    log = folder / f"{name}.events"
    log.mkdir()
    settings = {
        "spark.ui.enabled": "false", "spark.eventLog.enabled": "true", "spark.eventLog.dir": log.as_uri(),
        "spark.executor.memory": "1g", "spark.driver.memory": "1g",
        # No task before both executors are there.
        "spark.cores.max": "2", "spark.scheduler.minRegisteredResourcesRatio": "1.0",
        "spark.scheduler.maxRegisteredResourcesWaitingTime": "600s", **(conf or {}),
    }
    options = ["--master", master] + [word for name, value in settings.items() for word in ("--conf", f"{name}={value}")]
    environment = {
        **os.environ, "PYSPARK_PYTHON": sys.executable, "SPARK_SUBMIT_OPTIONS": " ".join(options),
        "SPARK_LOCAL_IP": "127.0.0.1",
    }
    environment.pop("SPARK_HOME", None)
    begin = time.monotonic()
    with open(folder / f"{name}.told", "w+") as told:
        command = [str(JOB), *words, "--output", output]
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=told, stderr=told, text=True, start_new_session=True)
        try:
            if meanwhile is not None:
                meanwhile(Running(process, folder / output, list(workers)))
            code = process.wait(timeout=max(1.0, limit - (time.monotonic() - begin)))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise TimeoutError(f"jotmill-spark has not ended after {limit:.0f} s; {told.name}") from None
        told.seek(0)
        return Done(code, told.read(), time.monotonic() - begin, list(events_of(log)))


def events_of(log: pathlib.Path) -> Iterator[dict[str, Any]]:
    for file in log.rglob("*"):
        if file.is_file():
            for line in file.read_text().splitlines():
                yield json.loads(line)


def task_ends(events: list[dict[str, Any]]) -> Iterator[tuple[str, bool]]:
    """Of each task that ended: why, and whether it was a speculative one."""
    for event in events:
        if event["Event"] == "SparkListenerTaskEnd":
            yield event["Task End Reason"]["Reason"], event["Task Info"]["Speculative"]
