#!/usr/bin/env bash
# Runs every command of README.md as a reader would paste it, in order, in a folder that looks like the project after tools/demo.
#
#   run_commands.sh README JOTMILL VERIFY_TOKENS FOLDER
#
# Commands are the lines of blocks fenced with ```sh; a trailing backslash continues one, `# exit N` behind one says its exit code
# (0 without). A block right behind `<!-- not run: why -->` is left out.
set -euo pipefail

readme=$1 jotmill=$2 verify_tokens=$3 folder=$4
# Fewer than these mean that the blocks were not found, and a test of nothing.
least_commands=10

commands_of() {
  awk '
    /^<!-- not run:/ { skip = 1; next }
    /^```sh$/ { inside = !skip; skip = 0; next }
    /^```/ { inside = 0; next }
    /[^ ]/ { skip = 0 }
    !inside || /^ *(#|$)/ { next }
    /\\$/ { sub(/\\$/, ""); joined = joined $0; next }
    { print joined $0; joined = "" }
  ' "$1"
}

rm -rf "$folder"
mkdir -p "$folder/build"
# The commands first: what they write must not change what is read.
commands_of "$readme" >"$folder/commands"
cd "$folder"
ln -s "$jotmill" build/jotmill
ln -s "$verify_tokens" build/verify_tokens
# What tools/demo leaves, but smaller.
build/jotmill generate --recipe demo --count 4000 --output build/demo >/dev/null

count=0 failed=0
while IFS= read -r line; do
  expected=0
  if [[ $line =~ \#\ exit\ ([0-9]+) ]]; then expected=${BASH_REMATCH[1]}; fi
  code=0
  bash -o pipefail -c "$line" </dev/null >out 2>err || code=$?
  count=$((count + 1))
  if [ "$code" = "$expected" ]; then continue; fi
  failed=$((failed + 1))
  printf 'FAILED: exit code %s instead of %s\n  %s\n' "$code" "$expected" "$line"
  sed 's/^/  | /' err
done <commands

printf '%s commands of %s, %s failed\n' "$count" "${readme##*/}" "$failed"
if [ "$count" -lt "$least_commands" ]; then
  printf 'FAILED: at least %s commands were expected\n' "$least_commands"
  exit 1
fi
[ "$failed" = 0 ]
