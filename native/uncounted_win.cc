// Not on Windows, whose C++ ABI gives V8's functions other names.

#include "uncounted.h"

namespace ndmemo {

Napi::Value UncountedBuffers::New(Napi::Env, void*, size_t, void (*)(void*), void*) { return {}; }

void UncountedBuffers::Unmark(Napi::Value) const {}

}  // namespace ndmemo
