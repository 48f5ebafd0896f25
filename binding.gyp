{
  "targets": [
    {
      "target_name": "addon",
      "sources": [
        "native/addon.cc",
        "native/argument.cc",
        "native/digest_binding.cc",
        "native/error.cc",
        "native/external.cc",
        "native/file_binding.cc",
        "native/lock.cc",
        "native/look_binding.cc",
        "native/loop.cc",
        "native/mapping.cc",
        "native/shuffle.cc",
        "native/shuffle_avx2.cc",
        "native/shuffle_binding.cc",
        "native/shuffle_plain.cc",
        "native/shuffle_simd.cc",
        "native/shuffle_sse2.cc"
      ],
      "include_dirs": [
        "<!(node -p \"require('node-addon-api').include_dir\")",
        "<!(node -p \"path.relative('.', path.join(require.resolve('xxhash-addon/package.json'), '../xxHash'))\")"
      ],
      "defines": ["NAPI_VERSION=8", "NAPI_DISABLE_CPP_EXCEPTIONS", "NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS"],
      "cflags_cc": ["-std=c++20", "-Wall", "-Wextra", "-Wno-unused-parameter", "-fvisibility=hidden"],
      "conditions": [
        [
          "OS=='win'",
          {
            "defines": ["NOMINMAX"],
            "sources": [
              "native/allocate_win.cc",
              "native/guard_win.cc",
              "native/lock_win.cc",
              "native/look_win.cc",
              "native/mapping_win.cc",
              "native/uncounted_win.cc"
            ]
          },
          {
            "sources": [
              "native/allocate_posix.cc",
              "native/guard_posix.cc",
              "native/lock_posix.cc",
              "native/look_posix.cc",
              "native/mapping_posix.cc",
              "native/slot_table.cc",
              "native/uncounted_posix.cc"
            ]
          }
        ],
        [
          "OS=='linux'",
          {
            "sources": [
              "native/copied_pages_linux.cc",
              "native/pages_aside_linux.cc",
              "native/reserve_ahead_linux.cc"
            ]
          },
          {
            "sources": [
              "native/copied_pages_none.cc",
              "native/pages_aside_none.cc",
              "native/reserve_ahead_none.cc"
            ]
          }
        ]
      ],
      "xcode_settings": {
        "CLANG_CXX_LANGUAGE_STANDARD": "c++20",
        "GCC_SYMBOLS_PRIVATE_EXTERN": "YES",
        "MACOSX_DEPLOYMENT_TARGET": "11.0"
      },
      "msvs_settings": { "VCCLCompilerTool": { "AdditionalOptions": ["/std:c++20"] } }
    }
  ]
}
