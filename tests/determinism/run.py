#!/usr/bin/env python3
"""Verifies the same tokens again and again, each time another way: the records and the report must not change.

    tests/determinism/run.py --program build/jotmill --tokens 1000000 --draws 60

Each world (one token a line, good and faulty; repeats; logs of every shape; HAR; record times) is verified once in the
plainest way: one thread, the portable and OpenSSL kernels, no memo, no tables, the headers parsed anew. Then each draw takes
a world, and by chance the threads, the size of a chunk, the kernels, CPU features to go without, the memo, the memory for
tables, the share checked again, and how the input comes: as a file, through a pipe, compressed. The records must be those
bytes, the report equal in every field outside `run`, the exit code the same.

Prints the seed, and for each failure what replays it. Exit code 1 if any draw failed.
"""

import argparse
import gzip
import json
import lzma
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile

TIMEOUT_S = 1800
PLAINEST = ["--threads", "1", "--memo", "off", "--table-memory", "off", "--cross-check", "off", "--kernels", "headers=parse"]


def kernels_here(program):
    """(kernel -> variants that run here, CPU features found), as `jotmill cpu` lists them."""
    listed = subprocess.run([program, "cpu", "--no-rate"], check=True, capture_output=True, text=True).stdout
    features, table = listed.split("\nkernels\n")
    variants = {}
    for kernel, variant, runs in re.findall(r"^  (\w+) +(\S+) +(yes|-|no) ", table, re.M):
        if runs == "yes":
            variants.setdefault(kernel, []).append(variant)
    if len(variants) < 7 or any("openssl" not in names for names in (variants["rsa"], variants["p256"])):
        raise SystemExit(f"'jotmill cpu' is not understood:\n{listed}")
    return variants, features.split("\n", 1)[1].split()


