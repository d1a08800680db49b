#!/usr/bin/env python3
"""A flood made to hurt the curve kernels: hostile_ecc.py JOTMILL [ROUNDS [TOKENS]] > hostile_ecc.json

Every ES256 signature has an r below p - n: the kernel cannot decide it (ecc.md, section 6) and leaves it to OpenSSL, so that
its own work is lost. The same captures go through the kernel that is chosen here and through OpenSSL alone, one after the other
in every round, on one core, memo off, all keys hot:
  flood   nothing but such tokens
  mixed   every second one, good ones between them
  good    none of them: what the tables bring
Reported are medians and quartiles of the signature stage's thread time, OpenSSL's over ours: 1 is as fast, the bound is 1 / 1.2.
Both must give the same verdicts.
"""
import base64, json, os, random, shutil, statistics, subprocess, sys, tempfile


def hostile(token, r):
    head, body, signature = token.split(".")
    raw = base64.urlsafe_b64decode(signature + "==")
    raw = bytes(17) + r.randbytes(15) + raw[32:]  # p - n has 127 bits
    return ".".join((head, body, base64.urlsafe_b64encode(raw).decode().rstrip("=")))


def make(folder, jotmill, count):
    subprocess.run([jotmill, "generate", "--recipe", "es256", "--count", str(count), "--output", folder + "/set"],
                   check=True, stdout=subprocess.DEVNULL)
    with open(folder + "/set/capture.txt") as f:
        tokens = f.read().split()
    r = random.Random(1)
    bad = [hostile(t, r) for t in tokens]
    for name, chosen in (("flood", bad), ("mixed", [b if i % 2 else t for i, (t, b) in enumerate(zip(tokens, bad))]),
                         ("good", tokens)):
        with open(f"{folder}/{name}", "w") as f:
            f.writelines(t + "\n" for t in chosen)


def run(jotmill, folder, name, kernels):
    report = f"{folder}/report.json"
    command = [jotmill, "verify", "--config", folder + "/set/policy.toml", "--threads", "1", "--quiet", "--memo", "off",
               "--format", "lines", "--report", report, f"{folder}/{name}"] + kernels
    code = subprocess.run(command, stdout=subprocess.DEVNULL).returncode
    if code not in (0, 1):
        sys.exit(f"{command} ended with {code}")
    with open(report) as f:
        full = json.load(f)
    return full["run"]["stage_ns"]["signature"], full["verdicts"]


def main():
    jotmill = sys.argv[1]
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 11
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 40000
    folder = tempfile.mkdtemp(dir=os.environ.get("JOTMILL_BENCH_TMP", "/dev/shm"))
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    try:
        make(folder, jotmill, count)
        out = {"jotmill": subprocess.run([jotmill, "--version"], capture_output=True, text=True).stdout.splitlines()[0],
               "rounds": rounds, "tokens": count}
        for name in ("flood", "mixed", "good"):
            ratios = []
            for _ in range(rounds + 1):  # the first one warms up
                ours, verdicts = run(jotmill, folder, name, [])
                theirs, expected = run(jotmill, folder, name, ["--kernels", "p256=openssl"])
                if verdicts != expected:
                    sys.exit(f"{name}: other verdicts than OpenSSL's")
                ratios.append(theirs / ours)
            low, middle, high = statistics.quantiles(ratios[1:], n=4)
            out[f"{name}_openssl_over_ours"] = {"median": middle, "q1": low, "q3": high}
        json.dump(out, sys.stdout, indent=1)
        print()
    finally:
        shutil.rmtree(folder)


main()
