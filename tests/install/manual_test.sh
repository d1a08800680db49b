#!/usr/bin/env bash
# Every option of every command, as --help shows it, is in the command's man page and in the completions of the three shells; the
# pages render without a warning; bash completes; words that are offered are words that the program takes.
#
#   manual_test.sh JOTMILL
#
# bash is real; man, mandoc, zsh and fish are used where they are installed, and it is said which were not.
set -euo pipefail
jotmill=$1

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { printf 'manual_test: %s\n' "$*" >&2; exit 1; }
have() { command -v "$1" >/dev/null || { echo "manual_test: $1 is not installed: not tried"; return 1; }; }

for shell in bash zsh fish; do "$jotmill" --completion "$shell" >"$work/$shell"; done
"$jotmill" --help >"$work/help"
read -ra commands <<<"$(awk '/^Commands:/ {inside = 1; next} /^$/ {inside = 0} inside && /^  [a-z]/ {printf "%s ", $1}' "$work/help")"
[ "${#commands[@]}" -ge 10 ] || fail "next to no commands in --help: ${commands[*]}"

# What bash offers behind the words given; the last one is being written.
offers() {
  COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
  _jotmill
  printf '%s\n' "${COMPREPLY[@]}"
}
# shellcheck source=/dev/null
source "$work/bash"
complete -p jotmill | grep -q -- '-F _jotmill jotmill' || fail "bash: nothing completes jotmill"

pages=("$work/jotmill.1")
"$jotmill" --man >"$work/jotmill.1"
options=0
for command in "${commands[@]}"; do
  page=$work/jotmill-$command.1
  pages+=("$page")
  "$jotmill" --man "$command" >"$page"
  sed 's/\\-/-/g' "$page" >"$work/plain"
  "$jotmill" "$command" --help | grep -oE '^  (-[a-zA-Z], )?--[a-z0-9-]+' | grep -oE -- '--[a-z0-9-]+' >"$work/options"
  offers jotmill "$command" -- >"$work/offered"
  # The block of the command in the scripts of zsh and fish.
  awk -v c="$command)" '$1 == c {inside = 1} inside {print} / ;;$/ {inside = 0}' "$work/zsh" >"$work/zsh.part"
  grep -F "__fish_seen_subcommand_from $command'" "$work/fish" >"$work/fish.part"
  while read -r option; do
    options=$((options + 1))
    grep -qE -- "^\\\\fB(-[a-zA-Z], )?$option\\\\fR" "$work/plain" || fail "$command: $option is not in the man page"
    grep -qx -- "$option" "$work/offered" || fail "$command: bash does not offer $option"
    grep -qE -- "'\\*?$option=?\\[" "$work/zsh.part" || fail "$command: zsh does not know $option"
    grep -qF -- " -l ${option#--} " "$work/fish.part" || fail "$command: fish does not know $option"
  done <"$work/options"
  [ "$(wc -l <"$work/options")" = "$(grep -c '^--' "$work/offered")" ] || fail "$command: bash offers an option that is none"
  grep -q "^\\.BR jotmill\\\\-$command (1)" "$work/jotmill.1" || fail "jotmill(1) does not name $command"
done
[ "$options" -ge 100 ] || fail "next to no options in --help: $options"

# Where the build made and installs a page, there is a command, and the other way round.
if [ $# -gt 1 ]; then
  (cd "$2" && ls jotmill*.1) | sort >"$work/built"
  for page in "${pages[@]}"; do basename "$page"; done | sort >"$work/wanted"
  diff "$work/wanted" "$work/built" || fail "pages of the build (right) are not those of the commands (left)"
fi

expect() {  # expect 'WORDS' WORD...: what bash offers
  local wanted=$1 got
  shift
  got=$(offers "$@" | sort | tr '\n' ' ')
  [ "$got" = "$wanted" ] || fail "bash: '$*' gives '$got', not '$wanted'"
}
cd "$work"
mkdir some
touch some/keys.json 'some/a b.pem'
expect 'verify ' jotmill ver
expect 'accepted all ' jotmill verify --only a
expect 'accepted all ' jotmill verify --only = a
expect 'auto har jsonl lines text ' jotmill verify --format ''
expect 'json text ' jotmill explain --format =
expect 'some/a b.pem some/keys.json ' jotmill verify --keys some/
expect 'some ' jotmill generate --output so
expect ' ' jotmill verify --issuer so
expect ' ' jotmill explain ''
expect 'some/keys.json ' jotmill verify --quiet some/k
expect 'bash fish zsh ' jotmill --completion ''
for choice in '--format auto' '--format lines' '--format text' '--format jsonl' '--format har' '--only all' '--only rejected' \
  '--only accepted' '--color auto' '--color always' '--color never' '--claims on' '--claims off' '--memo off' '--cross-check off'; do
  offers jotmill verify "${choice% *}" '' >"$work/offered"  # no pipe: grep -q ends it at the first match
  grep -qx -- "${choice#* }" "$work/offered" || fail "bash does not offer $choice"
  # shellcheck disable=SC2086
  said=$("$jotmill" verify $choice --keys /no/such/file /dev/null 2>&1) || true
  case $said in *"${choice% *}"*) fail "the program does not take $choice: $said" ;; esac
done

if have man; then
  for page in "${pages[@]}"; do
    warnings=$(LC_ALL=C.UTF-8 MANWIDTH=80 man --warnings --encoding=UTF-8 --local-file "$page" 2>&1 >"$work/rendered")
    [ -z "$warnings" ] || fail "man: $page: $warnings"
    grep -q 'EXIT STATUS\|COMMANDS' "$work/rendered" || fail "man: $page: next to nothing is shown"
  done
fi
if have mandoc; then
  for page in "${pages[@]}"; do mandoc -T lint -W warning "$page" || fail "mandoc: $page"; done
fi
if have zsh; then zsh -n "$work/zsh" || fail "zsh does not read its script"; fi
if have fish; then
  fish --no-execute "$work/fish" || fail "fish does not read its script"
  got=$(HOME=$work fish --no-config -c "source $work/fish; complete -C 'jotmill verify --only '" | cut -f 1 | sort | tr '\n' ' ')
  [ "$got" = 'accepted all rejected ' ] || fail "fish offers '$got'"
fi
echo "manual_test: $options options of ${#commands[@]} commands"
