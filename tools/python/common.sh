# shellcheck shell=bash
# What tests of the package and of what stands on it share. Sourced after ../common.sh, in the project's root.

# Exit code of a test that cannot be run here because pip reaches no package registry (EX_TEMPFAIL).
no_registry=75

# need_program: sets `built` to the folder of the build that the package must agree with.
need_program() {
  built=$(realpath "${JOTMILL_BUILD_DIR-build}")
  [ -x "$built/jotmill" ] || fail "no program $built/jotmill: build it first (tools/test), or set JOTMILL_BUILD_DIR"
}

# python_environment VENV REQUIREMENT...: a virtual environment that has them; the network is used only while one is missing.
python_environment() {
  local venv=$1 python=${PYTHON-python3} log=$1.log
  shift
  "$python" -c 'import sys; sys.exit(sys.version_info < (3, 9))' || fail "needs Python 3.9 or newer, and $python is $("$python" --version)"
  if [ ! -x "$venv/bin/pip" ]; then show "$python" -m venv "$venv"; fi
  if [ "$(cat "$venv/installed" 2>/dev/null)" = "$*" ]; then return; fi
  if show "$venv/bin/pip" install --quiet --disable-pip-version-check --retries 2 --timeout 30 "$@" 2>"$log"; then
    printf '%s' "$*" >"$venv/installed"
    return
  fi
  cat "$log" >&2
  if grep -qE 'connection broken|Connection|Timeout|Proxy|SSLError|HTTP error|from versions: none|Could not fetch' "$log"; then
    printf '\nSKIPPED %s: pip reaches no package registry, and %s has not yet all of: %s\n' "${0#"$PWD"/}" "$venv" "$*"
    exit "$no_registry"
  fi
  fail "pip could not install: $*"
}

# python_wheel VENV: builds the package with the engine of `built` and installs it into VENV, which has scikit-build-core.
python_wheel() {
  local venv=$1 wheels=$1.wheels
  export SKBUILD_CMAKE_ARGS=""
  if [ -e "$built/engine/libjotmill.a" ]; then SKBUILD_CMAKE_ARGS="-DJOTMILL_BUILT=$built"; fi
  if command -v ccache >/dev/null; then
    export CMAKE_C_COMPILER_LAUNCHER=${CMAKE_C_COMPILER_LAUNCHER-ccache} CMAKE_CXX_COMPILER_LAUNCHER=${CMAKE_CXX_COMPILER_LAUNCHER-ccache}
  fi
  rm -rf "$wheels"
  show "$venv/bin/pip" wheel --quiet --no-deps --no-build-isolation --wheel-dir "$wheels" tools/python
  show "$venv/bin/pip" install --quiet --no-deps --no-index --force-reinstall "$wheels"/jotmill-*.whl
}