class World:
    """One capture, and what the plainest run says of it. The same name in every folder: only the content is packed."""

    def __init__(self, program, kernels, folder, name, recipe, count, options):
        self.name, self.program, self.options = name, program, options
        self.folder = pathlib.Path(folder) / name
        subprocess.run([program, "generate", "--recipe", recipe, "--count", str(count), "--output", str(self.folder / "set")],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        made = next(path for path in (self.folder / "set").iterdir() if path.name.startswith(("capture.", "mixed.")))
        self.folders = {}
        for kind in ["plain", "gzip", "xz"] + (["zstd"] if shutil.which("zstd") else []):
            self.folders[kind] = self.folder / kind
            self.folders[kind].mkdir()
        self.plain = self.folders["plain"] / "capture"
        made.rename(self.plain)
        data = self.plain.read_bytes()
        (self.folders["gzip"] / "capture").write_bytes(gzip.compress(data, 1))
        (self.folders["xz"] / "capture").write_bytes(lzma.compress(data, preset=0))
        if "zstd" in self.folders:
            with self.plain.open("rb") as source, (self.folders["zstd"] / "capture").open("wb") as packed:
                subprocess.run(["zstd", "-q", "-1", "-c"], check=True, stdin=source, stdout=packed)
        portable = [option for kernel, names in kernels.items() if kernel != "headers" for option in
                    ("--kernels", f"{kernel}=" + next(one for one in ("openssl", "scalar", "portable") if one in names))]
        self.code, self.records, self.report = self.verify("plain", PLAINEST + portable)
        self.tokens = self.records.count(b"\n")
        if self.code not in (0, 1) or self.tokens < count / 2:
            raise SystemExit(f"{name}: the plainest run ended with {self.code} and {self.tokens} records")

    def verify(self, way, options, mask=""):
        command = [self.program, "verify", "--config", "../set/policy.toml", "--quiet", "--verdicts", "../out.ndjson",
                   "--report", "../out.json"] + self.options + options
        folder, source = self.folders.get(way, self.folders["plain"]), subprocess.DEVNULL
        if way == "redirected":
            source = self.plain.open("rb")
        elif way == "pipe":
            feeder = subprocess.Popen(["cat", str(self.plain)], stdout=subprocess.PIPE)
            source = feeder.stdout
        else:
            command.append("capture")
        environment = dict(os.environ, JOTMILL_CPU_MASK=mask)
        ended = subprocess.run(command, cwd=folder, stdin=source, env=environment, stdout=subprocess.DEVNULL,
                               stderr=subprocess.PIPE, timeout=TIMEOUT_S)
        if way in ("redirected", "pipe"):
            source.close()
        if way == "pipe":
            feeder.wait()
        if ended.returncode not in (0, 1):
            raise AssertionError(f"exit code {ended.returncode}: {ended.stderr.decode(errors='replace')}")
        records = (self.folder / "out.ndjson").read_bytes()
        report = json.loads((self.folder / "out.json").read_text())
        report.pop("run")
        return ended.returncode, records, report

    def check(self, way, options, mask):
        code, records, report = self.verify(way, options, mask)
        if way in ("redirected", "pipe"):
            records = records.replace(b'{"source":"-",', b'{"source":"capture",')
        if code != self.code:
            raise AssertionError(f"exit code {code}, not {self.code}")
        if records != self.records:
            first = next((i for i, (a, b) in enumerate(zip(records.split(b"\n"), self.records.split(b"\n"))) if a != b), "none")
            raise AssertionError(f"other records than the plainest run, the first that differs: {first}")
        if way in ("redirected", "pipe"):
            # `state` packs the sources' names among other things; what it is made of stands in the other members.
            report["sources"] = json.loads(json.dumps(report["sources"]).replace('"-"', '"capture"'))
            report["state"] = self.report["state"]
        different = [member for member in self.report.keys() | report.keys() if self.report.get(member) != report.get(member)]
        if different:
            raise AssertionError(f"another report: {', '.join(sorted(different))}")


def worlds(program, kernels, folder, tokens):
    def world(name, recipe, share, options=()):
        return World(program, kernels, folder, name, recipe, max(tokens * share // 100, 100), list(options))

    return [world("faults", "faults", 25, ["--format", "lines"]), world("demo", "demo", 25),
            world("repeats", "repeats", 20), world("log", "log", 15, ["--format", "text"]),
            world("har", "har", 5), world("record-time", "record-time", 10, ["--format", "text"])]


def draw(rng, kernels, features):
    """(how the input comes, options, features to go without)."""
    options = ["--threads", str(rng.choice([1, 2, 3, 8, 32]))]
    options += ["--chunk-bytes", str(int(2 ** rng.uniform(8, 22)))]
    options += ["--memo", rng.choice(["off", "1", "1000", "131072"])]
    options += ["--table-memory", rng.choice(["off", "400000", "64MiB"])]
    options += ["--cross-check", rng.choice(["off", "1", "100", "4096"])]
    mask = ",".join(rng.sample(features, rng.randint(1, 3))) if features and rng.random() < 0.4 else ""
    if not mask:  # a variant that is asked for must run
        for kernel, names in kernels.items():
            if rng.random() < 0.5:
                options += ["--kernels", f"{kernel}={rng.choice(names)}"]
    return rng.choice(["plain", "redirected", "pipe", "gzip", "xz", "zstd"]), options, mask


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--tokens", type=int, default=12000, help="in all worlds together")
    parser.add_argument("--draws", type=int, default=24)
    parser.add_argument("--seed", type=int, default=None)
    arguments = parser.parse_args()
    seed = arguments.seed if arguments.seed is not None else random.SystemRandom().randrange(10 ** 9)
    print(f"seed {seed}", flush=True)
    program, failures = os.path.abspath(arguments.program), 0
    kernels, features = kernels_here(program)
    with tempfile.TemporaryDirectory(prefix="jotmill-determinism-") as folder:
        all_worlds = worlds(program, kernels, folder, arguments.tokens)
        tokens = sum(world.tokens for world in all_worlds)
        for number in range(arguments.draws):
            world = all_worlds[number % len(all_worlds)]
            way, options, mask = draw(random.Random(seed + number), kernels, features)
            try:
                world.check(way, options, mask)
            except AssertionError as error:
                failures += 1
                print(f"FAILED: {world.name}: {error}\n  {way}, without '{mask}': {' '.join(options)}\n"
                      f"  replay: --tokens {arguments.tokens} --seed {seed} --draws {number + 1}", flush=True)
    print(f"{tokens} tokens in {len(all_worlds)} worlds, {arguments.draws} draws, {failures} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
