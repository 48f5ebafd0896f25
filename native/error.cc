#include "error.h"

#include <uv.h>

#include <string>

namespace ndmemo {

void ThrowWithCode(Napi::Error error, const char* code) {
  error.Set("code", Napi::String::New(error.Env(), code));
  error.ThrowAsJavaScriptException();
}

void ThrowFailure(Napi::Env env, const Failure& failure) {
  // ENXIO is what POSIX names for a range that the file does not have.
  const int error =
      failure.system_error == 0 ? UV_ENXIO : uv_translate_sys_error(failure.system_error);
  char name[64];
  char reason[256];
  uv_err_name_r(error, name, sizeof(name));
  uv_strerror_r(error, reason, sizeof(reason));
  ThrowWithCode(Napi::Error::New(env, std::string(name) + ": " + reason + ", " + failure.message),
                name);
}

}  // namespace ndmemo
