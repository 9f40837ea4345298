/* Datagrams: up to SLOTS in one system call. */
#ifndef NETNS_ADDON_DATAGRAMS_H
#define NETNS_ADDON_DATAGRAMS_H

#include "arguments.h"

#include <linux/socket.h>
#include <linux/time_types.h>

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

#endif
