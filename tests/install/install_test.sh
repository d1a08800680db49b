#!/usr/bin/env bash
# Installs the build into a folder, moves the folder, and builds the C++ and C examples against it, by CMake and by pkg-config,
# from copies outside the source tree. Then: what the shared library shows, and that it needs nothing of the build.
#
#   install_test.sh SOURCE_DIR BUILD_DIR     CXX and CC: the compilers; CMAKE_GENERATOR: what builds
set -euo pipefail
source_dir=$1 build_dir=$2
export CXX=${CXX:-c++} CC=${CC:-cc}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { printf 'install_test: %s\n' "$*" >&2; exit 1; }
# quietly WHAT COMMAND...: shows what the command said only if it fails.
quietly() {
  local what=$1
  shift
  "$@" >"$work/log" 2>&1 || { cat "$work/log" >&2; fail "$what"; }
}

quietly "cmake --install" cmake --install "$build_dir" --prefix "$work/first"
mv "$work/first" "$work/moved"
prefix=$work/moved
libdir=$(dirname "$(find "$prefix" -name 'libjotmill.so')")

# Exactly the functions of the two headers, and a soname of the major version.
grep -hoE 'JOTMILL_API [^(]*\(' "$prefix"/include/jotmill/*.h | grep -oE 'jotmill_[a-z0-9_]+' | sort -u >"$work/declared"
nm -D --defined-only "$libdir/libjotmill.so" | awk '$2 != "A" {print $3}' | sed 's/@.*//' | sort -u >"$work/exported"
[ "$(wc -l <"$work/declared")" -ge 15 ] || fail "the headers declare next to nothing"
diff "$work/declared" "$work/exported" || fail "exported symbols (right) are not the declared functions (left)"
grep -q 'SONAME.*libjotmill\.so\.0\]' <<<"$(readelf -d "$libdir/libjotmill.so")" || fail "no versioned soname"
for file in "$libdir/libjotmill.so" "$prefix/bin/jotmill"; do
  if grep -qE 'RPATH|RUNPATH' <<<"$(readelf -d "$file")"; then fail "$file looks into folders of its build"; fi
done
if grep -rl --include='*.cmake' --include='*.pc' -e "$build_dir" -e "$source_dir" "$prefix"; then
  fail "an installed file names a folder of the build"
fi

# A program for each language and way of finding the library.
cp -r "$source_dir/tests/install/consumer" "$work/consumer"
cp "$source_dir/engine/examples/verify_tokens.cc" "$work/consumer/cpp"
cp "$source_dir/engine/examples/verify_tokens.c" "$work/consumer/c"
for language in cpp c; do
  quietly "find_package(jotmill) in $language" cmake -S "$work/consumer/$language" -B "$work/$language" \
    -DCMAKE_PREFIX_PATH="$prefix"
  quietly "the $language example by CMake" cmake --build "$work/$language"
done
export PKG_CONFIG_PATH=$libdir/pkgconfig
read -ra flags <<<"$(pkg-config --cflags --libs jotmill)"
quietly "the C example by pkg-config" "$CC" -std=c11 -D_POSIX_C_SOURCE=200809L -Wall -Wextra -Wpedantic -Werror \
  "$work/consumer/c/verify_tokens.c" -o "$work/c_by_pkg_config" "${flags[@]}"
read -ra flags <<<"$(pkg-config --cflags --libs jotmill-cpp)"
quietly "the C++ example by pkg-config" "$CXX" -std=c++20 -Wall -Wextra -Werror \
  "$work/consumer/cpp/verify_tokens.cc" -o "$work/cpp_by_pkg_config" "${flags[@]}"

# Tokens with known verdicts.
"$prefix/bin/jotmill" generate --recipe hs256 --count 500 --output "$work/set" >/dev/null
{ cat "$work/set/capture.txt"; echo 'no.token.here'; } >"$work/tokens"
keys=("$work"/set/keys*.json)
export LD_LIBRARY_PATH=$libdir
for program in "$work/cpp/from_cpp" "$work/c/from_c" "$work/c_by_pkg_config" "$work/cpp_by_pkg_config"; do
  code=0
  "$program" "${keys[@]}" <"$work/tokens" >"$work/out" 2>/dev/null || code=$?
  [ "$code" = 1 ] || fail "$program: exit code $code, not 1"
  [ "$(grep -c '^accepted' "$work/out")" = 500 ] || fail "$program: not 500 accepted"
  [ "$(tail -n 1 "$work/out")" = header_encoding ] || fail "$program: $(tail -n 1 "$work/out")"
done
code=0
"$work/c_by_pkg_config" /no/such/keys </dev/null 2>"$work/message" || code=$?
[ "$code" = 2 ] || fail "an unreadable key file: exit code $code"
grep -q '^unreadable: /no/such/keys: ' "$work/message" || fail "message: $(cat "$work/message")"
echo "install_test: passed"
