// ArrayBuffers over mappings, for one environment (the main thread, or one worker).

#ifndef NDMEMO_EXTERNAL_H_
#define NDMEMO_EXTERNAL_H_

#include <napi.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "loop.h"
#include "mapping.h"
#include "uncounted.h"

namespace ndmemo {

// An ArrayBuffer unmaps its mapping when it is collected, when the environment ends, or at once
// through Unmap; whichever comes first, and only once.
//
// V8 counts a mapping in full only where collecting it gives memory or disk space back. Of others
// it is told a share, so that those that nobody holds do not become too many.
class Externals {
 public:
  explicit Externals(Napi::Env env);

  // To be given to Mapping::Open.
  Waker* waker() const { return table_->waker; }

  // An ArrayBuffer over the bytes of the mapping. The first write, if it is guarded, and the first
  // lost page are reported under the label. When the runtime refuses, throws a JavaScript error,
  // leaves nothing mapped and gives an empty value. `counted`: by V8, and in full.
  Napi::Value Wrap(Napi::Env env, Mapping mapping, bool counted, std::string label);

  // Detaches and unmaps; false if the value is not an ArrayBuffer made here, or has been unmapped.
  bool Unmap(Napi::Value value);

  // See Mapping::MakePrivate(); throws a JavaScript error and gives false when that fails.
  bool MakePrivate(Napi::Value value, File file);

  // See Mapping::dirty_pages().
  std::optional<uint64_t> DirtyPages(Napi::Value value) const;

  // Sets what is called, on the event loop, with the label and "write" or "bus": once of each for
  // a mapping.
  void OnFault(Napi::Function callback) { callback_ = Napi::Persistent(callback); }
  // Makes the calls that are due.
  void Report(Napi::Env env);

 private:
  struct Event {
    std::string label;
    const char* kind;
  };

  struct Entry {
    Mapping mapping;
    std::string label;
    bool report_writes = true;
    bool report_lost = true;
    // What V8 is told of the mapping while it exists; nothing where V8 itself counts it.
    int64_t told = 0;

    void TakeEvents(std::vector<Event>& events);
  };

  // V8 may collect on a thread of its own.
  struct Table {
    // Guards what follows it. Not to be held when V8 is called, which waits for its threads.
    std::mutex mutex;
    // The mappings by their first byte.
    std::unordered_map<const void*, std::shared_ptr<Entry>> entries;
    // Of mappings that are no entries any more.
    std::vector<Event> events;
    // Null where there is no event loop, and once the environment ends.
    LoopWaker* waker = nullptr;

    // What V8 is still to be told: more bytes, or fewer.
    std::atomic<int64_t> untold{0};

    void Close(Entry& entry);
  };

  // What a finalizer owns. It holds the table too, because at the end of an environment it may run
  // after the addon's own data is gone.
  struct Hold {
    std::shared_ptr<Table> table;
    std::shared_ptr<Entry> entry;
  };

  static void Finalize(napi_env env, void* data, void* hint) { Release(hint); }
  static void Release(void* hint);
  std::shared_ptr<Entry> Find(Napi::Value value) const;
  // Of the entries, and of those that were taken out since.
  std::vector<Event> TakeEvents();
  void Tell(Napi::Env env);

  UncountedBuffers uncounted_;
  std::shared_ptr<Table> table_ = std::make_shared<Table>();
  Napi::FunctionReference callback_;
};

}  // namespace ndmemo

#endif  // NDMEMO_EXTERNAL_H_
