/* Looking at many small things: the same few system calls for each. */
#ifndef NETNS_ADDON_LOOK_H
#define NETNS_ADDON_LOOK_H

#include "arguments.h"

#include <linux/fcntl.h>

#define LINK_SIZE 32 /* `net:[4026531833]` and the like */

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

struct entry { /* struct linux_dirent64 */
  uint64_t inode;
  int64_t next;
  uint16_t length;
  uint8_t type;
  char name[];
};

/* -1 if it is no number, or none that a descriptor or a process can have. */
static int32_t digits(const char *text) {
  int32_t value = 0;
  for (; *text >= '0' && *text <= '9' && value < 100000000; text++) value = value * 10 + (*text - '0');
  return *text ? -1 : value;
}

static long numbered_links(int directory, int32_t *numbers, char *links, long most) {
  _Alignas(struct entry) char bytes[4096];
  long count = 0, length;
  while ((length = sys3(__NR_getdents64, directory, (long)bytes, sizeof bytes)) > 0)
    for (struct entry *at = (struct entry *)bytes; (char *)at < bytes + length; at = (struct entry *)((char *)at + at->length)) {
      int32_t number = digits(at->name);
      if (number < 0 || count++ >= most) continue;
      char *link = links + (count - 1) * LINK_SIZE;
      long got = sys4(__NR_readlinkat, directory, (long)at->name, (long)link, LINK_SIZE);
      if (got < LINK_SIZE) link[got < 0 ? 0 : got] = 0;
      numbers[count - 1] = number;
    }
  return count;
}

/* readNumbered(directory, path, numbers, links): opens what is there, reads the links that have numbers for names like readLinks, and closes
 * it. How many there are: those for which there was no room are missing. */
static napi_value read_numbered(napi_env env, napi_callback_info info) {
  napi_value values[4];
  size_t count = 4, room;
  struct text text;
  int directory;
  int32_t *numbers;
  long path;
  char *links;
  text.used = 0;
  napi_get_cb_info(env, info, &count, values, NULL, NULL);
  if (!small_number(env, values[0], &directory) || text_argument(env, values[1], &text, &path) || !bytes_argument(env, values[3], &links, &room) ||
      !numbers_argument(env, values[2], room / LINK_SIZE, &numbers, NULL))
    return number(env, -EINVAL);
  long fd = sys4(__NR_openat, directory, path, O_RDONLY | O_CLOEXEC | O_DIRECTORY, 0);
  if (fd < 0) return number(env, (double)fd);
  long found = numbered_links((int)fd, numbers, links, (long)(room / LINK_SIZE));
  sys1(__NR_close, fd);
  return number(env, (double)found);
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

#endif
