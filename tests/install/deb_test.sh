#!/usr/bin/env bash
# cpack makes a Debian package: what it needs is named, what it holds runs from where it was unpacked, and its scripts do nothing but
# tell the loader. Nothing is installed; README.md says how that was tried.
#
#   deb_test.sh BUILD_DIR
set -euo pipefail
build_dir=$1

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { printf 'deb_test: %s\n' "$*" >&2; exit 1; }

(cd "$build_dir" && cpack -G DEB -B "$work/made" >"$work/log" 2>&1) || { cat "$work/log" >&2; fail "cpack"; }
debs=("$work"/made/*.deb)
[ "${#debs[@]}" = 1 ] || fail "not one package: ${debs[*]}"
deb=${debs[0]}
[ "$(dpkg-deb -f "$deb" Package)" = jotmill ] || fail "package: $(dpkg-deb -f "$deb" Package)"

# The package of every library that program and shared library load.
dpkg-deb -x "$deb" "$work/unpacked"
depends=", $(dpkg-deb -f "$deb" Depends)"
paths=()
ldconfig -p >"$work/known"
for library in $(readelf -d "$work"/unpacked/usr/{bin/jotmill,lib/libjotmill.so.0} | sed -n 's/.*NEEDED.*\[\(.*\)\]/\1/p' | sort -u); do
  path=$(readlink -f "$(awk -v l="$library" '$1 == l {print $NF; exit}' "$work/known")")
  paths+=("$path" "${path#/usr}")  # Debian's own lists say /lib where /usr/lib is meant
done
[ "${#paths[@]}" -ge 20 ] || fail "next to no libraries are needed: ${paths[*]}"
{ dpkg-query -S "${paths[@]}" 2>/dev/null || true; } | sed 's/:.*//' | sort -u >"$work/owners"
[ "$(wc -l <"$work/owners")" -ge 10 ] || fail "next to no packages have the libraries"
while read -r owner; do
  [[ $depends == *", $owner "* ]] || fail "Depends does not name $owner: $depends"
done <"$work/owners"

for path in usr/bin/jotmill usr/lib/libjotmill.so usr/lib/libjotmill.a usr/lib/pkgconfig/jotmill.pc \
  usr/lib/cmake/jotmill/jotmillConfig.cmake usr/include/jotmill/jotmill.h usr/include/jotmill/jotmill.hpp \
  usr/share/man/man1/jotmill.1 usr/share/man/man1/jotmill-verify.1 usr/share/doc/jotmill/LICENSE \
  usr/share/bash-completion/completions/jotmill usr/share/zsh/vendor-completions/_jotmill \
  usr/share/fish/vendor_completions.d/jotmill.fish; do
  [ -e "$work/unpacked/$path" ] || fail "$path is not in it"
done
if dpkg-deb -c "$deb" | awk '{print $6}' | grep -vE '^\./(usr/.*)?$'; then fail "it writes outside /usr"; fi

dpkg-deb -e "$deb" "$work/control"
for script in "$work"/control/{pre,post}{inst,rm}; do
  [ -e "$script" ] || continue
  if grep -vE '^#!|^ *#|^set -e|^ *$|^if |^fi$|^[[:space:]]*ldconfig$' "$script"; then fail "${script##*/} does more than ldconfig"; fi
done

LD_LIBRARY_PATH=$work/unpacked/usr/lib "$work/unpacked/usr/bin/jotmill" generate --recipe hs256 --count 20 --output "$work/set" >/dev/null
"$work/unpacked/usr/bin/jotmill" verify --config "$work/set/policy.toml" --quiet "$work/set/capture.txt" ||
  fail "the program of the package does not accept what it generates"
echo "deb_test: passed"
