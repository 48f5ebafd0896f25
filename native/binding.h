// What JavaScript calls, except for maps, which addon.cc has.

#ifndef NDMEMO_BINDING_H_
#define NDMEMO_BINDING_H_

#include <napi.h>

namespace ndmemo {

// digest.
void DefineDigest(Napi::Env env, Napi::Object exports);

// tryLock, waitLock, unlock, allocate and reserveAhead.
void DefineFileFunctions(Napi::Env env, Napi::Object exports);

// readBeginning, holdsBytes and hasState.
void DefineLooks(Napi::Env env, Napi::Object exports);

// shuffle, unshuffle, bitshuffle and bitunshuffle.
void DefineShuffles(Napi::Env env, Napi::Object exports);

}  // namespace ndmemo

#endif  // NDMEMO_BINDING_H_
