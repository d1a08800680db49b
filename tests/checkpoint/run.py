#!/usr/bin/env python3
"""Kills `jotmill verify --checkpoint` with SIGKILL at random points and lets the same command go on.

    tests/checkpoint/run.py --program build/jotmill --kills 200

Each trial takes a world (one token a line in plain, gzip and xz files; logs of several shapes; HAR, plain
and compressed; nothing but faults), draws threads and chunk size anew for every start, kills it once to
three times and lets it end. Then: the records are byte for byte those of an undisturbed run, and its report
is the same in every field outside `run`; exit code likewise; checkpoint, records and temporary file have
mode 0600 at all times they were seen; the checkpoint is gone at the end. Killed runs that left no
checkpoint, or had ended before, do not count as kills.

Also: without --as-of a run that goes on is judged at the time at which it began.

Prints the seed, and for each failure what replays it. Exit code 1 if any trial failed.
"""

import argparse
import gzip
import json
import lzma
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time

TIMEOUT_S = 120


def split(data, parts):
    """`data` in `parts` pieces of whole lines."""
    cuts, at = [0], 0
    for part in range(1, parts):
        at = data.index(b"\n", max(at, len(data) * part // parts)) + 1
        cuts.append(at)
    cuts.append(len(data))
    return [data[a:b] for a, b in zip(cuts, cuts[1:])]


class World:
    """Inputs with their keys, and what an undisturbed run says of them."""

    def __init__(self, program, folder, name, recipe, count, pack, extra=()):
        self.name, self.program, self.extra = name, program, list(extra)
        self.folder = pathlib.Path(folder) / name
        command = [program, "generate", "--recipe", recipe, "--count", str(count), "--output", str(self.folder / "set")]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        capture = next(path for path in (self.folder / "set").iterdir() if path.name.startswith(("capture.", "mixed.")))
        self.inputs = pack(self.folder, capture.read_bytes())
        begun = time.monotonic()
        self.code = self.start("plain", []).wait(TIMEOUT_S)
        self.seconds = time.monotonic() - begun
        self.records = (self.folder / "plain.ndjson").read_bytes()
        self.report = self.read_report("plain")
        if self.code > 3 or not self.records:
            raise SystemExit(f"{name}: the undisturbed run ended with {self.code}")

    def start(self, out, options):
        command = [self.program, "verify", "--config", str(self.folder / "set/policy.toml"), "--quiet",
                   "--verdicts", str(self.folder / f"{out}.ndjson"), "--report", str(self.folder / f"{out}.json")]
        return subprocess.Popen(command + self.extra + options + [str(path) for path in self.inputs],
                                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    def read_report(self, out):
        report = json.loads((self.folder / f"{out}.json").read_text())
        report.pop("run")
        return report


def plain(folder, capture):
    (folder / "a.txt").write_bytes(capture)
    return [folder / "a.txt"]


def packed(folder, capture):
    """Three files of one directory, each in another way; and one that is cut."""
    first, second, third, fourth = split(capture, 4)
    (folder / "in").mkdir()
    (folder / "in/1.gz").write_bytes(gzip.compress(first))
    (folder / "in/2").write_bytes(second)
    (folder / "in/3").write_bytes(lzma.compress(third, preset=0))
    (folder / "in/4.gz").write_bytes(gzip.compress(fourth)[:-20])
    return [folder / "in"]


def whole_gzip(folder, capture):
    (folder / "a.gz").write_bytes(gzip.compress(capture))
    return [folder / "a.gz", folder / "is-not-there"]


def worlds(program, folder):
    return [
        World(program, folder, "lines", "hs256", 6000, plain, ["--format", "lines"]),
        World(program, folder, "faults", "faults", 2500, packed),
        World(program, folder, "log", "log", 3000, plain, ["--format", "text", "--show", "sub"]),
        World(program, folder, "packed-log", "log", 3000, whole_gzip, ["--format", "text"]),
        World(program, folder, "har", "har", 1500, plain, ["--format", "har"]),
        World(program, folder, "packed-har", "har", 1500, whole_gzip),
        World(program, folder, "record-time", "record-time", 2000, packed),
    ]


def knows_nameless_files(folder):
    try:
        os.close(os.open(folder, os.O_TMPFILE | os.O_WRONLY))
    except OSError:
        return False
    return True


def check_left(world, out):
    """A kill may leave the new report beside an older one, between the two calls that replace it; and where no file is without a
    name, whatever of it was written."""
    left = list(world.folder.glob(".jotmill-*"))
    for path in left:
        path.unlink()
    if left and knows_nameless_files(world.folder) and not (world.folder / f"{out}.json").exists():
        raise AssertionError(f"a killed run left {sorted(path.name for path in left)}")


def check_modes(world, out):
    for path in [world.folder / "checkpoint", world.folder / "checkpoint.new", world.folder / f"{out}.ndjson"]:
        try:
            mode = path.stat().st_mode & 0o777
        except FileNotFoundError:
            continue
        if mode != 0o600:
            raise AssertionError(f"{path.name} has mode {mode:o}")


def trial(world, seed):
    """One run with up to three kills; how many of them hit."""
    rng = random.Random(seed)
    checkpoint, out = world.folder / "checkpoint", "killed"
    for path in [checkpoint, world.folder / f"{out}.ndjson", world.folder / f"{out}.json"]:
        path.unlink(missing_ok=True)
    kills, hits, code = rng.randint(1, 3), 0, None
    while code is None:
        options = ["--checkpoint", str(checkpoint), "--checkpoint-interval", rng.choice(["0", "0", "10ms"]),
                   "--threads", str(rng.choice([1, 2, 3])), "--chunk-bytes", str(rng.choice([1000, 4096, 20000]))]
        process = world.start(out, options)
        if kills > 0:
            kills -= 1
            try:
                code = process.wait(rng.uniform(0, 3 * world.seconds))
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                process.wait(TIMEOUT_S)
                hits += checkpoint.exists()
        else:
            code = process.wait(TIMEOUT_S)
        said = process.stderr.read().decode(errors="replace")
        check_left(world, out)
        check_modes(world, out)
        if code is not None and code != world.code:
            raise AssertionError(f"exit code {code}, not {world.code}: {said}")
    if (world.folder / f"{out}.ndjson").read_bytes() != world.records:
        raise AssertionError("other records than an undisturbed run")
    report = world.read_report(out)
    for member, value in world.report.items():
        if report.get(member) != value:
            raise AssertionError(f"another report: {member}")
    if report.keys() != world.report.keys() or checkpoint.exists():
        raise AssertionError("a member too many, or the checkpoint is left over")
    return hits


def check_now(world):
    """The time of a run that goes on is that of its beginning."""
    checkpoint = world.folder / "checkpoint"
    policy = world.folder / "set/policy.toml"
    text = policy.read_text()
    policy.write_text("\n".join(line for line in text.splitlines() if not line.startswith("as-of")) + "\n")
    try:
        for pause in [0.01 * 2 ** (step / 2) for step in range(24)]:
            checkpoint.unlink(missing_ok=True)
            process = world.start("now", ["--checkpoint", str(checkpoint), "--checkpoint-interval", "0",
                                          "--chunk-bytes", "1000"])
            time.sleep(pause)
            process.send_signal(signal.SIGKILL)
            if process.wait(TIMEOUT_S) == -signal.SIGKILL and checkpoint.exists():
                break
        else:
            raise AssertionError("no run could be killed halfway")
        time.sleep(1.1)
        last = int(time.time())
        code = world.start("now", ["--checkpoint", str(checkpoint)]).wait(TIMEOUT_S)
        options = world.read_report("now")["options"]
        if code not in (0, 1) or options["first_as_of"] != options["last_as_of"]:
            raise AssertionError(f"exit code {code}, times {options}")
        if options["first_as_of"]["s"] >= last:
            raise AssertionError("judged at the time at which it went on")
    finally:
        policy.write_text(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--kills", type=int, default=20, help="that hit a run between its first checkpoint and its end")
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--world", help="only this one")
    arguments = parser.parse_args()
    seed = arguments.seed if arguments.seed is not None else random.SystemRandom().randrange(10 ** 9)
    print(f"seed {seed}", flush=True)
    failures, kills, trials = 0, 0, 0
    with tempfile.TemporaryDirectory(prefix="jotmill-checkpoint-") as folder:
        all_worlds = worlds(os.path.abspath(arguments.program), folder)
        chosen = [world for world in all_worlds if arguments.world in (None, world.name)]
        check_now(all_worlds[0])
        while kills < arguments.kills:
            world, one = chosen[trials % len(chosen)], seed + trials
            trials += 1
            if trials > 20 * arguments.kills + 100:
                print("hardly any kill hits a run between its first checkpoint and its end")
                return 1
            try:
                kills += trial(world, one)
            except AssertionError as error:
                failures += 1
                print(f"FAILED: {world.name}: {error}\n  replay: --world {world.name} --seed {one} --kills 1", flush=True)
    print(f"{trials} runs, {kills} kills, {failures} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
