// A library for LD_PRELOAD that stands between a program and the system calls on one directory: it
// counts them, and at one of them kills the process, fails, does only half, or removes the
// directory.
//
// The program gives its commands by asking for files that do not exist:
//
//   access("/ndmemo-interpose/root" + directory)
//   access("/ndmemo-interpose/<action>/<errno>/<n>/<class>")   arms; counting begins at 1
//   readlink("/ndmemo-interpose/count")                        how many calls there were since
//   readlink("/ndmemo-interpose/largest")                      the most memory that was asked for
//   at
//                                                              once since it was asked the last
//                                                              time
//
// Actions: count, kill, half (a write is done in half before the process is killed), once (call n
// fails), from (call n and all later ones fail), short (reads and writes do half of what they are
// asked), remove (the directory is gone before call n).
// Classes: c calls that change the disk, o those that open, a all.

#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum Class { kChange = 1, kOpen = 2, kOther = 4 };

static char root[PATH_MAX];
static size_t root_length;
static char action[16] = "off";
static int fault;
static long target;
static int classes;
static atomic_long calls;
static atomic_long largest;
static __thread int is_inside;

#define REAL(name)                      \
  static __typeof__(name)* real_##name; \
  if (!real_##name) real_##name = dlsym(RTLD_NEXT, #name)

static int IsOurs(const char* path) {
  return root_length > 0 && path && strncmp(path, root, root_length) == 0;
}

static int IsOurFile(int fd) {
  if (root_length == 0 || fd < 0) return 0;
  char link[64], path[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  REAL(readlink);
  const ssize_t length = real_readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return IsOurs(path);
}

static int RemoveOne(const char* path, const struct stat* stat, int type, struct FTW* ftw) {
  (void)stat, (void)type, (void)ftw;
  return remove(path);
}

// What becomes of a call: 0 it is done, 1 it fails with errno, 2 it is done in half, 3 the same and
// then the process is killed.
static int Meet(int class) {
  if (is_inside || !(classes & class) || strcmp(action, "off") == 0) return 0;
  const long n = atomic_fetch_add(&calls, 1) + 1;
  if (strcmp(action, "count") == 0) return 0;
  if (strcmp(action, "short") == 0) return n % target == 0 ? 2 : 0;
  if (strcmp(action, "from") == 0 ? n < target : n != target) return 0;
  if (strcmp(action, "kill") == 0) kill(getpid(), SIGKILL);
  if (strcmp(action, "half") == 0) return 3;
  if (strcmp(action, "remove") == 0) {
    is_inside = 1;
    nftw(root, RemoveOne, 16, FTW_DEPTH | FTW_PHYS);
    is_inside = 0;
    return 0;
  }
  errno = fault;
  return 1;
}

static int Command(const char* path) {
  static const char prefix[] = "/ndmemo-interpose/";
  if (!path || strncmp(path, prefix, sizeof prefix - 1) != 0) return 0;
  const char* text = path + sizeof prefix - 1;
  if (strncmp(text, "root/", 5) == 0) {
    snprintf(root, sizeof root, "%s", text + 4);
    root_length = strlen(root);
    return 1;
  }
  char name[16], class;
  int error;
  long n;
  if (sscanf(text, "%15[^/]/%d/%ld/%c", name, &error, &n, &class) != 4) return 0;
  atomic_store(&calls, 0);
  fault = error;
  target = n;
  classes = class == 'c' ? kChange : class == 'o' ? kOpen : kChange | kOpen | kOther;
  strcpy(action, name);
  return 1;
}

int access(const char* path, int mode) {
  if (Command(path)) return 0;
  REAL(access);
  if (IsOurs(path) && Meet(kOther) == 1) return -1;
  return real_access(path, mode);
}

ssize_t readlink(const char* path, char* buffer, size_t size) {
  if (strcmp(path, "/ndmemo-interpose/largest") == 0) {
    return snprintf(buffer, size, "%ld", atomic_exchange(&largest, 0));
  }
  if (strcmp(path, "/ndmemo-interpose/count") == 0) {
    return snprintf(buffer, size, "%ld", atomic_load(&calls));
  }
  REAL(readlink);
  return real_readlink(path, buffer, size);
}

static int OpenClass(int flags) { return flags & (O_CREAT | O_TRUNC) ? kChange | kOpen : kOpen; }

#define OPEN(name)                                                  \
  int name(const char* path, int flags, ...) {                      \
    REAL(name);                                                     \
    va_list list;                                                   \
    va_start(list, flags);                                          \
    const mode_t mode = flags & O_CREAT ? va_arg(list, mode_t) : 0; \
    va_end(list);                                                   \
    if (IsOurs(path) && Meet(OpenClass(flags)) == 1) return -1;     \
    return real_##name(path, flags, mode);                          \
  }
OPEN(open)
OPEN(open64)

DIR* opendir(const char* path) {
  REAL(opendir);
  if (IsOurs(path) && Meet(kOpen) == 1) return NULL;
  return real_opendir(path);
}

// As NFS does, a close may report what a write before it met; the file is closed all the same.
int close(int fd) {
  REAL(close);
  const int outcome = IsOurFile(fd) ? Meet(kOther) : 0;
  const int result = real_close(fd);
  if (outcome != 1) return result;
  errno = fault;
  return -1;
}

#define ON_PATH(type, name, class, parameters, arguments) \
  type name parameters {                                  \
    REAL(name);                                           \
    if (IsOurs(path) && Meet(class) == 1) return -1;      \
    return real_##name arguments;                         \
  }
ON_PATH(int, mkdir, kChange, (const char* path, mode_t mode), (path, mode))
ON_PATH(int, rmdir, kChange, (const char* path), (path))
ON_PATH(int, unlink, kChange, (const char* path), (path))

int unlinkat(int at, const char* path, int flags) {
  REAL(unlinkat);
  if ((IsOurs(path) || IsOurFile(at)) && Meet(kChange) == 1) return -1;
  return real_unlinkat(at, path, flags);
}

#define ON_TWO_PATHS(name)                                             \
  int name(const char* from, const char* to) {                         \
    REAL(name);                                                        \
    if ((IsOurs(from) || IsOurs(to)) && Meet(kChange) == 1) return -1; \
    return real_##name(from, to);                                      \
  }
ON_TWO_PATHS(rename)

int utimensat(int at, const char* path, const struct timespec times[2], int flags) {
  REAL(utimensat);
  if (IsOurs(path) && Meet(kChange) == 1) return -1;
  return real_utimensat(at, path, times, flags);
}

#define ON_FILE(type, name, class, parameters, arguments) \
  type name parameters {                                  \
    REAL(name);                                           \
    if (IsOurFile(fd) && Meet(class) == 1) return -1;     \
    return real_##name arguments;                         \
  }
ON_FILE(int, futimens, kChange, (int fd, const struct timespec times[2]), (fd, times))
ON_FILE(int, ftruncate64, kChange, (int fd, off64_t length), (fd, length))
ON_FILE(int, fallocate64, kChange, (int fd, int mode, off64_t at, off64_t length),
        (fd, mode, at, length))
ON_FILE(int, fsync, kChange, (int fd), (fd))
ON_FILE(int, fdatasync, kChange, (int fd), (fd))
ON_FILE(ssize_t, writev, kChange, (int fd, const struct iovec* list, int count), (fd, list, count))

// With one byte, half would be nothing: the end of a file, or no progress.
static size_t Half(size_t size) { return size > 1 ? size / 2 : size; }

#define TRANSFER(name, class, parameters, whole, half)   \
  ssize_t name parameters {                              \
    REAL(name);                                          \
    const int outcome = IsOurFile(fd) ? Meet(class) : 0; \
    if (outcome == 1) return -1;                         \
    if (outcome == 0) return real_##name whole;          \
    const ssize_t done = real_##name half;               \
    if (outcome == 3) kill(getpid(), SIGKILL);           \
    return done;                                         \
  }
TRANSFER(read, kOther, (int fd, void* data, size_t size), (fd, data, size), (fd, data, Half(size)))
TRANSFER(write, kChange, (int fd, const void* data, size_t size), (fd, data, size),
         (fd, data, Half(size)))
TRANSFER(pread64, kOther, (int fd, void* data, size_t size, off64_t at), (fd, data, size, at),
         (fd, data, Half(size), at))
TRANSFER(pwrite64, kChange, (int fd, const void* data, size_t size, off64_t at),
         (fd, data, size, at), (fd, data, Half(size), at))

// Memory ----------------------------------------------------------------------------------------

void* __libc_malloc(size_t size);
void* __libc_calloc(size_t count, size_t size);
void* __libc_realloc(void* memory, size_t size);

static void Asked(size_t size) {
  long known = atomic_load(&largest);
  while ((long)size > known && !atomic_compare_exchange_weak(&largest, &known, (long)size)) {
  }
}

void* malloc(size_t size) {
  Asked(size);
  return __libc_malloc(size);
}

void* calloc(size_t count, size_t size) {
  Asked(count * size);
  return __libc_calloc(count, size);
}

void* realloc(void* memory, size_t size) {
  Asked(size);
  return __libc_realloc(memory, size);
}

// Maps and locks --------------------------------------------------------------------------------

void* mmap64(void* at, size_t length, int protection, int flags, int fd, off64_t offset) {
  REAL(mmap64);
  if (flags & MAP_ANONYMOUS && protection != PROT_NONE) Asked(length);
  if (!(flags & MAP_ANONYMOUS) && IsOurFile(fd) && Meet(kChange) == 1) return MAP_FAILED;
  return real_mmap64(at, length, protection, flags, fd, offset);
}

int fcntl64(int fd, int command, ...) {
  REAL(fcntl64);
  va_list list;
  va_start(list, command);
  void* argument = va_arg(list, void*);
  va_end(list);
  if (command == F_OFD_SETLK && IsOurFile(fd) && Meet(kOther) == 1) return -1;
  return real_fcntl64(fd, command, argument);
}

long syscall(long number, ...) {
  REAL(syscall);
  va_list list;
  va_start(list, number);
  long a[6];
  for (int i = 0; i < 6; i++) a[i] = va_arg(list, long);
  va_end(list);
  // So does libuv ask for these two.
  if (number == SYS_close && IsOurFile((int)a[0]) && Meet(kOther) == 1) {
    real_syscall(number, a[0]);
    errno = fault;
    return -1;
  }
  if (number == SYS_statx) {
    const char* path = (const char*)a[1];
    const int is_ours = path && path[0] ? IsOurs(path) : IsOurFile((int)a[0]);
    if (is_ours && Meet(kOther) == 1) return -1;
  }
  return real_syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}
