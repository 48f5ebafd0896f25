/* The floor of hashing: XXH3-128 over 256 MiB in one call, on one thread.
 * hash CASE DIRECTORY WARM_UP SAMPLES, a measurement as JSON on stdout. */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define XXH_INLINE_ALL
#include "xxhash.h"

enum { MEBIBYTES = 256 };

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

int main(int argc, char **argv) {
  if (argc != 5) return 2;
  const int warm_up = atoi(argv[3]);
  const int samples = atoi(argv[4]);
  const size_t size = (size_t)MEBIBYTES << 20;
  uint64_t *words = malloc(size);
  if (words == NULL) return 1;
  uint64_t state = 12345;
  for (size_t i = 0; i < size / sizeof *words; i++) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    words[i] = state;
  }

  const XXH128_hash_t expected = XXH3_128bits(words, size);
  printf("{\"seconds\":[");
  for (int turn = 0; turn < warm_up + samples; turn++) {
    const double start = now();
    const XXH128_hash_t digest = XXH3_128bits(words, size);
    const double end = now();
    if (!XXH128_isEqual(digest, expected)) return 1;
    if (turn >= warm_up) printf("%s%.9f", turn > warm_up ? "," : "", end - start);
  }
  printf("],\"peakBytes\":%zu,\"versions\":{\"xxHash\":\"%d.%d.%d\"}}\n", size, XXH_VERSION_MAJOR,
         XXH_VERSION_MINOR, XXH_VERSION_RELEASE);
  free(words);
  return 0;
}
