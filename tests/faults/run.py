#!/usr/bin/env python3
"""Runs `jotmill verify` again and again, each time with one failing call of the C library, and holds
every run against an undisturbed one.

    tests/faults/run.py --program build/jotmill --shim build/tests/faults/libjm_fault.so --runs 2000
    tests/faults/run.py --program build/jotmill --shim build/tests/faults/libjm_fault.so --each alloc

Always: it ends by itself, without a signal and within a minute; its exit code is one of product.md and
fits what happened; no verdict differs from the undisturbed run but by internal_error, and then the exit
code is 5; records are whole lines, in order, none twice; nothing is missing and the report is the same when
the exit code says that all is well; an exit code of 2 or more comes with words on standard error.

Prints the seed, and for each failure what replays it. Exit code 1 if any run failed.
"""

import argparse
import collections
import gzip
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

HOWS = {
    "alloc": [""],
    "read": ["short", "eintr", "eio"],
    "write": ["short", "eintr", "enospc", "epipe", "eio", "full"],
    "open": ["eacces", "emfile", "enomem"],
    "thread": [""],
}
HARMLESS = {("read", "short"), ("read", "eintr"), ("write", "short"), ("write", "eintr")}
CODES = {
    "alloc": {0, 1, 2, 3, 4, 5},
    "read": {0, 1, 2, 3},
    "write": {0, 1, 4, 141},
    "open": {0, 1, 2, 3, 4},
    "thread": {0, 1, 5},
}
# The shim's: OpenSSL crashed on a lock that it could not allocate. Only without memory, and nothing was written yet.
LIBRARY_CRASHED = 86
TIMEOUT_S = 60


