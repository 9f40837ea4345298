/* The native layer: system calls for JavaScript, and nothing else. Every function returns a number, -errno on failure.
 * What to call, in which order and what a failure means is decided in TypeScript (src/native). */
#include "sys.h"

#include <linux/eventpoll.h>
#include <linux/futex.h>
#include <linux/sched.h>
#include <linux/signal.h>
#include <linux/socket.h>
#include <linux/time_types.h>
#include <linux/wait.h>
#include <node_api.h>

#define MAX_ARGS 7 /* the number and six arguments */
#define MAX_STEPS 256
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

/* ---- arguments: number, bigint, string (NUL-terminated copy), typed array (its memory), null, { result: step } ---- */

struct text {
  size_t used; /* first: what is far away from what is used is in another page of memory */
  char bytes[TEXT_SIZE];
};

struct step {
  long args[MAX_ARGS];
  unsigned references; /* bit i: args[i] is the number of an earlier step, to be replaced by its result */
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
  if (napi_get_named_property(env, value, "result", &property) != napi_ok) return -EINVAL;
  step->references |= 1u << index;
  return whole_number(env, property, &step->args[index]);
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

/* ---- a child that shares memory and descriptors, but nothing else, runs a list of system calls and is gone ---- */

struct program {
  struct step steps[MAX_STEPS];
  struct text text;
  long count;
  int32_t *results;
};

/* Until one fails; which one did: behind the last if none. */
__attribute__((no_sanitize("address"), no_sanitize("undefined"))) static long run_steps(struct program *program) {
  long i;
  for (i = 0; i < program->count; i++) {
    struct step *step = &program->steps[i];
    for (unsigned j = 0; j < MAX_ARGS; j++)
      if (step->references & 1u << j) step->args[j] = program->results[step->args[j]];
    const long *a = step->args;
    long result = sys6(a[0], a[1], a[2], a[3], a[4], a[5], a[6]);
    program->results[i] = (int32_t)result;
    if (result < 0) break;
  }
  return i;
}

static void run_program(void *data) {
  sys2(__NR_setpgid, 0, 0); /* whoever kills our whole process group does not stop this half-way */
  run_steps(data);
  for (;;) sys1(__NR_exit, 0);
}

static long read_step(napi_env env, napi_value array, struct program *program, uint32_t index) {
  struct step *step = &program->steps[index];
  napi_value value;
  uint32_t length;
  if (napi_get_array_length(env, array, &length) != napi_ok || length < 1 || length > MAX_ARGS) return -EINVAL;
  for (unsigned i = 0; i < MAX_ARGS; i++) step->args[i] = 0;
  step->references = 0, step->borrows = false;
  for (uint32_t i = 0; i < length; i++) {
    if (napi_get_element(env, array, i, &value) != napi_ok) return -EINVAL;
    long error = argument(env, value, &program->text, step, i);
    if (error) return error;
    if (step->references & 1u << i && (step->args[i] < 0 || step->args[i] >= (long)index)) return -EINVAL;
  }
  return 0;
}

static long read_program(napi_env env, napi_value steps, struct program *program) {
  napi_value array;
  uint32_t length;
  if (napi_get_array_length(env, steps, &length) != napi_ok || length > MAX_STEPS) return -EINVAL;
  program->text.used = 0;
  program->count = length;
  for (uint32_t i = 0; i < length; i++) {
    if (napi_get_element(env, steps, i, &array) != napi_ok) return -EINVAL;
    long error = read_step(env, array, program, i);
    if (error) return error;
  }
  return 0;
}

static bool numbers_argument(napi_env env, napi_value array, size_t least, int32_t **numbers) {
  napi_typedarray_type type;
  size_t room;
  return napi_get_typedarray_info(env, array, &type, &room, (void **)numbers, NULL, NULL) == napi_ok && type == napi_int32_array && room >= least;
}

/* All signals are blocked around the clone: a handler that ran in the child would run in our memory. */
static long clone_and_wait(struct program *program, unsigned long flags) {
  char stack[16384] __attribute__((aligned(16)));
  uint64_t all = ~(uint64_t)0, old;
  int status;
  sys4(__NR_rt_sigprocmask, SIG_BLOCK, (long)&all, (long)&old, sizeof old);
  long pid = sys_clone_call(CLONE_VM | CLONE_VFORK | CLONE_FILES | flags, stack + sizeof stack, run_program, program, NULL, NULL);
  if (pid > 0)
    while (sys4(__NR_wait4, pid, (long)&status, __WALL, 0) == -EINTR) continue;
  sys4(__NR_rt_sigprocmask, SIG_SETMASK, (long)&old, 0, sizeof old);
  return pid < 0 ? pid : 0;
}

#define NAMESPACE_FLAGS \
  (CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET)

/* inChild(steps, results: Int32Array, flags): runs `steps` (arrays like syscall's arguments) until one fails. */
static napi_value in_child(napi_env env, napi_callback_info info) {
  struct program program;
  napi_value values[3];
  size_t count = 3;
  long flags;
  napi_get_cb_info(env, info, &count, values, NULL, NULL);
  long error = read_program(env, values[0], &program);
  if (error) return number(env, (double)error);
  if (!numbers_argument(env, values[1], (size_t)program.count, &program.results)) return number(env, -EINVAL);
  if (whole_number(env, values[2], &flags) || flags & ~(long)NAMESPACE_FLAGS) return number(env, -EINVAL);
  return number(env, (double)clone_and_wait(&program, (unsigned long)flags));
}

/* ---- descriptors that end with their environment: a worker that is terminated runs no JavaScript that could close them ---- */

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

/* ---- looking at many small things: the same few system calls for each ---- */

#define LINK_SIZE 32 /* `net:[4026531833]` and the like */

static bool bytes_argument(napi_env env, napi_value array, char **bytes, size_t *size) {
  napi_typedarray_type type;
  return napi_get_typedarray_info(env, array, &type, size, (void **)bytes, NULL, NULL) == napi_ok && type == napi_uint8_array;
}

/* readLinks(directory, names, links): `names` is "a\0b\0". What link i says goes to links[32 * i], cut there or ended by NUL; nothing if
 * it cannot be read. How many there was room for. */
static napi_value read_links(napi_env env, napi_callback_info info) {
  napi_value values[3];
  size_t count = 3, room, length, used = 0;
  int directory;
  char names[8192], *links;
  napi_get_cb_info(env, info, &count, values, NULL, NULL);
  if (!small_number(env, values[0], &directory) || !bytes_argument(env, values[2], &links, &room) ||
      napi_get_value_string_utf8(env, values[1], names, sizeof names, &length) != napi_ok || length == sizeof names - 1)
    return number(env, -EINVAL);
  for (const char *name = names; name < names + length && used + LINK_SIZE <= room; name += string_length(name) + 1) {
    long got = sys4(__NR_readlinkat, directory, (long)name, (long)(links + used), LINK_SIZE);
    if (got < LINK_SIZE) links[used + (got < 0 ? 0 : (size_t)got)] = 0;
    used += LINK_SIZE;
  }
  return number(env, (double)used / LINK_SIZE);
}

/* readFile(directory, path, flags, buffer): opens, reads once, closes. What the read has returned. */
static napi_value read_file(napi_env env, napi_callback_info info) {
  napi_value values[4];
  size_t count = 4, room;
  struct text text;
  int directory, flags;
  long path;
  char *buffer;
  text.used = 0;
  napi_get_cb_info(env, info, &count, values, NULL, NULL);
  if (!small_number(env, values[0], &directory) || text_argument(env, values[1], &text, &path) ||
      !small_number(env, values[2], &flags) || !bytes_argument(env, values[3], &buffer, &room))
    return number(env, -EINVAL);
  long fd = sys4(__NR_openat, directory, path, flags, 0);
  if (fd < 0) return number(env, (double)fd);
  long got = sys3(__NR_read, fd, (long)buffer, (long)room);
  sys1(__NR_close, fd);
  return number(env, (double)got);
}

/* ---- datagrams: up to SLOTS in one system call ---- */

#define SLOTS 16
#define CONTROL_SIZE 64
#define SOL_NETLINK_ 270
#define NETLINK_LISTEN_ALL_NSID_ 8

struct io_vector { void *base; size_t length; };
struct message_header { void *name; int name_length; struct io_vector *vectors; size_t count; void *control; size_t control_length; unsigned flags; };
struct multi_message { struct message_header header; unsigned length; };
struct control_header { size_t length; int level, type; };

static int32_t nsid_of(const struct message_header *header, const char *control) {
  const struct control_header *c = (const struct control_header *)control;
  if (header->control_length < sizeof *c + sizeof(int32_t)) return -1;
  return c->level == SOL_NETLINK_ && c->type == NETLINK_LISTEN_ALL_NSID_ ? *(const int32_t *)(control + sizeof *c) : -1;
}

#define MSG_TRUNC_ 0x20

struct asking {
  char *request, *answer;
  size_t size, room;
  int flags;
};

static void asking_finalize(napi_env env, void *data, void *hint) {
  (void)env, (void)hint;
  free(data);
}

/* ask(fd, length, most): sends the first `length` bytes of the request, if any, and receives up to `most` datagrams that are there then, one
 * behind the other: the kernel answers while it is being asked. Returns how long they are, which may exceed the room; -errno of a receive,
 * and what came before is lost; -errno - 4096 of the send. */
static napi_value ask(napi_env env, napi_callback_info info) {
  napi_value values[3];
  size_t count = 3, used = 0;
  struct asking *asking;
  int fd, length, most;
  napi_get_cb_info(env, info, &count, values, NULL, (void **)&asking);
  if (!small_number(env, values[0], &fd) || !small_number(env, values[1], &length) || !small_number(env, values[2], &most) || length < 0 ||
      (size_t)length > asking->size || most < 1)
    return number(env, -EINVAL);
  long result = length > 0 ? sys6(__NR_sendto, fd, (long)asking->request, length, 0, 0, 0) : 0;
  if (result < 0) return number(env, (double)(result - 4096));
  for (; most > 0 && used < asking->room; most--, used += (size_t)result) {
    result = sys6(__NR_recvfrom, fd, (long)(asking->answer + used), (long)(asking->room - used), asking->flags | MSG_TRUNC_, 0, 0);
    if (result == -EAGAIN && used > 0) break;
    if (result < 0) return number(env, (double)result);
  }
  return number(env, (double)used);
}

/* asking(request, answer, flags): the function `ask` for two Uint8Arrays, or -errno. It does not look for their memory each time, so they must never
 * be detached; it keeps them alive. */
static napi_value asking(napi_env env, napi_callback_info info) {
  napi_value values[3], result;
  size_t count = 3;
  struct asking asking, *copy;
  napi_get_cb_info(env, info, &count, values, NULL, NULL);
  if (!bytes_argument(env, values[0], &asking.request, &asking.size) || !bytes_argument(env, values[1], &asking.answer, &asking.room) ||
      !small_number(env, values[2], &asking.flags))
    return number(env, -EINVAL);
  if (!(copy = malloc(sizeof *copy))) return number(env, -ENOMEM);
  *copy = asking;
  napi_create_function(env, "ask", NAPI_AUTO_LENGTH, ask, copy, &result);
  napi_add_finalizer(env, result, copy, asking_finalize, NULL, NULL);
  const napi_property_descriptor memory[] = {
      {"request", NULL, NULL, NULL, NULL, values[0], napi_default, NULL},
      {"answer", NULL, NULL, NULL, NULL, values[1], napi_default, NULL},
  };
  napi_define_properties(env, result, 2, memory);
  return result;
}

/* receive(fd, buffer, slotSize, info: Int32Array, flags): datagram i goes to buffer[i * slotSize], its length, message
 * flags and nsid (-1: the socket's own namespace) to info[3 * i]. */
static napi_value receive(napi_env env, napi_callback_info cb_info) {
  struct multi_message messages[SLOTS];
  struct io_vector vectors[SLOTS];
  char control[SLOTS][CONTROL_SIZE] __attribute__((aligned(8)));
  napi_value values[5];
  size_t count = 5, size, info_length;
  int fd, flags, slot;
  int32_t *info;
  char *buffer;
  napi_typedarray_type buffer_type, info_type;
  napi_get_cb_info(env, cb_info, &count, values, NULL, NULL);
  if ((count != 5 && count != 7) || !small_number(env, values[0], &fd) || !small_number(env, values[2], &slot) || !small_number(env, values[4], &flags) ||
      napi_get_typedarray_info(env, values[1], &buffer_type, &size, (void **)&buffer, NULL, NULL) != napi_ok ||
      napi_get_typedarray_info(env, values[3], &info_type, &info_length, (void **)&info, NULL, NULL) != napi_ok ||
      buffer_type != napi_uint8_array || info_type != napi_int32_array || slot <= 0)
    return number(env, -EINVAL);
  size_t slots = size / (size_t)slot;
  if (slots > info_length / 3) slots = info_length / 3;
  if (slots > SLOTS) slots = SLOTS;
  if (slots == 0) return number(env, -EINVAL);
  for (size_t i = 0; i < slots; i++) {
    vectors[i] = (struct io_vector){buffer + i * (size_t)slot, (size_t)slot};
    messages[i].header = (struct message_header){NULL, 0, &vectors[i], 1, control[i], CONTROL_SIZE, 0};
  }
  long got = sys5(__NR_recvmmsg, fd, (long)messages, (long)slots, flags, 0);
  for (long i = 0; i < got; i++) {
    info[3 * i] = (int32_t)messages[i].length;
    info[3 * i + 1] = (int32_t)messages[i].header.flags;
    info[3 * i + 2] = nsid_of(&messages[i].header, control[i]);
  }
  return number(env, (double)got);
}

/* ---- memory that the kernel shares ---- */

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

/* ---- readiness: libuv watches a descriptor and calls back ---- */

typedef struct uv_loop_s uv_loop_t;
typedef struct uv_handle_s uv_handle_t;
#define UV_POLL_TYPE 8
#define UV_POLL_EVENTS 15 /* readable, writable, disconnect, prioritized: libuv aborts on others */
size_t uv_handle_size(int type);
int uv_poll_init(uv_loop_t *, uv_handle_t *, int fd);
int uv_poll_start(uv_handle_t *, int events, void (*)(uv_handle_t *, int status, int events));
int uv_poll_stop(uv_handle_t *);
void uv_close(uv_handle_t *, void (*)(uv_handle_t *));
void uv_handle_set_data(uv_handle_t *, void *);
void *uv_handle_get_data(const uv_handle_t *);
void uv_ref(uv_handle_t *);
void uv_unref(uv_handle_t *);

struct watch {
  napi_env env;
  napi_ref callback;
  napi_ref self; /* the JavaScript object lives as long as the watch is open: a forgotten one does not fall silent */
  napi_async_context context;
  napi_async_cleanup_hook_handle hook;
  uv_handle_t *handle; /* NULL once closing */
  int references;      /* the JavaScript object and the libuv handle each hold one */
};

static void watch_release(struct watch *watch) {
  if (--watch->references == 0) free(watch);
}

static void watch_closed(uv_handle_t *handle) {
  struct watch *watch = uv_handle_get_data(handle);
  napi_remove_async_cleanup_hook(watch->hook);
  free(handle);
  watch_release(watch);
}

static void watch_close(struct watch *watch) {
  if (!watch->handle) return;
  uv_handle_t *handle = watch->handle;
  watch->handle = NULL;
  napi_delete_reference(watch->env, watch->callback);
  napi_delete_reference(watch->env, watch->self);
  napi_async_destroy(watch->env, watch->context);
  uv_poll_stop(handle);
  uv_close(handle, watch_closed);
}

static void watch_cleanup(napi_async_cleanup_hook_handle hook, void *data) {
  (void)hook;
  watch_close(data);
}

static void watch_finalize(napi_env env, void *data, void *hint) {
  (void)env, (void)hint;
  watch_close(data);
  watch_release(data);
}

/* Nobody called us: what the callback threw is an uncaught exception, not one for whoever calls into this addon next. */
static void report_exception(napi_env env) {
  bool pending = false;
  napi_value exception;
  if (napi_is_exception_pending(env, &pending) != napi_ok || !pending) return;
  if (napi_get_and_clear_last_exception(env, &exception) == napi_ok) napi_fatal_exception(env, exception);
}

static void watch_ready(uv_handle_t *handle, int status, int events) {
  struct watch *watch = uv_handle_get_data(handle);
  napi_handle_scope scope;
  napi_value callback, receiver, arguments[2];
  napi_open_handle_scope(watch->env, &scope);
  napi_get_reference_value(watch->env, watch->callback, &callback);
  napi_get_global(watch->env, &receiver);
  arguments[0] = number(watch->env, status);
  arguments[1] = number(watch->env, events);
  napi_make_callback(watch->env, watch->context, receiver, callback, 2, arguments, NULL);
  report_exception(watch->env);
  napi_close_handle_scope(watch->env, scope);
}

/* Takes over both pieces of memory unless it fails. */
static int watch_open(napi_env env, struct watch *watch, uv_handle_t *handle, int fd, int events, napi_value callback) {
  uv_loop_t *loop;
  napi_value name;
  if (!watch || !handle) return -ENOMEM;
  if (napi_get_uv_event_loop(env, &loop) != napi_ok) return -ENOSYS;
  int error = uv_poll_init(loop, handle, fd);
  if (error) return error;
  uv_handle_set_data(handle, watch);
  napi_create_string_utf8(env, "netns.watch", NAPI_AUTO_LENGTH, &name);
  watch->env = env, watch->handle = handle, watch->references = 2;
  napi_async_init(env, NULL, name, &watch->context);
  napi_create_reference(env, callback, 1, &watch->callback);
  napi_add_async_cleanup_hook(env, watch_cleanup, watch, &watch->hook);
  uv_poll_start(handle, events, watch_ready); /* fails only for events that the caller has refused */
  return 0;
}

/* watch(fd, events, callback(status, events)): a handle for unwatch and keepAlive, or -errno. The descriptor becomes non-blocking. */
static napi_value watch(napi_env env, napi_callback_info info) {
  napi_value values[3], result;
  napi_valuetype type;
  size_t count = 3;
  int fd, events;
  napi_get_cb_info(env, info, &count, values, NULL, NULL);
  if (!small_number(env, values[0], &fd) || !small_number(env, values[1], &events) || events == 0 ||
      events & ~UV_POLL_EVENTS || napi_typeof(env, values[2], &type) != napi_ok || type != napi_function)
    return number(env, -EINVAL);
  struct watch *watch = malloc(sizeof *watch);
  uv_handle_t *handle = malloc(uv_handle_size(UV_POLL_TYPE));
  int error = watch_open(env, watch, handle, fd, events, values[2]);
  if (error) {
    free(watch), free(handle);
    return number(env, error);
  }
  napi_create_external(env, watch, watch_finalize, NULL, &result);
  napi_create_reference(env, result, 1, &watch->self);
  return result;
}

static struct watch *watch_argument(napi_env env, napi_callback_info info, int *flag) {
  napi_value values[2];
  size_t count = 2;
  void *data = NULL;
  bool on;
  napi_get_cb_info(env, info, &count, values, NULL, NULL);
  if (flag && napi_get_value_bool(env, values[1], &on) == napi_ok) *flag = on;
  return napi_get_value_external(env, values[0], &data) == napi_ok ? data : NULL;
}

/* unwatch(handle): no callback after this; harmless when repeated. */
static napi_value unwatch(napi_env env, napi_callback_info info) {
  struct watch *watch = watch_argument(env, info, NULL);
  if (!watch) return number(env, -EINVAL);
  watch_close(watch);
  return number(env, 0);
}

/* keepAlive(handle, boolean): whether the watch alone keeps the event loop running. */
static napi_value keep_alive(napi_env env, napi_callback_info info) {
  int on = -1;
  struct watch *watch = watch_argument(env, info, &on);
  if (!watch || !watch->handle || on < 0) return number(env, -EINVAL);
  (on ? uv_ref : uv_unref)(watch->handle);
  return number(env, 0);
}

/* ---- a new program: in the place of this one, or beside it ---- */

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

/* ---- spawn: fork(2) copies the tables of all of our memory, for a gigabyte 38 ms of them; this child borrows the memory ----
 * until it is the program, and we do not wait for that: half of the work of a start is the kernel's, and another processor can do it. */

#define LAUNCHES 16 /* so many children may be on their way to their program */
#define OUTCOME 3   /* numbers: the pidfd, which step failed (the exec is the one behind the last), and its errno or 0 */

struct launch {
  struct launch *next;
  int32_t under_way; /* until the kernel has taken our memory from the child, by exec or exit: CLONE_CHILD_CLEARTID */
  int32_t pidfd, step, error;
  char **paths, **argv, **environment, *environment_text;
  int32_t results[MAX_STEPS];
  struct program program;
  char stack[16384] __attribute__((aligned(16)));
};

/* A file without a known format is a shell script, as execvp(3) has it. */
__attribute__((no_sanitize("address"), no_sanitize("undefined"))) static long execute(const char *path, char **argv, char **environment) {
  long error = sys3(__NR_execve, (long)path, (long)argv, (long)environment);
  if (error != -ENOEXEC) return error;
  char *first = argv[0], **shell = argv - 1; /* string_vector has left room */
  shell[0] = (char *)"/bin/sh", shell[1] = (char *)path;
  error = sys3(__NR_execve, (long)shell[0], (long)shell, (long)environment);
  argv[0] = first;
  return error;
}

__attribute__((no_sanitize("address"), no_sanitize("undefined"))) static long become_program(struct launch *launch) {
  long error = -ENOENT, denied = 0;
  drop_signals();
  launch->error = 0; /* what stays if there is no coming back */
  for (char **path = launch->paths; *path; path++) {
    error = execute(*path, launch->argv, launch->environment);
    if (error == -EACCES) denied = error;
    else if (error != -ENOENT && error != -ENOTDIR) return error;
  }
  return denied ? denied : error;
}

__attribute__((no_sanitize("address"), no_sanitize("undefined"))) static void run_launch(void *data) {
  struct launch *launch = data;
  launch->step = (int32_t)run_steps(&launch->program);
  long error = launch->step < launch->program.count ? launch->results[launch->step] : become_program(launch);
  launch->error = (int32_t)-error;
  for (;;) sys1(__NR_exit, 1);
}

static bool is_under_way(struct launch *launch) { return __atomic_load_n(&launch->under_way, __ATOMIC_ACQUIRE) != 0; }

static void await_start(struct launch *launch) {
  while (is_under_way(launch)) sys4(__NR_futex, (long)&launch->under_way, FUTEX_WAIT, 1, 0);
}

static void launch_clear(struct launch *launch) {
  if (launch->paths) free(launch->paths);
  if (launch->argv) free(launch->argv - 1);
  if (launch->environment_text) free(launch->environment_text);
  if (launch->environment) free(launch->environment);
  launch->paths = launch->argv = launch->environment = NULL, launch->environment_text = NULL;
  launch->pidfd = -1, launch->step = 0, launch->error = 0;
}

static void launches_finalize(struct launch *launch) {
  while (launch) {
    struct launch *next = launch->next;
    await_start(launch);
    launch_clear(launch);
    free(launch);
    launch = next;
  }
}

/* One that is not in use. One that failed is, until `reap` has told of it. */
static struct launch *launch_take(struct held *held) {
  struct launch *launch, *busy = NULL;
  unsigned count = 0;
  for (launch = held->launches; launch; launch = launch->next)
    if (is_under_way(launch)) busy = launch, count++;
    else if (launch->error == 0) return launch_clear(launch), launch;
  if (count >= LAUNCHES) {
    await_start(busy);
    return launch_take(held);
  }
  if (!(launch = malloc(sizeof *launch))) return NULL;
  *launch = (struct launch){.next = held->launches, .pidfd = -1};
  return held->launches = launch;
}

static struct launch *launch_find(napi_env env, int pidfd) {
  struct held *held = NULL;
  napi_get_instance_data(env, (void **)&held);
  struct launch *launch = held ? held->launches : NULL;
  while (launch && launch->pidfd != pidfd) launch = launch->next;
  return launch;
}

/* If we are to wait, the kernel knows that from the beginning: it then gives the child our processor. Whoever emulates Linux may know a child
 * with our memory only like that. */
static long launch_child(struct launch *launch, bool wait) {
  unsigned long flags = CLONE_VM | CLONE_PIDFD | CLONE_CHILD_CLEARTID | SIGCHLD | (wait ? CLONE_VFORK : 0);
  uint64_t all = ~(uint64_t)0, old;
  char *stack = launch->stack + sizeof launch->stack;
  launch->under_way = 1, launch->error = EINTR; /* what stays if it is killed before it comes to the exec */
  sys4(__NR_rt_sigprocmask, SIG_BLOCK, (long)&all, (long)&old, sizeof old);
  long pid = sys_clone_call(flags, stack, run_launch, launch, &launch->pidfd, &launch->under_way);
  if (pid == -EINVAL) pid = sys_clone_call(flags | CLONE_VFORK, stack, run_launch, launch, &launch->pidfd, &launch->under_way);
  sys4(__NR_rt_sigprocmask, SIG_SETMASK, (long)&old, 0, sizeof old);
  if (pid < 0) launch->under_way = 0, launch->error = 0;
  return pid;
}

static void wait_for(long pid, int32_t *status) {
  while (sys4(__NR_wait4, pid, (long)status, __WALL, 0) == -EINTR) continue;
}

static void end_child(long pid, int pidfd) {
  sys4(__NR_pidfd_send_signal, pidfd, SIGKILL, 0, 0);
  wait_for(pid, NULL);
  sys1(__NR_close, pidfd);
}

/* An epoll descriptor of children has their pidfds, and as data of each the process id, too. */
static long await_end(napi_env env, int epoll, long pid, int pidfd) {
  struct epoll_event event = {EPOLLIN, (uint64_t)pid << 32 | (uint32_t)pidfd};
  long error = sys4(__NR_epoll_ctl, epoll, EPOLL_CTL_ADD, pidfd, (long)&event);
  return error ? error : held_set(env, pidfd, true);
}

static long launch_fill(napi_env env, const napi_value *values, struct launch *launch) {
  long error = read_program(env, values[0], &launch->program);
  if (error) return error;
  for (long i = 0; i < launch->program.count; i++)
    if (launch->program.steps[i].borrows) return -EINVAL;
  launch->program.results = launch->results;
  launch->paths = string_vector(env, values[2], 0);
  launch->argv = string_vector(env, values[3], 1);
  launch->environment = is_null(env, values[4]) ? copied_vector(environ) : text_vector(env, values[4], &launch->environment_text);
  return launch->paths && launch->argv && launch->environment ? 0 : -EINVAL;
}

/* Nobody is told of a child that is not awaited, or has not come to its program. */
static long launch_settle(napi_env env, struct launch *launch, long pid, bool wait, napi_value value) {
  int epoll;
  if (wait) await_start(launch);
  bool failed = wait && launch->error;
  long error = failed ? -ECANCELED : small_number(env, value, &epoll) ? await_end(env, epoll, pid, launch->pidfd) : 0;
  if (!error) return pid;
  if (failed) wait_for(pid, NULL), sys1(__NR_close, launch->pidfd);
  else end_child(pid, launch->pidfd);
  await_start(launch);
  return error;
}

static void tell_outcome(struct launch *launch, int32_t *outcome) {
  outcome[0] = launch->pidfd, outcome[1] = launch->step, outcome[2] = launch->error;
}

/* spawn(steps, outcome, paths, argv, environment, wait, epoll): a child does the steps, then becomes the first of `paths` that there is. Without
 * an environment (null) it gets that of this process. With `epoll` (else null) its end is for `reap` to see, which closes the pidfd, too. With `wait` it is the
 * program when this returns; without, `started` and `reap` tell.
 * The process id, and the pidfd as `outcome`; -ECANCELED if it failed, with `outcome` saying where, and has been waited for. */
static napi_value spawn(napi_env env, napi_callback_info info) {
  napi_value values[7];
  size_t count = 7;
  struct held *held = NULL;
  int32_t *outcome;
  bool wait = true;
  napi_get_cb_info(env, info, &count, values, NULL, NULL);
  napi_get_instance_data(env, (void **)&held);
  if (!numbers_argument(env, values[1], OUTCOME, &outcome) || napi_get_value_bool(env, values[5], &wait) != napi_ok || (!wait && is_null(env, values[6])))
    return number(env, -EINVAL);
  struct launch *launch = held ? launch_take(held) : NULL;
  if (!launch) return number(env, -ENOMEM);
  long result = launch_fill(env, values, launch);
  if (result) return number(env, (double)result);
  result = launch_child(launch, wait);
  if (result > 0) result = launch_settle(env, launch, result, wait, values[6]);
  tell_outcome(launch, outcome);
  if (result < 0 || is_null(env, values[6])) launch_clear(launch); /* `reap` will never ask for it */
  return number(env, (double)result);
}

/* started(pidfd, outcome): waits until a child is its program: 0; or has failed: -ECANCELED, and the outcome. */
static napi_value started(napi_env env, napi_callback_info info) {
  napi_value values[2];
  size_t count = 2;
  int pidfd;
  int32_t *outcome;
  napi_get_cb_info(env, info, &count, values, NULL, NULL);
  if (!small_number(env, values[0], &pidfd) || pidfd < 0 || !numbers_argument(env, values[1], OUTCOME, &outcome)) return number(env, -EINVAL);
  struct launch *launch = launch_find(env, pidfd);
  if (launch) await_start(launch);
  if (!launch || !launch->error) return number(env, 0);
  tell_outcome(launch, outcome);
  return number(env, -ECANCELED);
}

#define UNKNOWN_STATUS 0xff00 /* of one that somebody else has waited for: exit code 255 */

/* reap(epoll, end): waits for one of the children that have ended. Its outcome goes to the Int32Array, with a pidfd that is closed, and behind
 * that the status of wait4(2). 1, or 0 if there is none. */
static napi_value reap(napi_env env, napi_callback_info info) {
  napi_value values[2];
  size_t count = 2;
  struct epoll_event event;
  int epoll;
  int32_t *end;
  napi_get_cb_info(env, info, &count, values, NULL, NULL);
  if (!small_number(env, values[0], &epoll) || !numbers_argument(env, values[1], OUTCOME + 1, &end)) return number(env, -EINVAL);
  long found = sys6(__NR_epoll_pwait, epoll, (long)&event, 1, 0, 0, 0);
  if (found <= 0) return number(env, (double)found);
  int pidfd = (int)(uint32_t)event.data;
  end[0] = pidfd, end[1] = 0, end[2] = 0, end[3] = UNKNOWN_STATUS;
  if (sys4(__NR_wait4, (long)(event.data >> 32), (long)&end[3], WNOHANG, 0) == 0) return number(env, 0);
  struct launch *launch = launch_find(env, pidfd);
  if (launch) {
    await_start(launch);
    tell_outcome(launch, end);
    launch->pidfd = -1, launch->error = 0;
  }
  sys4(__NR_epoll_ctl, epoll, EPOLL_CTL_DEL, pidfd, 0); /* closing is not enough: another child may have it until it is a program */
  held_set(env, pidfd, false);
  sys1(__NR_close, pidfd);
  return number(env, 1);
}

NAPI_MODULE_INIT() {
  const napi_property_descriptor functions[] = {
      {"syscall", NULL, call, NULL, NULL, NULL, napi_enumerable, NULL},
      {"inChild", NULL, in_child, NULL, NULL, NULL, napi_enumerable, NULL},
      {"hold", NULL, hold, NULL, NULL, NULL, napi_enumerable, NULL},
      {"letGo", NULL, let_go, NULL, NULL, NULL, napi_enumerable, NULL},
      {"readLinks", NULL, read_links, NULL, NULL, NULL, napi_enumerable, NULL},
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
