/*
 * Preloaded into a process tree: every fsync and fdatasync waits SLOW_FSYNC_US microseconds first, and is counted in the
 * 8 bytes of the file SLOW_FSYNC_COUNT, which all processes map. Built by slow-fsync.ts.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static uint64_t *counter = NULL;
static struct timespec delay = {0, 0};

__attribute__((constructor)) static void start(void) {
  const char *microseconds = getenv("SLOW_FSYNC_US");
  const char *path = getenv("SLOW_FSYNC_COUNT");
  long us = microseconds == NULL ? 0 : atol(microseconds);
  delay.tv_sec = us / 1000000;
  delay.tv_nsec = (us % 1000000) * 1000;
  if (path == NULL) return;
  int file = open(path, O_RDWR | O_CLOEXEC);
  if (file < 0) return;
  void *page = mmap(NULL, sizeof(uint64_t), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  close(file);
  if (page != MAP_FAILED) counter = page;
}

static void slow_down(void) {
  if (counter != NULL) __atomic_fetch_add(counter, 1, __ATOMIC_RELAXED);
  nanosleep(&delay, NULL);
}

typedef int (*sync_function)(int);

int fsync(int file) {
  static sync_function real = NULL;
  if (real == NULL) real = (sync_function)dlsym(RTLD_NEXT, "fsync");
  slow_down();
  return real(file);
}

int fdatasync(int file) {
  static sync_function real = NULL;
  if (real == NULL) real = (sync_function)dlsym(RTLD_NEXT, "fdatasync");
  slow_down();
  return real(file);
}