class World:
    """Captures with their keys, and what an undisturbed run says of them."""

    def __init__(self, program, shim, folder, inputs, tokens):
        self.program, self.shim, self.folder = program, shim, pathlib.Path(folder)
        self.arguments = getattr(self, inputs)(tokens)
        self.counts = {}
        self.expected = {}
        self.report = {}
        for threads in (1, 2):
            code, out, _ = self.run(threads, {"JOTMILL_FAULT_COUNT": str(self.folder / "counts")})
            if code != 1 or not out.endswith(b"\n"):
                sys.exit(f"the undisturbed run ended with exit code {code}")
            self.expected[threads] = out.splitlines()
            self.report[threads] = self.said()
            self.counts[threads] = {
                name: int(number)
                for name, number in (line.split() for line in (self.folder / "counts").read_text().splitlines())
            }
        if self.expected[1] != self.expected[2] or self.report[1] != self.report[2]:
            sys.exit("one thread and two give different answers")

    def generate(self, name, tokens, *more):
        subprocess.run([self.program, "generate", "--recipe", "faults", "--count", str(tokens), "--output",
                        str(self.folder / name), *more], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def lines(self, tokens):
        """One token a line, in two files."""
        self.generate("set", tokens)
        capture = (self.folder / "set/capture.txt").read_bytes()
        half = capture.index(b"\n", len(capture) // 2) + 1
        (self.folder / "a.txt").write_bytes(capture[:half])
        (self.folder / "b.txt").write_bytes(capture[half:])
        return ["--config", "set/policy.toml", "a.txt", "b.txt"]

    def logs(self, tokens):
        """Tokens in every place: text, an HTTP Archive, and docker's JSON lines, compressed."""
        for shape, name in (("har", "capture.har"), ("docker", "docker.jsonl"), ("mixed", "mixed.log")):
            self.generate("set", tokens // 3, "--shape", shape)
            (self.folder / "set" / name).replace(self.folder / name)
        plain = self.folder / "docker.jsonl"
        (self.folder / "docker.jsonl.gz").write_bytes(gzip.compress(plain.read_bytes()))
        plain.unlink()
        return ["--config", "set/policy.toml", "--format", "auto", "mixed.log", "capture.har", "docker.jsonl.gz"]

    def said(self):
        """The report without what differs from run to run."""
        report = json.loads((self.folder / "report.json").read_bytes())
        del report["run"]
        return report

    def run(self, threads, environment):
        """Exit code (None: it did not end), the records, standard error."""
        records = self.folder / "records.ndjson"
        records.unlink(missing_ok=True)
        (self.folder / "report.json").unlink(missing_ok=True)
        arguments = [self.program, "verify", "--threads", str(threads), "--chunk-bytes", "16K", "--verdicts",
                     "records.ndjson", "--report", "report.json", "--quiet", *self.arguments]
        try:
            ended = subprocess.run(arguments, cwd=self.folder, timeout=TIMEOUT_S, stdin=subprocess.DEVNULL,
                                   capture_output=True, env={**os.environ, "LD_PRELOAD": self.shim, **environment})
        except subprocess.TimeoutExpired:
            return None, b"", b""
        return ended.returncode, records.read_bytes() if records.exists() else b"", ended.stderr


def place(line):
    """Where the token of a record stands, and the record."""
    record = json.loads(line)
    return (record["source"], record["line"], record["offset"], record["token_id"]), record


def wrong_records(out, expected, code):
    """Why these records cannot be right; None when they can."""
    if out and not out.endswith(b"\n"):
        return "the last record is cut"
    lines = out.splitlines()
    if lines == expected[: len(lines)]:
        missing = len(expected) - len(lines)
        return f"{missing} records are missing, and the exit code is {code}" if code in (0, 1) and missing else None
    known = {place(line)[0]: index for index, line in enumerate(expected)}
    last, internal = -1, 0
    for line in lines:
        try:
            where, record = place(line)
        except (ValueError, KeyError):
            return f"no record: {line[:80]!r}"
        index = known.get(where)
        if index is None:
            return f"a record of no token: {where}"
        if index <= last:
            return f"a record twice or out of order: {where}"
        last = index
        if line == expected[index]:
            continue
        if record["verdict"] != "internal_error":
            return f"another verdict: {record['verdict']} for {place(expected[index])[1]['verdict']} at {where}"
        internal += 1
    if internal and code != 5:
        return f"{internal} internal errors, and the exit code is {code}"
    if code in (0, 1) and len(lines) != len(expected):
        return f"{len(expected) - len(lines)} records are missing, and the exit code is {code}"
    return None


def judge(kind, how, code, out, err, expected):
    if code is None:
        return f"did not end within {TIMEOUT_S} s"
    if code < 0:
        return f"ended by signal {-code}"
    if kind == "alloc" and code == LIBRARY_CRASHED:
        return wrong_records(out, expected, code)
    allowed = {1} if (kind, how) in HARMLESS else CODES[kind]
    if code not in allowed:
        return f"exit code {code}, allowed are {sorted(allowed)}"
    if code in (2, 3, 4, 5) and not err.strip():
        return f"exit code {code} without a word on standard error"
    if code == 2 and out:
        return "exit code 2, but records were written"
    return wrong_records(out, expected, code)


def drawn(world, runs, choose):
    """So many faults by chance: kind, how, threads and the fault as the shim reads it."""
    kinds = sorted(HOWS)
    for number in range(runs):
        kind = kinds[number % len(kinds)]
        how = choose.choice(HOWS[kind])
        threads = choose.choice((1, 2)) if kind != "thread" else 2
        at = choose.randint(1, max(1, world.counts[threads][kind]))
        stays = "+" if how == "full" or (kind, how) not in HARMLESS and choose.random() < 0.5 else ""
        yield kind, how, threads, f"{kind}:{at}{stays}" + (f":{how}" if how else "")


def each(world, kind, choose):
    """Every call of one kind in a run of one thread, each failing once."""
    for at in range(1, world.counts[1][kind] + 1):
        how = choose.choice(HOWS[kind])
        yield kind, how, 1, f"{kind}:{at}" + (f":{how}" if how else "")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--program", required=True)
    parser.add_argument("--shim", required=True)
    parser.add_argument("--runs", type=int, default=2000)
    parser.add_argument("--each", choices=sorted(set(HOWS) - {"thread"}), help="every call of this kind instead")
    parser.add_argument("--inputs", choices=["lines", "logs"], default="lines")
    parser.add_argument("--tokens", type=int, default=400)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**31))
    given = parser.parse_args()
    print(f"seed {given.seed}", flush=True)
    choose = random.Random(given.seed)
    codes, failures, spoiled = collections.Counter(), 0, 0
    with tempfile.TemporaryDirectory() as folder:
        world = World(os.path.abspath(given.program), os.path.abspath(given.shim), folder, given.inputs, given.tokens)
        print(f"calls with one thread: {world.counts[1]}; with two: {world.counts[2]}", flush=True)
        faults = each(world, given.each, choose) if given.each else drawn(world, given.runs, choose)
        for kind, how, threads, fault in faults:
            code, out, err = world.run(threads, {"JOTMILL_FAULT": fault})
            codes[(kind, code)] += 1
            spoiled += code not in (0, 1)
            why = judge(kind, how, code, out, err, world.expected[threads])
            if not why and code == 1 and world.said() != world.report[threads]:
                why = "the exit code says that all is well, and the report is another one"
            if why:
                failures += 1
                print(f"FAILED JOTMILL_FAULT={fault} --threads {threads}: {why}", flush=True)
                print("   " + err.decode(errors="replace").strip().replace("\n", "\n   ")[:600], flush=True)
    runs = sum(codes.values())
    for (kind, code), count in sorted(codes.items(), key=str):
        print(f"  {kind:<7} exit {code}: {count}")
    print(f"{runs} runs, {spoiled} of them disturbed to another exit code, {failures} failed")
    if runs >= 50 and spoiled == 0:
        print("no fault had any effect: the shim does not work")
        return 1
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
