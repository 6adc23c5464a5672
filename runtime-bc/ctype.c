/*===- runtime-bc/ctype.c - glibc's character tables --------------------------===
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * glibc's <ctype.h> is macros over three tables, indexed from -128 to 255. These are those of the C locale.
 *===------------------------------------------------------------------------*/
#include "runtime.h"

#define BETWEEN(C, LOW, HIGH) ((C) >= (LOW) && (C) <= (HIGH))
#define UPPER(C) BETWEEN(C, 'A', 'Z')
#define LOWER(C) BETWEEN(C, 'a', 'z')
#define DIGIT(C) BETWEEN(C, '0', '9')
#define ALPHA(C) (UPPER(C) || LOWER(C))
#define GRAPH(C) BETWEEN(C, 33, 126)

/* glibc's bits: upper, lower, alpha, digit, hexadecimal, space, printing, graphic; blank, control, punctuation, alnum. */
#define CLASS(C)                                                                                                        \
  (UPPER(C) << 8 | LOWER(C) << 9 | ALPHA(C) << 10 | DIGIT(C) << 11 |                                                    \
   (DIGIT(C) || BETWEEN(C, 'a', 'f') || BETWEEN(C, 'A', 'F')) << 12 | ((C) == ' ' || BETWEEN(C, 9, 13)) << 13 |         \
   BETWEEN(C, 32, 126) << 14 | GRAPH(C) << 15 | ((C) == ' ' || (C) == 9) << 0 |                                         \
   (BETWEEN(C, 0, 31) || (C) == 127) << 1 | (GRAPH(C) && !ALPHA(C) && !DIGIT(C)) << 2 | (ALPHA(C) || DIGIT(C)) << 3)
/* A negative char is the character that it is as unsigned; EOF stays. */
#define PLAIN(C) ((C) < -1 ? (C) + 256 : (C))
#define TO_UPPER(C) (LOWER(C) ? (C) - 32 : PLAIN(C))
#define TO_LOWER(C) (UPPER(C) ? (C) + 32 : PLAIN(C))

#define FOUR(F, C) F(C), F((C) + 1), F((C) + 2), F((C) + 3)
#define SIXTEEN(F, C) FOUR(F, C), FOUR(F, (C) + 4), FOUR(F, (C) + 8), FOUR(F, (C) + 12)
#define HALF(F, C)                                                                                                      \
  SIXTEEN(F, C), SIXTEEN(F, (C) + 16), SIXTEEN(F, (C) + 32), SIXTEEN(F, (C) + 48), SIXTEEN(F, (C) + 64),                \
      SIXTEEN(F, (C) + 80), SIXTEEN(F, (C) + 96), SIXTEEN(F, (C) + 112)
#define TABLE(F) {HALF(F, -128), HALF(F, 0), HALF(F, 128)}

static const uint16_t classes[384] = TABLE(CLASS);
static const int32_t upper[384] = TABLE(TO_UPPER);
static const int32_t lower[384] = TABLE(TO_LOWER);

static const uint16_t *const classes_at_0 = classes + 128;
static const int32_t *const upper_at_0 = upper + 128;
static const int32_t *const lower_at_0 = lower + 128;

const uint16_t *const *__ctype_b_loc(void) { return &classes_at_0; }
const int32_t *const *__ctype_toupper_loc(void) { return &upper_at_0; }
const int32_t *const *__ctype_tolower_loc(void) { return &lower_at_0; }
