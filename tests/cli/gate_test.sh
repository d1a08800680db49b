#!/usr/bin/env bash
# What tools/gate exits with: of a commit that is none, of a build that fails, and of compare, whose code it passes on.
#
#   gate_test.sh SOURCE FOLDER
#
# In a repository of its own, where cmake "builds" a jotmill that says how it was called and ends as it is told. Without git it is
# left out (exit 77).
set -euo pipefail
source_folder=$1 folder=$2
if ! command -v git >/dev/null; then
  echo "left out: git is not installed"
  exit 77
fi
rm -rf "$folder"
mkdir -p "$folder/bin" "$folder/repository/tools"
cd "$folder"
cp "$source_folder/tools/gate" "$source_folder/tools/common.sh" repository/tools/

cat >bin/cmake <<'STUB'
#!/usr/bin/env bash
if [ "$1" = --build ]; then
  [ "${STUB_BUILD-good}" = good ] || { echo "error: stub"; exit 1; }
  cp "$STUB_FOLDER/jotmill" "$2/jotmill"
else
  while [ "$1" != -B ]; do shift; done
  mkdir -p "$2"
fi
STUB
cat >jotmill <<'STUB'
#!/usr/bin/env bash
printf '## %s\n' "$*"
# Of the real one: what is not decided passes with --lenient, what regressed does not.
case " $* " in *" --lenient "*) [ "$STUB_CODE" != 3 ] || exit 0 ;; esac
exit "$STUB_CODE"
STUB
chmod +x bin/cmake jotmill
export PATH="$folder/bin:$PATH" STUB_FOLDER=$folder
unset JOTMILL_GATE_DIR GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE
git -c init.defaultBranch=main init -q repository
git -C repository add .
git -C repository -c user.name=test -c user.email=test@example.com commit -qm first

failed=0
# gate CODE STUB_CODE ARGUMENT...: runs it, its output in out and err.
gate() {
  local wanted=$1 stub=$2 code=0
  shift 2
  STUB_CODE=$stub repository/tools/gate "$@" >out 2>err || code=$?
  [ "$code" = "$wanted" ] || { echo "FAILED: gate $* (compare: $stub) ended with $code, not $wanted"; cat out err; failed=1; }
}
has() { grep -qF -- "$2" "$1" || { echo "FAILED: $1 does not say: $2"; cat "$1"; failed=1; }; }

gate 2 0
gate 2 0 --lenient
gate 2 0 no-such-commit
has err "no-such-commit is no commit of this repository"
[ ! -s out ] || { echo "FAILED: a refused gate wrote to standard output"; failed=1; }
for code in 0 1 2 3 4 5; do
  gate "$code" "$code" HEAD --workload rs256
  has out "Exit code $code."
done
has out "compare --run --markdown - --workload rs256 build/gate/base/jotmill build/gate/new/jotmill"
# Its own --markdown gives way; what cannot be is refused before anything is built.
for option in "--markdown gate.md" --markdown=gate.md; do
  # shellcheck disable=SC2086 # words on purpose
  gate 0 0 HEAD $option --json gate.json
  has out "compare --run $option --json gate.json build/gate/base/jotmill build/gate/new/jotmill"
done
for option in "--json -" --json=- "--junit -" --run; do
  # shellcheck disable=SC2086
  STUB_BUILD=bad gate 2 0 HEAD $option
  ! grep -q building err || { echo "FAILED: $option was found after a build"; failed=1; }
done
gate 0 3 HEAD --lenient
gate 1 1 HEAD --lenient
gate 5 5 HEAD --lenient
STUB_BUILD=bad gate 2 0 HEAD
has err "base does not build"
[ "$failed" = 0 ] && echo "the gate exits as it should"
exit "$failed"
