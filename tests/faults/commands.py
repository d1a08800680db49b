#!/usr/bin/env python3
"""Runs the other commands again and again, each time with one allocation that fails, and holds every run
against an undisturbed one.

    tests/faults/commands.py --program build/jotmill --shim build/tests/faults/libjm_fault.so --step 1

Always: it ends by itself, without a signal and within a minute, either with an exit code of product.md
other than the undisturbed one and words on standard error, or with the same output and files.
--step N takes every Nth allocation, from a random one on. Exit code 1 if any run failed.
"""

import argparse
import collections
import os
import pathlib
import random
import subprocess
import sys
import tempfile

from run import LIBRARY_CRASHED, TIMEOUT_S

# What is not random of what generate writes: ECDSA and PSS signatures are.
MADE = ("labels.ndjson", "policy.toml", "keys-public.jwks.json", "keys-secret.jwks.json")


class Commands:
    def __init__(self, program, shim, folder):
        self.program, self.shim, self.folder = program, shim, pathlib.Path(folder)
        self.once("generate", "--recipe", "faults", "--shape", "mixed", "--count", "100", "--output", "set")
        self.once("verify", "--config", "set/policy.toml", "--report", "report.json", "--quiet", "set/mixed.log")
        (self.folder / "token.txt").write_bytes(self.once("extract", "--raw", "set/mixed.log").splitlines()[7])
        self.of = {
            "extract": ["set/mixed.log"],
            "keys": ["set/keys-public.jwks.json", "set/keys-secret.jwks.json"],
            "explain": ["--config", "set/policy.toml", "token.txt"],
            "merge": ["report.json", "report.json"],
            "cpu": ["--no-rate"],
            "generate": ["--recipe", "faults", "--count", "50", "--output", "made"],
        }

    def once(self, *arguments):
        done = subprocess.run([self.program, *arguments], cwd=self.folder, stdin=subprocess.DEVNULL, capture_output=True)
        if done.returncode > 1:
            sys.exit(f"{arguments[0]} ended with {done.returncode}: {done.stderr.decode(errors='replace')[-300:]}")
        return done.stdout

    def run(self, name, environment):
        """Exit code (None: it did not end), what was written, standard error."""
        try:
            done = subprocess.run([self.program, name, *self.of[name]], cwd=self.folder, stdin=subprocess.DEVNULL,
                                  capture_output=True, timeout=TIMEOUT_S,
                                  env={**os.environ, "LD_PRELOAD": self.shim, **environment})
        except subprocess.TimeoutExpired:
            return None, b"", b""
        written = done.stdout
        if name == "generate":  # its standard output tells how long it took
            written = b"".join((self.folder / "made" / file).read_bytes() for file in MADE if done.returncode == 0)
        return done.returncode, written, done.stderr


def judge(name, code, written, err, expected):
    if code is None:
        return f"did not end within {TIMEOUT_S} s"
    if code < 0:
        return f"ended by signal {-code}"
    if code == expected[0]:
        # `cpu` may lack a kernel then, and says so.
        return "another output" if written != expected[1] and name != "cpu" else None
    if code not in (2, 3, 4, 5, LIBRARY_CRASHED):
        return f"exit code {code}"
    return None if err.strip() or code == LIBRARY_CRASHED else f"exit code {code} without a word on standard error"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--program", required=True)
    parser.add_argument("--shim", required=True)
    parser.add_argument("--step", type=int, default=100)
    given = parser.parse_args()
    runs = disturbed = failures = 0
    with tempfile.TemporaryDirectory() as folder:
        commands = Commands(os.path.abspath(given.program), os.path.abspath(given.shim), folder)
        for name in commands.of:
            expected = commands.run(name, {"JOTMILL_FAULT_COUNT": str(commands.folder / "counts")})
            if expected[0] not in (0, 1):
                sys.exit(f"undisturbed, {name} ended with {expected[0]}")
            allocations = int((commands.folder / "counts").read_text().split()[1])
            codes = collections.Counter()
            for at in range(random.randint(1, given.step), allocations + 1, given.step):
                code, written, err = commands.run(name, {"JOTMILL_FAULT": f"alloc:{at}"})
                codes[code] += 1
                disturbed += code != expected[0]
                if why := judge(name, code, written, err, expected):
                    failures += 1
                    print(f"FAILED JOTMILL_FAULT=alloc:{at} {name}: {why}\n   {err.decode(errors='replace')[-300:]}", flush=True)
            runs += sum(codes.values())
            print(f"  {name:<9} {allocations} allocations; exit codes {dict(sorted(codes.items(), key=str))}", flush=True)
    print(f"{runs} runs, {disturbed} of them disturbed to another exit code, {failures} failed")
    return 1 if failures or disturbed == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
