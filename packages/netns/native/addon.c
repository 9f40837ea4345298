/* The native layer: system calls for JavaScript, and nothing else. Every function returns a number, -errno on failure.
 * What to call, in which order and what a failure means is decided in TypeScript (src/native). */
#include "addon/child.h"
#include "addon/datagrams.h"
#include "addon/held.h"
#include "addon/look.h"
#include "addon/memory.h"
#include "addon/program.h"
#include "addon/spawn.h"
#include "addon/watch.h"

NAPI_MODULE_INIT() {
  const napi_property_descriptor functions[] = {
      {"syscall", NULL, call, NULL, NULL, NULL, napi_enumerable, NULL},
      {"inChild", NULL, in_child, NULL, NULL, NULL, napi_enumerable, NULL},
      {"inChildren", NULL, in_children, NULL, NULL, NULL, napi_enumerable, NULL},
      {"hold", NULL, hold, NULL, NULL, NULL, napi_enumerable, NULL},
      {"letGo", NULL, let_go, NULL, NULL, NULL, napi_enumerable, NULL},
      {"readLinks", NULL, read_links, NULL, NULL, NULL, napi_enumerable, NULL},
      {"readNumbered", NULL, read_numbered, NULL, NULL, NULL, napi_enumerable, NULL},
      {"readFile", NULL, read_file, NULL, NULL, NULL, napi_enumerable, NULL},
      {"asking", NULL, asking, NULL, NULL, NULL, napi_enumerable, NULL},
      {"receive", NULL, receive, NULL, NULL, NULL, napi_enumerable, NULL},
      {"map", NULL, map, NULL, NULL, NULL, napi_enumerable, NULL},
      {"unmap", NULL, unmap, NULL, NULL, NULL, napi_enumerable, NULL},
      {"watch", NULL, watch, NULL, NULL, NULL, napi_enumerable, NULL},
      {"unwatch", NULL, unwatch, NULL, NULL, NULL, napi_enumerable, NULL},
      {"keepAlive", NULL, keep_alive, NULL, NULL, NULL, napi_enumerable, NULL},
      {"spawn", NULL, spawn, NULL, NULL, NULL, napi_enumerable, NULL},
      {"started", NULL, started, NULL, NULL, NULL, napi_enumerable, NULL},
      {"reap", NULL, reap, NULL, NULL, NULL, napi_enumerable, NULL},
      {"exec", NULL, exec, NULL, NULL, NULL, napi_enumerable, NULL},
  };
  struct held *held = malloc(sizeof *held);
  if (held) {
    held->words = NULL, held->count = 0, held->launches = NULL;
    napi_set_instance_data(env, held, held_finalize, NULL);
  }
  napi_define_properties(env, exports, sizeof functions / sizeof *functions, functions);
  return exports;
}
