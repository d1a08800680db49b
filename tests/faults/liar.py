#!/usr/bin/env python3
"""Runs `jotmill cpu` and `jotmill verify` over an OpenSSL that finds every signature bad (liar.c): the one must
show that its self-tests failed, the other must not use it, and tell where it contradicts a kernel.

    tests/faults/liar.py --program build/jotmill --liar build/tests/faults/libjm_liar.so
"""

import argparse
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

TOKENS = 14
NAMED = 10  # of the tokens of a cross-check, on standard error
TIMEOUT_S = 60
failures = []


def check(holds, what, shown=""):
    if not holds:
        failures.append(what)
        print(f"FAILED {what}\n   " + shown.strip().replace("\n", "\n   "))


class World:
    """The program, the library that stands before OpenSSL, and a set of RS256 tokens."""

    def __init__(self, program, liar, folder):
        self.program, self.liar, self.folder = program, liar, pathlib.Path(folder)
        subprocess.run([program, "generate", "--recipe", "rs256", "--count", str(TOKENS), "--output",
                        str(self.folder / "set")], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        tokens = (self.folder / "set/capture.txt").read_bytes().split()
        # Each token twice on one worker, so that the memo knows the second.
        (self.folder / "set/twice.txt").write_bytes(b"".join(token + b"\n" for token in tokens + tokens))
        self.token_ids = [hashlib.sha256(token).hexdigest()[:32] for token in tokens]

    def run(self, *arguments):
        return subprocess.run([self.program, *arguments], cwd=self.folder, timeout=TIMEOUT_S, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, env={**os.environ, "LD_PRELOAD": self.liar})

    def verify(self, capture, *arguments):
        """The run, and its records."""
        ended = self.run("verify", "--config", "set/policy.toml", "--verdicts", "records.ndjson", "--quiet", *arguments,
                         "set/" + capture)
        lines = (self.folder / "records.ndjson").read_text().splitlines()
        return ended, [json.loads(line) for line in lines]


def check_cpu(world):
    ended = world.run("cpu", "--no-rate")
    check(ended.returncode == 5, f"cpu ends with exit code {ended.returncode}, not 5", ended.stderr)
    check("a kernel failed its self-test; verify does not use it" in ended.stderr, "cpu says so", ended.stderr)
    rows = {}
    for line in ended.stdout.splitlines():
        words = line.split()
        if len(words) >= 6:
            rows[words[0], words[1]] = words[2:5]
    for kernel in ("rsa", "p256", "ed25519"):
        check(rows.get((kernel, "openssl")) == ["no", "-", "FAILED"], f"{kernel} openssl is FAILED", ended.stdout)
        check(rows.get((kernel, "portable"), [""])[0] == "yes", f"{kernel} portable runs", ended.stdout)
    failed = [row for row, words in rows.items() if words[2] == "FAILED"]
    check(len(failed) == 3, f"nothing else is FAILED: {failed}", ended.stdout)


def check_cross_check(world):
    ended, records = world.verify("capture.txt", "--cross-check", "1", "--kernels", "rsa=portable")
    check(ended.returncode == 5, f"verify ends with exit code {ended.returncode}, not 5", ended.stderr)
    check(len(records) == TOKENS, f"{len(records)} records", ended.stderr)
    for record in records:
        check(record["verdict"] == "internal_error", "every token is internal_error", str(record))
        check("rsa=portable" in record["detail"], "the record names the kernel", str(record))
    named = re.findall(r"cross-check: (.+) says a good signature, OpenSSL says signature_mismatch, token_id (\w+)\n",
                       ended.stderr)
    check(named == [("rsa=portable", one) for one in world.token_ids[:NAMED]], "the first tokens are named", ended.stderr)
    check(f"and {TOKENS - NAMED} more\n" in ended.stderr, "the others are counted", ended.stderr)
    contradicted = f"OpenSSL contradicted a kernel for {TOKENS} of the tokens"
    check(contradicted in ended.stderr, "they are counted as contradicted", ended.stderr)
    check("memory or a library failed" not in ended.stderr, "nothing else is said to have failed", ended.stderr)


def check_memo(world):
    ended, records = world.verify("twice.txt", "--cross-check", "1", "--kernels", "rsa=portable", "--memo", "1000")
    check(ended.returncode == 5, f"with a memo verify ends with exit code {ended.returncode}, not 5", ended.stderr)
    known = [record for record in records if "memo of rsa=portable" in record["detail"]]
    check(len(known) == TOKENS, f"{len(known)} records name the kernel behind the memo", ended.stderr)


def check_forced(world):
    """What failed its self-test cannot be asked for by name either."""
    ended = world.run("verify", "--config", "set/policy.toml", "--kernels", "rsa=openssl", "set/capture.txt")
    check(ended.returncode == 2, f"rsa=openssl ends with exit code {ended.returncode}, not 2", ended.stderr)
    check("openssl: failed its self-test" in ended.stderr, "it says why", ended.stderr)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--program", required=True)
    parser.add_argument("--liar", required=True)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        world = World(os.path.abspath(given.program), os.path.abspath(given.liar), folder)
        check_cpu(world)
        check_cross_check(world)
        check_memo(world)
        check_forced(world)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
