/*
 * repeat COUNT PROGRAM [ARGUMENT...]: run a program COUNT times, one after the other, output discarded.
 *
 * Prints the stamps of the whole and then one duration in nanoseconds per run. "{}" in an argument becomes the number
 * of the run. A run that fails ends everything: a benchmark of failures would be a fast one.
 *
 * Starting a program from here costs a vfork; from Node it would cost more than the programs that are compared.
 */
#define _GNU_SOURCE
#include "common.h"
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>

extern char **environ;

/* The words of the command with every "{}" replaced; `room` holds the replaced words. */
static void number_words(char **words, char **numbered, char (*room)[4096], int run) {
  int i = 0;
  for (; words[i]; i++) {
    char *braces = strstr(words[i], "{}");
    numbered[i] = words[i];
    if (!braces) continue;
    snprintf(room[i], sizeof room[i], "%.*s%d%s", (int)(braces - words[i]), words[i], run, braces + 2);
    numbered[i] = room[i];
  }
  numbered[i] = NULL;
}

int main(int argc, char **argv) {
  int count = argc > 2 ? atoi(argv[1]) : 0;
  if (count <= 0 || argc > 64) return 2;
  static char room[64][4096];
  char *words[64];
  long long *durations = calloc(count, sizeof *durations);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);

  long long start = now_ns(), before = start, after = start;
  for (int i = 0; i < count; i++, before = after) {
    pid_t pid;
    int status;
    number_words(argv + 2, words, room, i);
    errno = posix_spawnp(&pid, words[0], &actions, NULL, words, environ);
    if (errno) fail(words[0]);
    if (waitpid(pid, &status, 0) < 0) fail("waitpid");
    after = now_ns();
    durations[i] = after - before;
    if (status) {
      fprintf(stderr, "floor: %s ended with wait status 0x%x in run %d\n", words[0], status, i);
      return 1;
    }
  }
  report(start, after);
  for (int i = 0; i < count; i++) printf("%lld\n", durations[i]);
  return 0;
}
