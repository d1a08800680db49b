/* Arrays that several consumers hold at once. The interface gives an array to one consumer, who may
 * move a child out of it and release it in any order; so every node that is handed out keeps the
 * whole by a count of its own. */

#include <stdlib.h>
#include <string.h>

#include "core.h"

Holding* holding_new(void) {
  Holding* holding = calloc(1, sizeof(Holding));
  if (holding) atomic_init(&holding->references, 1);
  return holding;
}

void holding_keep(Holding* holding) { atomic_fetch_add(&holding->references, 1); }

void holding_drop(Holding* holding) {
  if (!holding || atomic_fetch_sub(&holding->references, 1) != 1) return;
  if (holding->array.release) holding->array.release(&holding->array);
  if (holding->schema.release) holding->schema.release(&holding->schema);
  holding_drop(holding->schema_of);
  free(holding);
}

const struct ArrowSchema* holding_schema(const Holding* holding) {
  return holding->schema_of ? holding_schema(holding->schema_of) : &holding->schema;
}

/* One node that was handed out: its children, its dictionary, and what keeps the data alive. */
typedef struct SharedArray {
  Holding* holding;
  struct ArrowArray** pointers;
  struct ArrowArray* nodes; /* children, then the dictionary */
  int64_t count;
} SharedArray;

typedef struct SharedSchema {
  Holding* holding;
  struct ArrowSchema** pointers;
  struct ArrowSchema* nodes;
  int64_t count;
} SharedSchema;

#define DEFINE_SHARE(Node, Shared, share, release_shared)                                   \
  static void release_shared(struct Node* node) {                                           \
    Shared* shared = node->private_data;                                                    \
    for (int64_t i = 0; i < shared->count; ++i) {                                           \
      if (shared->nodes[i].release) shared->nodes[i].release(&shared->nodes[i]);            \
    }                                                                                       \
    holding_drop(shared->holding);                                                          \
    free(shared->pointers);                                                                 \
    free(shared->nodes);                                                                    \
    free(shared);                                                                           \
    node->release = NULL;                                                                   \
  }                                                                                         \
  int share(Holding* holding, const struct Node* from, struct Node* out) {                  \
    const int64_t children = from->n_children, all = children + (from->dictionary ? 1 : 0); \
    Shared* shared = calloc(1, sizeof(Shared));                                             \
    if (!shared) return -1;                                                                 \
    struct Node made = *from;                                                               \
    made.private_data = shared;                                                             \
    made.release = release_shared;                                                          \
    holding_keep(holding);                                                                  \
    shared->holding = holding;                                                              \
    shared->pointers = calloc((size_t)children + 1, sizeof(*shared->pointers));             \
    shared->nodes = calloc((size_t)all + 1, sizeof(*shared->nodes));                        \
    shared->count = shared->nodes ? all : 0;                                                \
    int failed = !shared->pointers || !shared->nodes;                                       \
    for (int64_t i = 0; i < all && !failed; ++i) {                                          \
      const struct Node* source = i < children ? from->children[i] : from->dictionary;      \
      failed = share(holding, source, &shared->nodes[i]) != 0;                              \
      if (i < children) shared->pointers[i] = &shared->nodes[i];                            \
    }                                                                                       \
    if (failed) {                                                                           \
      made.release(&made);                                                                  \
      return -1;                                                                            \
    }                                                                                       \
    made.children = children > 0 ? shared->pointers : NULL;                                 \
    made.dictionary = from->dictionary ? &shared->nodes[children] : NULL;                   \
    *out = made;                                                                            \
    return 0;                                                                               \
  }

DEFINE_SHARE(ArrowSchema, SharedSchema, share_schema, release_shared_schema)
DEFINE_SHARE(ArrowArray, SharedArray, share_array, release_shared_array)
