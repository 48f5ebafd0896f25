#!/usr/bin/env bash
# Runs what the addon does without Node (stress.cc) under AddressSanitizer with its search for leaks,
# under UndefinedBehaviorSanitizer, and under ThreadSanitizer. On Linux then the addon itself, inside
# Node, under the first two: its tests, and a search for leaks over 10,000 maps. Fails at the first
# finding.
#
# Needs a C++20 compiler that has them, for the second part GCC: $CXX, or else c++. Not for Windows.
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
  native/look_posix.cc
  native/mapping.cc
  native/mapping_posix.cc
  "native/pages_aside_$pages.cc"
  "native/reserve_ahead_$pages.cc"
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

if [ "$(uname)" = Linux ]; then
  echo "the addon under address,undefined"
  cp -r native binding.gyp package.json "$build"
  ln -s "$PWD/node_modules" "$build/node_modules"
  instrument="-fsanitize=address,undefined"
  (cd "$build" && CXXFLAGS="$instrument -fno-sanitize-recover=all -fno-omit-frame-pointer -g" \
    LDFLAGS="$instrument" npx node-gyp rebuild --loglevel=error >/dev/null)
  # Node itself is not instrumented, so the library has to be there before it.
  runtime=$("${CXX:-c++}" -print-file-name=libasan.so)

  echo "leaks of 10,000 maps"
  LD_PRELOAD="$runtime" ASAN_OPTIONS=detect_leaks=1 \
    node test/native/many-maps.mjs "$build/build/Release/addon.node" "$build/mapped"

  # Node leaks some memory of its own when it ends in the middle of something, and a program that is
  # to die of a signal has to get it.
  echo "the tests of the addon"
  LD_PRELOAD="$runtime" ASAN_OPTIONS=detect_leaks=0:handle_segv=0:handle_sigbus=0 \
    NDMEMO_PREBUILD="$build" node --import tsx test/run.ts "^native/.*\.test\.ts$"
fi

echo "no findings"
