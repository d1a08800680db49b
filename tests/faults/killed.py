#!/usr/bin/env python3
"""Kills a command at every open, write and sync, those of its output file among them.

    tests/faults/killed.py --program build/jotmill --shim build/tests/faults/libjm_fault.so

Whenever it is killed, the output file is as it was or whole, and nothing lies beside it. A sync that fails is
an error of the output: exit 4, and the file is as it was. Of an open that fails the command says so, or it knows another way (a file
with a name, where none without one can be had), and then all is well. Exit code 77: the file system of the temporary
folder knows no files without a name, so that nothing can be asked of a kill.
"""

import argparse
import os
import pathlib
import signal
import subprocess
import sys
import tempfile


class Merge:
    """`jotmill merge` of one report, which writes another."""

    def __init__(self, program, shim, folder):
        self.program, self.shim = program, shim
        self.report, self.place = folder / "report.json", folder / "place"
        self.out = self.place / "out.json"
        self.place.mkdir()
        self.once("generate", "--recipe", "hs256", "--count", "20", "--output", folder / "set")
        self.once("verify", "--config", folder / "set/policy.toml", "--quiet", "--report", self.report,
                  folder / "set/capture.txt")
        counts = folder / "counts"
        if self.run({"JOTMILL_FAULT_COUNT": str(counts)}).returncode != 0:
            sys.exit("an undisturbed merge fails")
        self.whole = self.out.read_bytes()
        self.counts = {kind: int(count) for kind, count in map(str.split, counts.read_text().splitlines())}

    def once(self, *arguments):
        subprocess.run([self.program, *arguments], check=True, stdout=subprocess.DEVNULL)

    def run(self, environment):
        return subprocess.run([self.program, "merge", "--report", self.out, self.report], capture_output=True,
                              env={**os.environ, "LD_PRELOAD": self.shim, **environment})

    def disturb(self, before, fault):
        """Exit code, standard error, and what the output's folder holds; `before`: the older file, or None."""
        self.out.unlink(missing_ok=True)
        if before is not None:
            self.out.write_bytes(before)
        ended = self.run({"JOTMILL_FAULT": fault})
        found = {path.name: path.read_bytes() for path in self.place.iterdir()}
        for name in found:
            (self.place / name).unlink()
        return ended.returncode, ended.stderr, found


def right(merge, stood, fault, code, err, found):
    whole = {merge.out.name: merge.whole}
    if fault.endswith("kill"):
        return code == -signal.SIGKILL and found in (stood, whole)
    if fault.startswith("open") and code == 0:
        return found == whole
    allowed = (2, 3, 4, 5) if fault.startswith("open") else (4,)
    return code in allowed and err.strip() and found == stood


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--program", required=True)
    parser.add_argument("--shim", required=True)
    given = parser.parse_args()
    failures = kills = other_ways = 0
    with tempfile.TemporaryDirectory() as folder:
        try:
            os.close(os.open(folder, os.O_TMPFILE | os.O_WRONLY))
        except OSError:
            print("this file system knows no files without a name")
            return 77
        merge = Merge(os.path.abspath(given.program), os.path.abspath(given.shim), pathlib.Path(folder))
        for before in (None, b"what stood there\n"):
            stood = {} if before is None else {merge.out.name: before}
            faults = [f"{kind}:{at}:kill" for kind in ("open", "write", "sync") for at in range(1, merge.counts[kind] + 1)]
            faults += [f"open:{at}:eacces" for at in range(1, merge.counts["open"] + 1)] + ["sync:1"]
            for fault in faults:
                code, err, found = merge.disturb(before, fault)
                kills += code == -signal.SIGKILL
                other_ways += code == 0
                if not right(merge, stood, fault, code, err, found):
                    failures += 1
                    print(f"FAILED JOTMILL_FAULT={fault}, {'new' if before is None else 'older'}: exit {code}, {sorted(found)}")
    print(f"{kills} kills, {other_ways} opens that failed and had another way, {failures} failures")
    return 1 if failures or kills == 0 or other_ways == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
