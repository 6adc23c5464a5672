/*===- runtime-bc/containers.c - what libstdc++'s containers call --------------===
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * std::map and kin are templates but for the balancing of their trees, std::list but for its links, std::unordered_map
 * but for the sizes of its tables and the hash of bytes. Names and layouts are libstdc++'s.
 *===------------------------------------------------------------------------*/
#include "runtime.h"

#define NAMED(NAME) __asm__(NAME)

/*===--- red-black trees ------------------------------------------------------===*/

enum { RED, BLACK };
/* The header's parent is the root, its left and right are the first and last node. */
struct node {
  int color;
  struct node *parent, *left, *right;
};

struct node *tree_increment(struct node *x) NAMED("_ZSt18_Rb_tree_incrementPSt18_Rb_tree_node_base");
struct node *tree_increment_const(struct node *x) NAMED("_ZSt18_Rb_tree_incrementPKSt18_Rb_tree_node_base");
struct node *tree_decrement(struct node *x) NAMED("_ZSt18_Rb_tree_decrementPSt18_Rb_tree_node_base");
struct node *tree_decrement_const(struct node *x) NAMED("_ZSt18_Rb_tree_decrementPKSt18_Rb_tree_node_base");
void tree_insert(_Bool left, struct node *x, struct node *parent, struct node *header)
    NAMED("_ZSt29_Rb_tree_insert_and_rebalancebPSt18_Rb_tree_node_baseS0_RS_");
struct node *tree_erase(struct node *z, struct node *header)
    NAMED("_ZSt28_Rb_tree_rebalance_for_erasePSt18_Rb_tree_node_baseRS_");

static struct node *next(struct node *x) {
  if (x->right) {
    x = x->right;
    while (x->left)
      x = x->left;
    return x;
  }
  struct node *y = x->parent;
  while (x == y->right) {
    x = y;
    y = y->parent;
  }
  return x->right == y ? x : y; /* the header of a tree whose root is its last node */
}
static struct node *previous(struct node *x) {
  if (x->color == RED && x->parent->parent == x) /* the header */
    return x->right;
  if (x->left) {
    x = x->left;
    while (x->right)
      x = x->right;
    return x;
  }
  struct node *y = x->parent;
  while (x == y->left) {
    x = y;
    y = y->parent;
  }
  return y;
}
struct node *tree_increment(struct node *x) { return next(x); }
struct node *tree_increment_const(struct node *x) { return next(x); }
struct node *tree_decrement(struct node *x) { return previous(x); }
struct node *tree_decrement_const(struct node *x) { return previous(x); }

/* Puts `y` where `x` hangs. */
static void replace(struct node *x, struct node *y, struct node **root) {
  if (x == *root)
    *root = y;
  else if (x == x->parent->left)
    x->parent->left = y;
  else
    x->parent->right = y;
}
static void rotate(struct node *x, int to_left, struct node **root) {
  struct node *y = to_left ? x->right : x->left, *inner = to_left ? y->left : y->right;
  *(to_left ? &x->right : &x->left) = inner;
  if (inner)
    inner->parent = x;
  y->parent = x->parent;
  replace(x, y, root);
  *(to_left ? &y->left : &y->right) = x;
  x->parent = y;
}

void tree_insert(_Bool left, struct node *x, struct node *parent, struct node *header) {
  struct node **root = &header->parent;
  x->parent = parent;
  x->left = x->right = 0;
  x->color = RED;
  if (left) {
    parent->left = x; /* the header's, too: the first node */
    if (parent == header) {
      header->parent = x;
      header->right = x;
    } else if (parent == header->left)
      header->left = x;
  } else {
    parent->right = x;
    if (parent == header->right)
      header->right = x;
  }
  while (x != *root && x->parent->color == RED) {
    struct node *p = x->parent, *g = p->parent;
    int p_is_left = p == g->left;
    struct node *uncle = p_is_left ? g->right : g->left;
    if (uncle && uncle->color == RED) {
      p->color = uncle->color = BLACK;
      g->color = RED;
      x = g;
      continue;
    }
    if (x == (p_is_left ? p->right : p->left)) {
      x = p;
      rotate(x, p_is_left, root);
      p = x->parent;
    }
    p->color = BLACK;
    g->color = RED;
    rotate(g, !p_is_left, root);
  }
  (*root)->color = BLACK;
}

/* After a black node was taken out above `x`, which may be null. */
static void rebalance(struct node *x, struct node *parent, struct node **root) {
  while (x != *root && (!x || x->color == BLACK)) {
    int x_is_left = x == parent->left;
    struct node *sibling = x_is_left ? parent->right : parent->left;
    if (sibling->color == RED) {
      sibling->color = BLACK;
      parent->color = RED;
      rotate(parent, x_is_left, root);
      sibling = x_is_left ? parent->right : parent->left;
    }
    struct node *near = x_is_left ? sibling->left : sibling->right, *far = x_is_left ? sibling->right : sibling->left;
    if ((!near || near->color == BLACK) && (!far || far->color == BLACK)) {
      sibling->color = RED;
      x = parent;
      parent = parent->parent;
      continue;
    }
    if (!far || far->color == BLACK) {
      near->color = BLACK;
      sibling->color = RED;
      rotate(sibling, !x_is_left, root);
      sibling = x_is_left ? parent->right : parent->left;
      far = x_is_left ? sibling->right : sibling->left;
    }
    sibling->color = parent->color;
    parent->color = BLACK;
    if (far)
      far->color = BLACK;
    rotate(parent, x_is_left, root);
    break;
  }
  if (x)
    x->color = BLACK;
}

