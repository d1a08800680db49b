#!/usr/bin/env bash
# Installs the build into a folder, moves the folder, and builds the C++ and C examples against it, by CMake and by pkg-config,
# from copies outside the source tree. Then: what the shared library shows, and that it needs nothing of the build.
#
#   install_test.sh SOURCE_DIR BUILD_DIR [sanitizer]
set -euo pipefail
source_dir=$1 build_dir=$2 sanitizer=${3-}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { printf 'install_test: %s\n' "$*" >&2; exit 1; }

cmake --install "$build_dir" --prefix "$work/first" >"$work/log"
mv "$work/first" "$work/moved"
prefix=$work/moved
libdir=$(dirname "$(find "$prefix" -name 'libjotmill.so')")

# Exactly the functions of the two headers, and a soname of the major version.
grep -hoE 'JOTMILL_API [^(]*\(' "$prefix"/include/jotmill/*.h | grep -oE 'jotmill_[a-z_]+' | sort -u >"$work/declared"
nm -D --defined-only "$libdir/libjotmill.so" | awk '$2 != "A" {print $3}' | sed 's/@.*//' | sort -u >"$work/exported"
[ "$(wc -l <"$work/declared")" -ge 15 ] || fail "the headers declare next to nothing"
if [ -z "$sanitizer" ]; then
  diff "$work/declared" "$work/exported" || fail "exported symbols (right) are not the declared functions (left)"
fi
readelf -d "$libdir/libjotmill.so" | grep -q 'SONAME.*libjotmill\.so\.0\]' || fail "no versioned soname"
if readelf -d "$libdir/libjotmill.so" | grep -qE 'RPATH|RUNPATH'; then fail "the library looks into folders of its build"; fi
if grep -rl --include='*.cmake' --include='*.pc' -e "$build_dir" -e "$source_dir" "$prefix"; then
  fail "an installed file names a folder of the build"
fi

# A program for each language; tokens with known verdicts.
cp -r "$source_dir/tests/install/consumer" "$work/consumer"
cp "$source_dir"/engine/examples/verify_tokens.c* "$work/consumer"
flags=${sanitizer:+-fsanitize=$sanitizer}
cmake -S "$work/consumer" -B "$work/consumer/build" -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_C_FLAGS="$flags" \
  -DCMAKE_CXX_FLAGS="$flags" ${CXX:+-DCMAKE_CXX_COMPILER="$CXX"} ${CC:+-DCMAKE_C_COMPILER="$CC"} >>"$work/log" 2>&1 ||
  { cat "$work/log"; fail "find_package(jotmill)"; }
cmake --build "$work/consumer/build" >>"$work/log" 2>&1 || { cat "$work/log"; fail "the examples do not build"; }
export PKG_CONFIG_PATH=$libdir/pkgconfig
# shellcheck disable=SC2046
"${CC:-cc}" -std=c11 -D_POSIX_C_SOURCE=200809L -Wall -Werror $flags "$work/consumer/verify_tokens.c" -o "$work/by_pkg_config" \
  $(pkg-config --cflags --libs jotmill) || fail "pkg-config"

"$prefix/bin/jotmill" generate --recipe hs256 --count 500 --output "$work/set" >/dev/null
{ cat "$work/set/capture.txt"; echo 'no.token.here'; } >"$work/tokens"
keys=("$work"/set/keys*.json)
export LD_LIBRARY_PATH=$libdir
for program in "$work/consumer/build/from_cpp" "$work/consumer/build/from_c" "$work/by_pkg_config"; do
  code=0
  "$program" "${keys[@]}" <"$work/tokens" >"$work/out" 2>/dev/null || code=$?
  [ "$code" = 1 ] || fail "$program: exit code $code, not 1"
  [ "$(grep -c '^accepted' "$work/out")" = 500 ] || fail "$program: not 500 accepted"
  [ "$(tail -n 1 "$work/out")" = header_encoding ] || fail "$program: $(tail -n 1 "$work/out")"
done
code=0
"$work/by_pkg_config" /no/such/keys </dev/null 2>"$work/message" || code=$?
[ "$code" = 2 ] || fail "an unreadable key file: exit code $code"
grep -q '^unreadable: /no/such/keys: ' "$work/message" || fail "message: $(cat "$work/message")"
echo "install_test: passed"
