#!/usr/bin/env python3
"""What finding tokens costs: log_speed.py JOTMILL [ROUNDS [MEGABYTES]] > log_speed.json

Three files in memory (JOTMILL_BENCH_TMP, default /dev/shm), read by one thread on one core, in turn in every round:
  sparse   an access log with one HS256 token in 1,000 lines, --format text
  grep     lines of the same file that hold eyJ, counted by ripgrep (rg), or by grep where there is none
  text     one token a line behind `Bearer `, --format text
  lines    the same tokens alone, --format lines
Reported are medians and quartiles of wall time and of CPU time (user + system) of whole processes, start-up included,
and as rates. On a machine with neighbours CPU time is the better number. Every run must accept every token.
"""
import json, os, random, shutil, statistics, subprocess, sys, tempfile, time

LINES, SPARSE = 1000, 1000


def make(folder, jotmill, megabytes):
    subprocess.run([jotmill, "generate", "--recipe", "hs256", "--count", "100000", "--output", folder + "/set"],
                   check=True, stdout=subprocess.DEVNULL)
    with open(folder + "/set/capture.txt") as f:
        tokens = f.read().split()
    r = random.Random(1)
    noise = ['10.0.%d.%d - - [23/Nov/2026:15:04:05 +0000] "GET /api/v1/items/%d?page=2&sort=name HTTP/1.1" 200 %d '
             '"https://shop.example/keys/new" "Mozilla/5.0 (X11; Linux x86_64) Firefox/118.0"'
             % (r.randrange(256), r.randrange(256), r.randrange(10 ** 6), r.randrange(10 ** 5)) for _ in range(LINES)]
    count = 0
    with open(folder + "/sparse", "w") as f:
        while f.tell() < megabytes << 20:
            lines = list(noise)
            lines[r.randrange(LINES)] += ' "Bearer ' + tokens[count % len(tokens)] + '"'
            f.write("\n".join(lines) + "\n")
            count += 1
    with open(folder + "/text", "w") as f:
        f.writelines(f'Bearer {t}\n' for t in tokens)
    with open(folder + "/lines", "w") as f:
        f.writelines(t + "\n" for t in tokens)
    return {"sparse": count, "text": len(tokens), "lines": len(tokens)}


def timed(command, ok, sink):
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=sink)  # not /dev/null: grep would stop at its first match
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != ok:
        sys.exit(f"{command} ended with {process.returncode}")
    return {"wall_s": wall, "cpu_s": usage.ru_utime + usage.ru_stime}


def summary(values):
    low, middle, high = statistics.quantiles(values, n=4)
    return {"median": middle, "q1": low, "q3": high}


def main():
    jotmill = sys.argv[1]
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 11
    megabytes = int(sys.argv[3]) if len(sys.argv) > 3 else 1024
    folder = tempfile.mkdtemp(dir=os.environ.get("JOTMILL_BENCH_TMP", "/dev/shm"))
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    try:
        tokens = make(folder, jotmill, megabytes)
        grep = shutil.which("rg") or shutil.which("grep")
        run = [jotmill, "verify", "--config", folder + "/set/policy.toml", "--threads", "1", "--quiet", "--format"]
        commands = {"sparse": run + ["text", folder + "/sparse"], "grep": [grep, "-c", "eyJ", folder + "/sparse"],
                    "text": run + ["text", folder + "/text"], "lines": run + ["lines", folder + "/lines"]}
        times = {name: [] for name in commands}
        sink = open(folder + "/out", "w")
        for _ in range(rounds + 1):  # the first one warms up
            for name, command in commands.items():
                times[name].append(timed(command, 0, sink))
        out = {"jotmill": subprocess.run([jotmill, "--version"], capture_output=True, text=True).stdout.splitlines()[0],
               "grep": grep, "rounds": rounds, "tokens": tokens, "bytes": os.path.getsize(folder + "/sparse")}
        for name in commands:
            for what in ("wall_s", "cpu_s"):
                values = [t[what] for t in times[name][1:]]
                out[f"{name}_{what}"] = summary(values)
        for what in ("wall_s", "cpu_s"):
            for name in ("sparse", "grep"):
                out[f"{name}_gb_per_s_{what[:-2]}"] = out["bytes"] / out[f"{name}_{what}"]["median"] / 1e9
            ratios = [t[what] / l[what] for t, l in zip(times["text"][1:], times["lines"][1:])]
            out[f"text_to_lines_{what[:-2]}"] = summary(ratios)
        json.dump(out, sys.stdout, indent=1)
        print()
    finally:
        shutil.rmtree(folder)


main()
