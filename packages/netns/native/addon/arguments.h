/* Arguments: number, bigint, string (NUL-terminated copy), typed array (its memory), null, { result: step }, { item: true }. */
#ifndef NETNS_ADDON_ARGUMENTS_H
#define NETNS_ADDON_ARGUMENTS_H

#include "../sys.h"

#include <node_api.h>

#define MAX_ARGS 7 /* the number and six arguments */
#define MAX_STEPS 256
#define ITEM -1      /* what the step is done for: see `struct items` */
#define TEXT_SIZE 65536 /* all strings of one call; PATH_MAX is 4096 */

void *malloc(size_t);
void *realloc(void *, size_t);
void free(void *);

static napi_value number(napi_env env, double value) {
  napi_value result;
  napi_create_double(env, value, &result);
  return result;
}

static bool is_null(napi_env env, napi_value value) {
  napi_valuetype type;
  return napi_typeof(env, value, &type) == napi_ok && type == napi_null;
}

struct text {
  size_t used; /* first: what is far away from what is used is in another page of memory */
  char bytes[TEXT_SIZE];
};

struct step {
  long args[MAX_ARGS];
  unsigned references; /* bit i: args[i] is the number of an earlier step, to be replaced by its result; or ITEM */
  bool borrows;        /* memory of JavaScript */
};

/* Only whole numbers that a double holds exactly: NaN must not become descriptor 0. */
static long whole_number(napi_env env, napi_value value, long *out) {
  double exact;
  if (napi_get_value_double(env, value, &exact) != napi_ok) return -EINVAL;
  if (!(exact >= -9007199254740991.0 && exact <= 9007199254740991.0) || exact != (double)(long)exact) return -EINVAL;
  *out = (long)exact;
  return 0;
}

static bool small_number(napi_env env, napi_value value, int *out) {
  long exact;
  if (whole_number(env, value, &exact) || exact != (int)exact) return false;
  *out = (int)exact;
  return true;
}

/* 64 bits, signed or not: masks and flags have all of them. */
static long big_number(napi_env env, napi_value value, long *out) {
  int64_t with_sign;
  uint64_t without;
  bool lossless;
  napi_get_value_bigint_int64(env, value, &with_sign, &lossless);
  *out = (long)with_sign;
  if (lossless) return 0;
  napi_get_value_bigint_uint64(env, value, &without, &lossless);
  *out = (long)without;
  return lossless ? 0 : -EINVAL;
}

static long text_argument(napi_env env, napi_value value, struct text *text, long *out) {
  size_t length, room = TEXT_SIZE - text->used;
  if (napi_get_value_string_utf8(env, value, NULL, 0, &length) != napi_ok || length >= room) return -ENAMETOOLONG;
  char *start = text->bytes + text->used;
  napi_get_value_string_utf8(env, value, start, room, &length);
  if (string_length(start) != length) return -EINVAL; /* a NUL inside would silently cut a path short */
  text->used += length + 1;
  *out = (long)start;
  return 0;
}

static long object_argument(napi_env env, napi_value value, struct step *step, unsigned index) {
  bool is;
  void *data;
  if (napi_is_typedarray(env, value, &is) == napi_ok && is) {
    if (napi_get_typedarray_info(env, value, NULL, NULL, &data, NULL, NULL) != napi_ok) return -EINVAL;
    step->args[index] = (long)data;
    step->borrows = true;
    return 0;
  }
  napi_value property;
  step->references |= 1u << index;
  step->args[index] = ITEM;
  if (napi_has_named_property(env, value, "item", &is) == napi_ok && is) return 0;
  if (napi_get_named_property(env, value, "result", &property) != napi_ok) return -EINVAL;
  long error = whole_number(env, property, &step->args[index]);
  return !error && step->args[index] < 0 ? -EINVAL : error;
}

static long argument(napi_env env, napi_value value, struct text *text, struct step *step, unsigned index) {
  napi_valuetype type;
  if (napi_typeof(env, value, &type) != napi_ok) return -EINVAL;
  switch (type) {
    case napi_number: return whole_number(env, value, &step->args[index]);
    case napi_bigint: return big_number(env, value, &step->args[index]);
    case napi_string: return text_argument(env, value, text, &step->args[index]);
    case napi_object: return object_argument(env, value, step, index);
    case napi_null:
    case napi_undefined: step->args[index] = 0; return 0;
    default: return -EINVAL;
  }
}

static bool bytes_argument(napi_env env, napi_value array, char **bytes, size_t *size) {
  napi_typedarray_type type;
  return napi_get_typedarray_info(env, array, &type, size, (void **)bytes, NULL, NULL) == napi_ok && type == napi_uint8_array;
}

/* `count` may be NULL. */
static bool numbers_argument(napi_env env, napi_value array, size_t least, int32_t **numbers, size_t *count) {
  napi_typedarray_type type;
  size_t room;
  if (!count) count = &room;
  return napi_get_typedarray_info(env, array, &type, count, (void **)numbers, NULL, NULL) == napi_ok && type == napi_int32_array && *count >= least;
}

/* syscall(number, ...arguments): one system call, on this thread. */
static napi_value call(napi_env env, napi_callback_info info) {
  struct step step = {{0}, 0, false};
  struct text text;
  napi_value values[MAX_ARGS];
  size_t count = MAX_ARGS;
  text.used = 0;
  napi_get_cb_info(env, info, &count, values, NULL, NULL);
  if (count < 1 || count > MAX_ARGS) return number(env, -EINVAL);
  for (unsigned i = 0; i < count; i++) {
    long error = argument(env, values[i], &text, &step, i);
    if (error == 0 && step.references) error = -EINVAL;
    if (error) return number(env, (double)error);
  }
  const long *a = step.args;
  return number(env, (double)sys6(a[0], a[1], a[2], a[3], a[4], a[5], a[6]));
}

#endif
