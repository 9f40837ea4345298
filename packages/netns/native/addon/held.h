/* Descriptors that end with their environment: a worker that is terminated runs no JavaScript that could close them. */
#ifndef NETNS_ADDON_HELD_H
#define NETNS_ADDON_HELD_H

#include "arguments.h"

struct held {
  uint64_t *words; /* bit n of all: descriptor n is held */
  long count;
  struct launch *launches;
};

static void launches_finalize(struct launch *launch);

static void held_finalize(napi_env env, void *data, void *hint) {
  struct held *held = data;
  (void)env, (void)hint;
  launches_finalize(held->launches);
  for (long fd = 0; fd < held->count * 64; fd++)
    if (held->words[fd / 64] >> fd % 64 & 1) sys1(__NR_close, fd);
  free(held->words), free(held);
}

static bool held_grow(struct held *held, long words) {
  uint64_t *more = realloc(held->words, (size_t)words * sizeof *more);
  if (!more) return false;
  while (held->count < words) more[held->count++] = 0;
  held->words = more;
  return true;
}

static long held_set(napi_env env, int fd, bool hold) {
  struct held *held = NULL;
  napi_get_instance_data(env, (void **)&held);
  if (!held || (fd / 64 >= held->count && hold && !held_grow(held, (fd / 64 + 1) * 2L))) return -ENOMEM;
  if (hold) held->words[fd / 64] |= (uint64_t)1 << fd % 64;
  else if (fd / 64 < held->count) held->words[fd / 64] &= ~((uint64_t)1 << fd % 64);
  return 0;
}

static napi_value held_change(napi_env env, napi_callback_info info, bool hold) {
  napi_value value;
  size_t count = 1;
  int fd;
  napi_get_cb_info(env, info, &count, &value, NULL, NULL);
  return number(env, !small_number(env, value, &fd) || fd < 0 ? -EINVAL : (double)held_set(env, fd, hold));
}

/* hold(fd): it is closed when this thread's JavaScript ends.       letGo(fd): it is not. */
static napi_value hold(napi_env env, napi_callback_info info) { return held_change(env, info, true); }
static napi_value let_go(napi_env env, napi_callback_info info) { return held_change(env, info, false); }

#endif
