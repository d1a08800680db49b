#!/usr/bin/env bash
# Google Benchmark's own compare.py reads what `jotmill bench --json` writes.
#
#   compare_py.sh JOTMILL FOLDER
#
# Needs Debian's libbenchmark-tools (compare.py) and python3-scipy; without them it says so and is left out (exit 77).
set -euo pipefail
jotmill=$1 folder=$2
compare=
for place in /usr/share/benchmark /usr/share/benchmark/tools /usr/share/libbenchmark-tools /usr/bin; do
  if [ -e "$place/compare.py" ]; then compare=$place/compare.py; fi
done
if [ -z "$compare" ] || ! python3 -c 'import scipy' 2>/dev/null; then
  echo "left out: compare.py of libbenchmark-tools or python3-scipy is not installed"
  exit 77
fi
rm -rf "$folder"
mkdir -p "$folder"
cd "$folder"
for name in base new; do
  "$jotmill" bench --quick --tokens 50 --threads 1 --no-progress hs256 es256 --json "$name.json" >/dev/null 2>&1
done
python3 "$compare" --no-color benchmarks base.json new.json >out 2>err || { cat out err; echo "FAILED: compare.py ended with an error"; exit 1; }
for word in hs256/threads:1 es256/threads:1 hs256/threads:1_pvalue; do
  grep -q "^$word" out || { cat out; echo "FAILED: no line for $word"; exit 1; }
done
echo "compare.py read both files: $(grep -c '^hs256' out) lines of hs256"
