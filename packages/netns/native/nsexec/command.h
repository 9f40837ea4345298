/* Becoming the command. */
#ifndef NSEXEC_COMMAND_H
#define NSEXEC_COMMAND_H

#include "steps.h"

#include <linux/limits.h>


/* A file without a known format is a shell script, as execvp(3) has it. */
static long execute(const char *path, char **argv, char **environment) {
  long error = sys3(__NR_execve, (long)path, (long)argv, (long)environment);
  if (error != -ENOEXEC) return error;
  unsigned count = 0;
  while (argv[count]) count++;
  char *shell[count + 2];
  shell[0] = "/bin/sh", shell[1] = (char *)path;
  for (unsigned i = 1; i <= count; i++) shell[i + 1] = argv[i];
  return sys3(__NR_execve, (long)shell[0], (long)shell, (long)environment);
}

/* Errors of a directory in PATH that do not end the search: a network file system may be away. */
static int is_elsewhere(long error) {
  return error == ENOENT || error == ENOTDIR || error == ESTALE || error == ENODEV || error == ETIMEDOUT;
}

static long execute_in_path(const char *name, char **argv, char **environment) {
  const char *path = "/bin:/usr/bin";
  char file[PATH_SIZE];
  long denied = 0;
  for (const char *p = name; *p; p++)
    if (*p == '/') return execute(name, argv, environment);
  if (!*name) return -ENOENT;
  if (string_length(name) > NAME_MAX) return -ENAMETOOLONG;
  for (char **e = environment; *e; e++)
    if ((*e)[0] == 'P' && (*e)[1] == 'A' && (*e)[2] == 'T' && (*e)[3] == 'H' && (*e)[4] == '=') path = *e + 5;
  for (const char *start = path, *end;; start = end + 1) {
    for (end = start; *end && *end != ':';) end++;
    size_t n = (size_t)(end - start), length = string_length(name);
    if (n + length + 2 <= sizeof file) {
      memcpy(file, start, n);
      if (n) file[n++] = '/';
      memcpy(file + n, name, length + 1);
      long error = execute(file, argv, environment);
      if (error == -EACCES) denied = error;
      else if (!is_elsewhere(-error)) return error;
    }
    if (!*end) return denied ? denied : -ENOENT;
  }
}

/* The user's own shell: the last field of their line in /etc/passwd, as it is here and now. */
static const char *login_shell(char *text, size_t room) {
  long uid = sys0(__NR_getuid), fd = open_path("/etc/passwd", O_RDONLY), length = fd < 0 ? fd : sys3(__NR_read, fd, (long)text, (long)room - 1);
  sys1(__NR_close, fd);
  text[length > 0 ? length : 0] = 0;
  for (char *line = text, *end; *line; line = end) {
    char *shell = line;
    unsigned colons = 0;
    int found = 0;
    for (end = line; *end && *end != '\n'; end++)
      if (*end == ':' && ++colons == 2) found = to_number(end + 1) == uid;
      else if (*end == ':' && colons == 6) shell = end + 1;
    if (*end) *end++ = 0;
    if (found && colons >= 6 && *shell) return shell;
  }
  return "/bin/sh";
}

/* `-bash` for /bin/bash: how a shell knows that it is the first one. */
static const char *login_name(const char *shell, char *out, size_t room) {
  const char *base = shell;
  for (const char *p = shell; *p; p++)
    if (*p == '/') base = p + 1;
  return join(out, room, (const char *const[]){"-", base}, 2) < 0 ? shell : out;
}

__attribute__((noreturn)) static void become(char **argv, long position) {
  static char passwd[65536], name[PATH_SIZE], text[3 * PATH_SIZE];
  char *shell[] = {0, 0};
  if (!*argv) {
    shell[0] = (char *)login_shell(passwd, sizeof passwd);
    argument_zero = login_name(shell[0], name, sizeof name);
    argv = shell;
  }
  const char *file = argv[0];
  if (argument_zero) argv[0] = (char *)argument_zero;
  if (report_fd >= 0) sys3(__NR_write, report_fd, (long)".", 1);
  long error = execute_in_path(file, argv, environment);
  if (report_fd < 0 && JOIN(text, command_text, file) > 0) command_text = argv == shell ? text : command_text;
  fail(command_text, position, -error, error == -ENOENT ? not_found_status : other_status);
}

#endif
