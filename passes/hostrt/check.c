/*===- hostrt/check.c - asking for an exception, and printing it --------------===
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * A record is host memory: it can be read when its context is gone. What a program did not ask for is printed when it
 * exits, and a status of 0 becomes 1.
 *===------------------------------------------------------------------------*/
#define _DEFAULT_SOURCE
#include "hostrt/internal.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Bytes that come from a device are not trusted to end with a NUL. */
static int text_length(const char *text, unsigned long cap) { return (int)strnlen(text, cap); }
#define TEXT(FIELD) text_length(record->FIELD, sizeof(record->FIELD)), record->FIELD

static const char *kind_text(uint32_t kind) {
  switch (kind) {
  case CORDON_EXCEPTION_THROW:
    return "exception";
  case CORDON_EXCEPTION_ASSERT:
    return "assertion failed";
  case CORDON_EXCEPTION_ABORT:
    return "abort";
  case CORDON_EXCEPTION_OUT_OF_MEMORY:
    return "out of memory";
  case CORDON_EXCEPTION_PURE_VIRTUAL:
    return "pure virtual function called";
  case CORDON_EXCEPTION_EXIT:
    return "exit";
  case CORDON_EXCEPTION_HEAP:
    return "heap error";
  default:
    return "exception of an unknown kind";
  }
}

int cordon_format_exception(const struct cordon_exception_record *record, char *out, unsigned long cap) {
  char place[160] = "", where[160] = "", message[320];
  if (record->message[0])
    snprintf(message, sizeof(message), "%s%.*s", record->kind == CORDON_EXCEPTION_ASSERT ? "assertion failed: " : "",
             TEXT(message));
  else
    snprintf(message, sizeof(message), "%s", kind_text(record->kind));
  if (record->file[0] && record->line)
    snprintf(place, sizeof(place), " (%.*s:%u)", TEXT(file), record->line);
  else if (record->file[0])
    snprintf(place, sizeof(place), " (%.*s)", TEXT(file));
  if (record->kernel[0])
    snprintf(where, sizeof(where), " in kernel '%.*s'", TEXT(kernel));
  return snprintf(out, cap, "cordon: exception%s, block (%u,%u,%u), thread (%u,%u,%u): %s%s", where, record->block[0],
                  record->block[1], record->block[2], record->thread[0], record->thread[1], record->thread[2], message,
                  place);
}

int cordon_check(struct cordon_exception_record *out) {
  static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
  int kind = 0;
  pthread_mutex_lock(&lock);
  struct cordon_exception_record *record = cordon_find_exception();
  if (record) {
    kind = record->kind ? (int)record->kind : CORDON_EXCEPTION_THROW;
    if (out)
      *out = *record;
    /* All but the status first: a thread that claims the record finds it empty. */
    memset((char *)record + sizeof(record->status), 0, sizeof(*record) - sizeof(record->status));
    struct cordon_context *context = (struct cordon_context *)record; /* its first member */
    memset(context->julia_exception_info, 0, sizeof(context->julia_exception_info));
    __atomic_store_n(&record->status, CORDON_RECORD_FREE, __ATOMIC_RELEASE);
  }
  pthread_mutex_unlock(&lock);
  return kind;
}

static pid_t armed_in;
static FILE *exit_note;

/* The exit status is told to handlers of on_exit alone, which outlive a library that is unloaded: none of its functions
   may be one. fputc(status, exit_note) writes one byte, and is libc's. */
void cordon_arm_exit_check(void) {
  if (armed_in)
    return;
  armed_in = getpid();
  enum { SIZE = 8 };
  char *bytes = malloc(SIZE);
  exit_note = bytes ? fmemopen(bytes, SIZE, "w+") : 0;
  if (!exit_note)
    return;
  setvbuf(exit_note, 0, _IONBF, 0);
  on_exit((void (*)(int, void *))(void (*)(void))fputc, exit_note);
}

/* Whether the process exits, and well: not where a library is unloaded, nor after a status that says of a failure. */
static int exits_with_success(void) {
  if (!exit_note || ftell(exit_note) != 1)
    return 0;
  rewind(exit_note);
  return fgetc(exit_note) == 0;
}

/* Runs behind all handlers of atexit and the destructors of the program's objects. */
__attribute__((destructor(101))) static void check_at_exit(void) {
  if (armed_in != getpid())
    return; /* nothing was launched, or this is a forked child */
  struct cordon_exception_record record;
  char line[1024];
  int found = 0;
  while (cordon_check(&record)) {
    cordon_format_exception(&record, line, sizeof(line));
    fflush(stdout);
    fprintf(stderr, "%s\n", line);
    if (record.trace[0])
      fprintf(stderr, "%.*s", text_length(record.trace, sizeof(record.trace)), record.trace);
    found = 1;
  }
  if (found && exits_with_success()) {
    fflush(0);
    _exit(1);
  }
}
