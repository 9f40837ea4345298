/* A new program: in the place of this one, or beside it. */
#ifndef NETNS_ADDON_PROGRAM_H
#define NETNS_ADDON_PROGRAM_H

#include "arguments.h"

#include <linux/sched.h>
#include <linux/signal.h>

#define SIGNALS 64
#define PLAIN_SIGNALS 31 /* before those of real time, which nobody ignores */

struct signals {
  struct { void *handler; unsigned long flags; void *restorer; uint64_t mask; } actions[SIGNALS];
  uint64_t blocked;
};

/* Node leaves SIGPIPE ignored and signals blocked or handled; a new program must start with the defaults. */
static void reset_signals(struct signals *saved) {
  uint64_t action[4] = {0}, none = 0;
  for (long i = 0; i < SIGNALS; i++) sys4(__NR_rt_sigaction, i + 1, (long)action, (long)&saved->actions[i], sizeof none);
  sys4(__NR_rt_sigprocmask, SIG_SETMASK, (long)&none, (long)&saved->blocked, sizeof none);
}

/* The same where there is no way back: execve(2) itself resets those that have a handler. */
__attribute__((no_sanitize("address"), no_sanitize("undefined"))) static void drop_signals(void) {
  uint64_t action[4] = {0}, none = 0;
  for (long i = 1; i <= PLAIN_SIGNALS; i++) sys4(__NR_rt_sigaction, i, (long)action, 0, sizeof none);
  sys4(__NR_rt_sigprocmask, SIG_SETMASK, (long)&none, 0, sizeof none);
}

static void restore_signals(const struct signals *saved) {
  sys4(__NR_rt_sigprocmask, SIG_SETMASK, (long)&saved->blocked, 0, sizeof saved->blocked);
  for (long i = 0; i < SIGNALS; i++) sys4(__NR_rt_sigaction, i + 1, (long)&saved->actions[i], 0, sizeof saved->blocked);
}

/* Copies an array of strings into one block: the pointers, with room for `before` more in front of them, NULL, then the bytes. */
static char **string_vector(napi_env env, napi_value array, size_t before) {
  uint32_t length;
  size_t total = 0, size;
  napi_value value;
  if (napi_get_array_length(env, array, &length) != napi_ok) return NULL;
  for (uint32_t i = 0; i < length; i++) {
    if (napi_get_element(env, array, i, &value) != napi_ok || napi_get_value_string_utf8(env, value, NULL, 0, &size) != napi_ok) return NULL;
    total += size + 1;
  }
  char **block = malloc((before + length + 1) * sizeof(char *) + total), **vector = block + before;
  if (!block) return NULL;
  char *bytes = (char *)(vector + length + 1);
  for (uint32_t i = 0; i < length; i++) {
    if (napi_get_element(env, array, i, &value) != napi_ok ||
        napi_get_value_string_utf8(env, value, bytes, total, &size) != napi_ok || string_length(bytes) != size) {
      free(block); /* a NUL inside would silently cut a word short */
      return NULL;
    }
    vector[i] = bytes;
    bytes += size + 1, total -= size + 1;
  }
  vector[length] = NULL;
  return vector;
}

extern char **environ;

/* The same for strings that others may change. */
static char **copied_vector(char *const *strings) {
  size_t count = 0, total = 0;
  for (; strings[count]; count++) total += string_length(strings[count]) + 1;
  char **vector = malloc((count + 1) * sizeof(char *) + total);
  if (!vector) return NULL;
  char *bytes = (char *)(vector + count + 1);
  for (size_t i = 0; i < count; i++) {
    vector[i] = bytes;
    for (const char *from = strings[i]; (*bytes++ = *from); from++) continue;
  }
  vector[count] = NULL;
  return vector;
}

/* The words of "A=1\0B=2\0", as pointers into a copy of it: a whole environment in one argument costs a tenth of an array. */
static char **text_vector(napi_env env, napi_value text, char **copy) {
  size_t length, count = 1;
  if (napi_get_value_string_utf8(env, text, NULL, 0, &length) != napi_ok || !(*copy = malloc(length + 1))) return NULL;
  napi_get_value_string_utf8(env, text, *copy, length + 1, &length);
  for (size_t i = 0; i < length; i++) count += (*copy)[i] == 0;
  char **vector = malloc((count + 1) * sizeof *vector), **next = vector;
  if (!vector) return NULL;
  for (char *word = *copy; word < *copy + length; word += string_length(word) + 1) *next++ = word;
  *next = NULL;
  return vector;
}

/* exec(path, argv, environment): becomes the program; returns only on failure. */
static napi_value exec(napi_env env, napi_callback_info info) {
  napi_value values[3];
  size_t count = 3;
  struct text text;
  struct signals signals;
  long path;
  text.used = 0;
  napi_get_cb_info(env, info, &count, values, NULL, NULL);
  if (text_argument(env, values[0], &text, &path)) return number(env, -EINVAL);
  char *copy = NULL, **argv = string_vector(env, values[1], 0), **environment = text_vector(env, values[2], &copy);
  long error = -EINVAL;
  if (argv && environment) {
    reset_signals(&signals);
    error = sys3(__NR_execve, path, (long)argv, (long)environment);
    restore_signals(&signals);
  }
  free(argv), free(environment), free(copy);
  return number(env, (double)error);
}

#endif