struct node *tree_erase(struct node *z, struct node *header) {
  struct node **root = &header->parent;
  struct node *y = z->left && z->right ? next(z) : z; /* what really leaves its place */
  struct node *x = y->left ? y->left : y->right, *parent;
  int taken;
  if (y != z) { /* y moves to z's place */
    taken = y->color;
    z->left->parent = y;
    y->left = z->left;
    if (y != z->right) {
      parent = y->parent;
      if (x)
        x->parent = parent;
      parent->left = x;
      y->right = z->right;
      z->right->parent = y;
    } else
      parent = y;
    replace(z, y, root);
    y->parent = z->parent;
    y->color = z->color;
  } else {
    taken = z->color;
    parent = z->parent;
    if (x)
      x->parent = parent;
    replace(z, x, root);
    if (header->left == z) {
      struct node *first = z->right ? x : parent;
      while (z->right && first->left)
        first = first->left;
      header->left = first;
    }
    if (header->right == z) {
      struct node *last = z->left ? x : parent;
      while (z->left && last->right)
        last = last->right;
      header->right = last;
    }
  }
  if (taken == BLACK)
    rebalance(x, parent, root);
  return z;
}

/*===--- lists ----------------------------------------------------------------===*/

struct link {
  struct link *next, *previous;
};
void list_hook(struct link *x, struct link *at) NAMED("_ZNSt8__detail15_List_node_base7_M_hookEPS0_");
void list_unhook(struct link *x) NAMED("_ZNSt8__detail15_List_node_base9_M_unhookEv");
void list_reverse(struct link *head) NAMED("_ZNSt8__detail15_List_node_base10_M_reverseEv");
void list_transfer(struct link *at, struct link *first, struct link *last)
    NAMED("_ZNSt8__detail15_List_node_base11_M_transferEPS0_S1_");
void list_swap(struct link *x, struct link *y) NAMED("_ZNSt8__detail15_List_node_base4swapERS0_S1_");

void list_hook(struct link *x, struct link *at) {
  x->next = at;
  x->previous = at->previous;
  at->previous->next = x;
  at->previous = x;
}
void list_unhook(struct link *x) {
  x->previous->next = x->next;
  x->next->previous = x->previous;
}
void list_reverse(struct link *head) {
  struct link *x = head;
  do {
    struct link *after = x->next;
    x->next = x->previous;
    x->previous = after;
    x = after;
  } while (x != head);
}
/* [first, last) to in front of `at`. */
void list_transfer(struct link *at, struct link *first, struct link *last) {
  if (at == last)
    return;
  struct link *tail = last->previous, *before = at->previous;
  first->previous->next = last;
  last->previous = first->previous;
  before->next = first;
  first->previous = before;
  tail->next = at;
  at->previous = tail;
}
static void adopt(struct link *head, struct link first_and_last, const struct link *old) {
  if (first_and_last.next == old) {
    head->next = head->previous = head;
    return;
  }
  *head = first_and_last;
  head->next->previous = head->previous->next = head;
}
void list_swap(struct link *x, struct link *y) {
  struct link a = *x, b = *y;
  adopt(x, b, y);
  adopt(y, a, x);
}

/*===--- hash tables ----------------------------------------------------------===*/

struct rehash_policy {
  float max_load;
  size_t next_resize;
};
struct need {
  _Bool rehash;
  size_t buckets;
};
size_t next_buckets(struct rehash_policy *p, size_t n) NAMED("_ZNKSt8__detail20_Prime_rehash_policy11_M_next_bktEm");
struct need need_rehash(struct rehash_policy *p, size_t buckets, size_t elements, size_t more)
    NAMED("_ZNKSt8__detail20_Prime_rehash_policy14_M_need_rehashEmmm");

static int is_prime(size_t n) {
  if (n % 2 == 0)
    return n == 2;
  for (size_t d = 3; d * d <= n; d += 2)
    if (n % d == 0)
      return 0;
  return n > 1;
}
static size_t table_size(struct rehash_policy *p, size_t n) {
  if (n < 2)
    n = 2;
  while (!is_prime(n))
    ++n;
  p->next_resize = (size_t)((double)n * (double)p->max_load);
  return n;
}
/* An empty table asks for one bucket, which costs no memory. */
size_t next_buckets(struct rehash_policy *p, size_t n) {
  if (n == 0)
    return 1;
  return table_size(p, n);
}
struct need need_rehash(struct rehash_policy *p, size_t buckets, size_t elements, size_t more) {
  struct need none = {0, 0};
  if (elements + more <= p->next_resize)
    return none;
  size_t least = p->next_resize ? elements + more : elements + more > 11 ? elements + more : 11;
  double needed = (double)least / (double)p->max_load;
  if (needed < (double)buckets) {
    p->next_resize = (size_t)((double)buckets * (double)p->max_load);
    return none;
  }
  size_t wanted = (size_t)needed + 1;
  struct need yes = {1, table_size(p, wanted > buckets * 2 ? wanted : buckets * 2)};
  return yes;
}

/* MurmurHash2 in its form for 64 bits, which std::hash<std::string> has. */
size_t hash_bytes(const void *data, size_t n, size_t seed) NAMED("_ZSt11_Hash_bytesPKvmm");
size_t hash_bytes(const void *data, size_t n, size_t seed) {
  const uint64_t mul = 0xc6a4a7935bd1e995ull;
  const unsigned char *p = data;
  uint64_t hash = seed ^ (n * mul), word;
  for (; n >= 8; n -= 8, p += 8) {
    cordon_copy_bytes(&word, p, 8);
    word *= mul;
    word = (word ^ word >> 47) * mul;
    hash = (hash ^ word) * mul;
  }
  if (n) {
    word = 0;
    cordon_copy_bytes(&word, p, n);
    hash = (hash ^ word) * mul;
  }
  hash = (hash ^ hash >> 47) * mul;
  return hash ^ hash >> 47;
}
