# shellcheck shell=bash
# What the scripts beside this file share. Sourced by them, after `set -eu`; leaves the shell in the project's root.

cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit

# One line for the reader, apart from the output of the commands.
say() { printf '\n==> %s\n' "$*"; }

fail() {
  printf '\n%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

# show COMMAND...: prints the command as one could type it, and runs it.
show() {
  printf '+'
  printf ' %s' "$@"
  printf '\n'
  "$@"
}

# Memory that this machine or container can still give, in MiB; nothing when it cannot be read (no /proc).
free_memory_mib() {
  local mib='' limit=''
  [ -r /proc/meminfo ] && mib=$(awk '/^MemAvailable:/ {print int($2 / 1024)}' /proc/meminfo)
  if [ -r /sys/fs/cgroup/memory.max ]; then
    limit=$(awk '$1 != "max" {print int($1 / 1048576)}' /sys/fs/cgroup/memory.max)
    if [ -n "$limit" ] && { [ -z "$mib" ] || [ "$limit" -lt "$mib" ]; }; then mib=$limit; fi
  fi
  printf '%s' "$mib"
}

# How many compilers may run at once: one for each core, and 1.5 GiB of memory for each.
build_jobs() {
  local jobs mib
  jobs=$(nproc)
  mib=$(free_memory_mib)
  if [ -n "$mib" ] && [ "$((mib / 1536))" -lt "$jobs" ]; then jobs=$((mib / 1536)); fi
  if [ "$jobs" -lt 1 ]; then jobs=1; fi
  printf '%s' "$jobs"
}

# configure FOLDER ARGUMENT...: CMake, with Ninja in a new folder. A folder that exists keeps its generator.
configure() {
  local folder=$1
  shift
  local generator=()
  if [ ! -e "$folder/CMakeCache.txt" ] && command -v ninja >/dev/null; then generator=(-G Ninja); fi
  # ccache is used where it is installed and never needed.
  if command -v ccache >/dev/null; then export CMAKE_CXX_COMPILER_LAUNCHER=${CMAKE_CXX_COMPILER_LAUNCHER-ccache}; fi
  show cmake -S . -B "$folder" "${generator[@]}" "$@"
}
