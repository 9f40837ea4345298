/* Memory that the kernel shares. */
#ifndef NETNS_ADDON_MEMORY_H
#define NETNS_ADDON_MEMORY_H

#include "held.h"

#define PROT_READ_WRITE 3
#define MAP_SHARED_ 1

struct mapping {
  void *memory; /* NULL once it is unmapped */
  size_t length;
};

static void mapping_finalize(napi_env env, void *data, void *hint) {
  struct mapping *mapping = hint;
  (void)env, (void)data;
  if (mapping->memory) sys2(__NR_munmap, (long)mapping->memory, (long)mapping->length);
  free(mapping);
}

/* map(fd, length): the ArrayBuffer of what mmap(2) gives for a descriptor, to read and write; or -errno. */
static napi_value map(napi_env env, napi_callback_info info) {
  napi_value values[2], result;
  size_t count = 2;
  int fd;
  long length;
  napi_get_cb_info(env, info, &count, values, NULL, NULL);
  if (!small_number(env, values[0], &fd) || whole_number(env, values[1], &length) || length <= 0) return number(env, -EINVAL);
  struct mapping *mapping = malloc(sizeof *mapping);
  if (!mapping) return number(env, -ENOMEM);
  long memory = sys6(__NR_mmap, 0, length, PROT_READ_WRITE, MAP_SHARED_, fd, 0);
  *mapping = (struct mapping){memory < 0 && memory >= -4095 ? NULL : (void *)memory, (size_t)length};
  if (mapping->memory && napi_create_external_arraybuffer(env, mapping->memory, mapping->length, mapping_finalize, mapping, &result) == napi_ok) {
    napi_wrap(env, result, mapping, NULL, NULL, NULL);
    return result;
  }
  if (mapping->memory) sys2(__NR_munmap, memory, length), memory = -EOPNOTSUPP; /* an engine without memory of others */
  free(mapping);
  return number(env, (double)memory);
}

/* unmap(buffer): nobody can reach the memory any more, and it is given back at once: what was mapped lives no longer. */
static napi_value unmap(napi_env env, napi_callback_info info) {
  napi_value value;
  size_t count = 1;
  void *data = NULL;
  napi_get_cb_info(env, info, &count, &value, NULL, NULL);
  if (napi_remove_wrap(env, value, &data) != napi_ok || !data || napi_detach_arraybuffer(env, value) != napi_ok) return number(env, -EINVAL);
  struct mapping *mapping = data;
  long result = sys2(__NR_munmap, (long)mapping->memory, (long)mapping->length);
  mapping->memory = NULL;
  return number(env, (double)result);
}

#endif
