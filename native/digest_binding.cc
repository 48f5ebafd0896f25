// Digests of few bytes for JavaScript: a hit makes three of them, and xxhash-addon makes a Buffer
// for each, which takes several times as long as the digest. The sources of xxHash are those of
// xxhash-addon.

#include <optional>

#include "argument.h"
#include "binding.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace ndmemo {
namespace {

constexpr char kDigits[] = "0123456789abcdef";

Napi::Value DigestOf(const Napi::CallbackInfo& info) {
  const auto bytes = BytesOf(info[0], "bytes");
  if (!bytes) return {};
  XXH128_canonical_t digest;
  XXH128_canonicalFromHash(&digest, XXH3_128bits(bytes->data, bytes->size));
  char text[2 * sizeof(digest.digest)];
  char* at = text;
  for (const unsigned char byte : digest.digest) {
    *at++ = kDigits[byte >> 4];
    *at++ = kDigits[byte & 15];
  }
  return Napi::String::New(info.Env(), text, sizeof(text));
}

}  // namespace

void DefineDigest(Napi::Env env, Napi::Object exports) {
  exports.Set("digest", Napi::Function::New<DigestOf>(env, "digest"));
}

}  // namespace ndmemo
