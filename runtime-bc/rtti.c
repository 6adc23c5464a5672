/*===- runtime-bc/rtti.c - dynamic_cast and typeid for device code ------------===
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * Type descriptions as the Itanium C++ ABI lays them out (2.9.4 and 2.9.5). The kind of one is the vtable that its first
 * word points into; the vtables themselves have no functions here. Bases are walked with a stack of our own: the GPU's
 * is small, and ptxas wants to know its depth.
 *===------------------------------------------------------------------------*/
#include "runtime.h"

struct type {
  const void *kind;
  const char *name; /* a '*' in front: equal only if the pointers are */
};
struct si_type {
  struct type type;
  const struct type *base;
};
enum { VIRTUAL = 1, PUBLIC = 2, OFFSET_SHIFT = 8 };
struct vmi_type {
  struct type type;
  unsigned flags, count;
  struct {
    const struct type *type;
    long offset_flags;
  } bases[];
};

#define KIND(NAME, SYMBOL) const void *const NAME[12] __asm__("_ZTVN10__cxxabiv1" SYMBOL) = {0};
KIND(class_kind, "17__class_type_infoE")
KIND(si_kind, "20__si_class_type_infoE")
KIND(vmi_kind, "21__vmi_class_type_infoE")
KIND(fundamental_kind, "23__fundamental_type_infoE")
KIND(pointer_kind, "19__pointer_type_infoE")
KIND(member_pointer_kind, "29__pointer_to_member_type_infoE")
KIND(array_kind, "17__array_type_infoE")
KIND(function_kind, "20__function_type_infoE")
KIND(enum_kind, "16__enum_type_infoE")

static int same_name(const char *a, const char *b) {
  if (a == b)
    return 1;
  if (*a == '*')
    return 0;
  while (*a && *a == *b) {
    ++a;
    ++b;
  }
  return *a == *b;
}
static int same_type(const struct type *a, const struct type *b) { return a == b || same_name(a->name, b->name); }

/* std::type_info::operator==, where it is not inline. */
int type_info_equal(const struct type *a, const struct type *b) __asm__("_ZNKSt9type_infoeqERKS_");
int type_info_equal(const struct type *a, const struct type *b) { return same_type(a, b); }

struct place {
  const struct type *type;
  const char *at;
  int is_public; /* all the way from where the walk began */
};
/* Classes with more open bases at a time are not searched further: nobody writes them. */
enum { DEPTH = 48 };

/* Takes one place from the stack and puts its bases there instead. */
static struct place step(struct place *stack, int *depth) {
  struct place p = stack[--*depth];
  if (p.type->kind == &si_kind[2]) {
    const struct type *base = ((const struct si_type *)p.type)->base;
    if (base && *depth < DEPTH)
      stack[(*depth)++] = (struct place){base, p.at, p.is_public};
  } else if (p.type->kind == &vmi_kind[2]) {
    const struct vmi_type *t = (const struct vmi_type *)p.type;
    for (unsigned i = t->count; i-- > 0;) {
      long flags = t->bases[i].offset_flags, offset = flags >> OFFSET_SHIFT;
      if (flags & VIRTUAL)
        offset = *(const long *)(*(const char *const *)p.at + offset);
      if (t->bases[i].type && *depth < DEPTH)
        stack[(*depth)++] = (struct place){t->bases[i].type, p.at + offset, p.is_public && (flags & PUBLIC)};
    }
  }
  return p;
}

/* Is the `type` at `at` a public base of `from`, or `from` itself? */
static int has_public(struct place from, const struct type *type, const char *at) {
  struct place stack[DEPTH];
  int depth = 1;
  stack[0] = from;
  stack[0].is_public = 1;
  while (depth) {
    struct place p = step(stack, &depth);
    if (p.at == at && p.is_public && same_type(p.type, type))
      return 1;
  }
  return 0;
}

/* 2.9.7: the one `to` of which the object is a public base; else, if it is a public base of the whole, the whole's one
 * public base `to`. */
void *__dynamic_cast(const void *object, const struct type *from, const struct type *to, long hint) {
  (void)hint;
  const char *vtable = *(const char *const *)object;
  const char *whole = (const char *)object + ((const long *)vtable)[-2];
  const struct type *type = ((const struct type *const *)vtable)[-1];
  if (!type)
    return 0;
  struct place stack[DEPTH];
  int depth = 1, downs = 0, any = 0, ambiguous = 0, hidden = 1;
  const char *down = 0, *across = 0;
  stack[0] = (struct place){type, whole, 1};
  while (depth) {
    struct place p = step(stack, &depth);
    if (!same_type(p.type, to))
      continue;
    /* A virtual base is met once for each path, and one public path is enough. */
    ambiguous |= any && p.at != across;
    hidden = any && p.at == across ? hidden && !p.is_public : !p.is_public;
    any = 1;
    across = p.at;
    if (p.at != down && has_public(p, from, object)) {
      down = p.at;
      ++downs;
    }
  }
  if (downs == 1)
    return (void *)down;
  if (downs || !any || ambiguous || hidden || !has_public((struct place){type, whole, 1}, from, object))
    return 0;
  return (void *)across;
}

/* The types that libstdc++ describes. */
#define FUNDAMENTAL(LETTER)                                                                                             \
  extern const char name_##LETTER[] __asm__("_ZTS" #LETTER);                                                            \
  const char name_##LETTER[] = #LETTER;                                                                                 \
  extern const struct type type_##LETTER __asm__("_ZTI" #LETTER);                                                       \
  const struct type type_##LETTER = {&fundamental_kind[2], name_##LETTER};
FUNDAMENTAL(v)
FUNDAMENTAL(b)
FUNDAMENTAL(c)
FUNDAMENTAL(a)
FUNDAMENTAL(h)
FUNDAMENTAL(s)
FUNDAMENTAL(t)
FUNDAMENTAL(i)
FUNDAMENTAL(j)
FUNDAMENTAL(l)
FUNDAMENTAL(m)
FUNDAMENTAL(x)
FUNDAMENTAL(y)
FUNDAMENTAL(n)
FUNDAMENTAL(o)
FUNDAMENTAL(f)
FUNDAMENTAL(d)
FUNDAMENTAL(w)
