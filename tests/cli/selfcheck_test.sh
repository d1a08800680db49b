#!/usr/bin/env bash
# What bench/selfcheck makes of comparisons: with a program that says and ends as it is told, whether the criterion is met, and
# that it stops where nothing was compared.
#
#   selfcheck_test.sh SOURCE FOLDER
#
# In a repository of its own, where cmake "builds" the same program. Without git or python3 it is left out (exit 77).
set -euo pipefail
source_folder=$1 folder=$2
for needed in git python3; do
  if ! command -v "$needed" >/dev/null; then
    echo "left out: $needed is not installed"
    exit 77
  fi
done
rm -rf "$folder"
mkdir -p "$folder/bin" "$folder/repository/bench" "$folder/repository/engine/pipeline"
cd "$folder"
cp "$source_folder/bench/selfcheck" repository/bench/
cp "$source_folder/engine/pipeline/process.cc" repository/engine/pipeline/

cat >bin/cmake <<'STUB'
#!/usr/bin/env bash
while [ $# -gt 0 ]; do [ "$1" = -B ] && mkdir -p "$2"; shift; done
STUB
# Of so many comparisons the first STUB_DECIDED are decided, or REGRESSED, by STUB_WORDS and end with STUB_CODE.
cat >jotmill <<'STUB'
#!/usr/bin/env bash
while [ $# -gt 0 ]; do [ "$1" = --seed ] && number=$2; shift; done
if [ "${STUB_BROKEN-0}" = "$number" ]; then
  echo "jotmill: --workload: there is no such workload" >&2
  exit "$STUB_CODE"
fi
echo "row                  decision          time   95 % interval  adj. p  delta  runs"
if [ "$number" -le "$STUB_DECIDED" ]; then
  printf 'hs256/threads:1      %s        +5.0 %%    [+4.8, +5.3]  0.0005  2.0 %%    12\n' "$STUB_WORDS"
  echo "    effect (Cliff) +1.00 large; 98 % of +5.0 % is in ${STUB_STAGE-payload}"
  echo "1 ${STUB_WORDS}"
  exit "$STUB_CODE"
fi
echo "hs256/threads:1      EQUIVALENT      +0.1 %    [-0.2, +0.3]  0.7000  2.0 %    12"
echo "1 EQUIVALENT"
STUB
chmod +x bin/cmake jotmill
export PATH="$folder/bin:$PATH" JOTMILL_BINARY=$folder/jotmill
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE
git -c init.defaultBranch=main init -q repository
git -C repository add .

failed=0
# check CODE DECIDED WORDS STUB_CODE ARGUMENT...: runs it, its output in out and err.
check() {
  local wanted=$1 code=0
  export STUB_DECIDED=$2 STUB_WORDS=$3 STUB_CODE=$4
  shift 4
  repository/bench/selfcheck "$@" >out 2>err || code=$?
  [ "$code" = "$wanted" ] ||
    { echo "FAILED: selfcheck $* ($STUB_DECIDED $STUB_WORDS) ended with $code, not $wanted"; cat out err; failed=1; }
}
has() { grep -qF -- "$2" "$1" || { echo "FAILED: $1 does not say: $2"; cat "$1"; failed=1; }; }

check 2 0 - 0
check 2 0 - 0 aa
check 2 0 - 0 aa 0
# One in a hundred is allowed, faster or slower.
check 0 0 - 0 aa 3
check 1 1 IMPROVED 0 aa 3
check 0 1 REGRESSED 1 aa 100
has out "decided in 1, exit 1 in 1"
check 1 2 IMPROVED 0 aa 100
has out "NOT as it must be"
# Five in a hundred may be missed.
for kind in slowed kernels; do
  check 0 19 REGRESSED 1 "$kind" 20
  check 1 18 REGRESSED 1 "$kind" 20
done
STUB_STAGE=hash check 1 20 REGRESSED 1 slowed 20
STUB_STAGE=signature check 0 20 REGRESSED 1 kernels 20
# A gate that never ran is no gate that passed.
for code in 2 4 5 130; do
  STUB_BROKEN=2 check "$code" 0 - "$code" aa 3
  has err "number 2 ended with $code: stopped"
done
STUB_BROKEN=1 check 2 0 - 2 plan 1 --seed 1
has err "number 1 ended with 2: stopped"
[ "$failed" = 0 ] && echo "selfcheck says what it saw"
exit "$failed"
