/*===- runtime-bc/print.c - <stdio.h> for device code -------------------------===
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * All streams are the one that the driver's vprintf has. cordon-link-runtime turns calls of printf and fprintf into calls
 * of vprintf; what that cannot print arrives here in __cordon_printf.
 *===------------------------------------------------------------------------*/
#include "runtime.h"

/* What is printed without the heap, and in one piece. */
enum { LINE = 1024 };

static void put_piece(const char *text) { vprintf("%s", &text); }

/* Any format, with its arguments packed as for vprintf. */
int __cordon_printf(const char *format, void *arguments) {
  char text[LINE];
  int length = __cordon_format(text, sizeof(text), format, arguments);
  char *all = length < LINE ? 0 : malloc((size_t)length + 1);
  if (!all) { /* without memory a long text is cut */
    put_piece(text);
    return length;
  }
  __cordon_format(all, (size_t)length + 1, format, arguments);
  for (int at = 0; at < length; at += LINE - 1) {
    int n = length - at < LINE - 1 ? length - at : LINE - 1;
    cordon_copy_bytes(text, all + at, (size_t)n);
    text[n] = 0;
    put_piece(text);
  }
  free(all);
  return length;
}

/* What is variadic in C comes here with its arguments packed: cordon-link-runtime rewrites the calls of NAME to
 * __cordon_packed_NAME. */
int __cordon_packed_snprintf(char *out, size_t cap, const char *format, void *arguments) {
  return __cordon_format(out, cap, format, arguments);
}
int __cordon_packed_sprintf(char *out, const char *format, void *arguments) {
  return __cordon_format(out, (size_t)1 << 31, format, arguments);
}
int __cordon_packed___snprintf_chk(char *out, size_t cap, int flag, size_t room, const char *format, void *arguments) {
  (void)flag;
  return __cordon_format(out, cap < room ? cap : room, format, arguments);
}
int __cordon_packed___sprintf_chk(char *out, int flag, size_t room, const char *format, void *arguments) {
  (void)flag;
  return __cordon_format(out, room, format, arguments);
}

/* Hosts name the streams; none has a state here. */
void *stdin, *stdout, *stderr;

int puts(const char *text) {
  vprintf("%s\n", &text);
  return 0;
}
int fputs(const char *text, void *stream) {
  (void)stream;
  vprintf("%s", &text);
  return 0;
}
static int put_char(int c) {
  vprintf("%c", &c);
  return (unsigned char)c;
}
int putchar(int c) { return put_char(c); }
int fputc(int c, void *stream) {
  (void)stream;
  return put_char(c);
}
int putc(int c, void *stream) {
  (void)stream;
  return put_char(c);
}
size_t fwrite(const void *data, size_t size, size_t count, void *stream) {
  (void)stream;
  const char *bytes = data;
  size_t left = size * count;
  while (left) { /* %s ends at a NUL, and so does what is shown of a piece */
    char piece[256];
    size_t n = left < sizeof(piece) - 1 ? left : sizeof(piece) - 1;
    cordon_copy_bytes(piece, bytes, n);
    piece[n] = 0;
    const char *pointer = piece;
    vprintf("%s", &pointer);
    bytes += n;
    left -= n;
  }
  return count;
}
int fflush(void *stream) {
  (void)stream;
  return 0;
}
