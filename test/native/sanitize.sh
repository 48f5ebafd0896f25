#!/usr/bin/env bash
# Runs what the addon does without Node (stress.cc) under AddressSanitizer with its search for leaks,
# under UndefinedBehaviorSanitizer, and under ThreadSanitizer. Fails at the first finding.
#
# Needs a C++20 compiler that has them: $CXX, or else c++. Not for Windows.
set -euo pipefail
cd "$(dirname "$0")/../.."

case "$(uname)" in
  Linux) pages=linux ;;
  *) pages=none ;;
esac
sources=(
  native/allocate_posix.cc
  "native/copied_pages_$pages.cc"
  native/guard_posix.cc
  native/lock.cc
  native/lock_posix.cc
  native/mapping.cc
  native/mapping_posix.cc
  native/shuffle.cc
  native/shuffle_avx2.cc
  native/shuffle_plain.cc
  native/shuffle_simd.cc
  native/shuffle_sse2.cc
  native/slot_table.cc
)

build=$(mktemp -d)
trap 'rm -rf "$build"' EXIT

for sanitizers in address,undefined thread; do
  echo "stress.cc under $sanitizers"
  flags=(-std=c++20 -O1 -g -fno-omit-frame-pointer -Wall -Wextra -Wno-unused-parameter -Werror
    -fsanitize="$sanitizers" -fno-sanitize-recover=all -pthread)
  # A library, as the guard pins the one that it is part of, and a program cannot be pinned.
  "${CXX:-c++}" "${flags[@]}" -fPIC -shared "${sources[@]}" -ldl -o "$build/libaddon.so"
  "${CXX:-c++}" "${flags[@]}" test/native/stress.cc "$build/libaddon.so" -o "$build/stress"
  "$build/stress"
done
echo "no findings"
