// JavaScript errors that have a code.

#ifndef NDMEMO_ERROR_H_
#define NDMEMO_ERROR_H_

#include <napi.h>

#include "file.h"

namespace ndmemo {

void ThrowWithCode(Napi::Error error, const char* code);

// Throws an Error whose code is the name of the system's error.
void ThrowFailure(Napi::Env env, const Failure& failure);

}  // namespace ndmemo

#endif  // NDMEMO_ERROR_H_
