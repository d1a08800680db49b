#ifndef JOTMILL_JOTMILL_ARROW_H_
#define JOTMILL_JOTMILL_ARROW_H_

/*
 * Tokens in and verdicts out as Arrow arrays, over the Arrow C data interface
 * (https://arrow.apache.org/docs/format/CDataInterface.html). No Arrow library is needed. What
 * jotmill.h says of codes, memory and threads holds here too.
 */

#include "jotmill/jotmill.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The two structures of the interface, as published; whoever has them already keeps its own. */
#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE

#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE 2
#define ARROW_FLAG_MAP_KEYS_SORTED 4

struct ArrowSchema {
  const char* format;
  const char* name;
  const char* metadata;
  int64_t flags;
  int64_t n_children;
  struct ArrowSchema** children;
  struct ArrowSchema* dictionary;
  void (*release)(struct ArrowSchema*);
  void* private_data;
};

struct ArrowArray {
  int64_t length;
  int64_t null_count;
  int64_t offset;
  int64_t n_buffers;
  int64_t n_children;
  const void** buffers;
  struct ArrowArray** children;
  struct ArrowArray* dictionary;
  void (*release)(struct ArrowArray*);
  void* private_data;
};

#endif /* ARROW_C_DATA_INTERFACE */

/* Columns of a batch of verdicts: the fields of a verdict record, under their names, in this order.
 * Text from tokens is made harmless and cut at 256 bytes as in a CSV record. */
typedef enum jotmill_column {
  JOTMILL_COLUMN_SOURCE = 1 << 0,   /* dictionary<int32, large_utf8> */
  JOTMILL_COLUMN_LINE = 1 << 1,     /* uint64 */
  JOTMILL_COLUMN_OFFSET = 1 << 2,   /* uint64 */
  JOTMILL_COLUMN_CHANNEL = 1 << 3,  /* dictionary<int32, large_utf8> */
  JOTMILL_COLUMN_LAYERS = 1 << 4,   /* dictionary<int32, large_utf8>, ';' between two */
  JOTMILL_COLUMN_VERDICT = 1 << 5,  /* dictionary<int32, large_utf8> */
  JOTMILL_COLUMN_DETAIL = 1 << 6,   /* large_utf8; null: none */
  JOTMILL_COLUMN_ALG = 1 << 7,      /* dictionary<int32, large_utf8>; null: unknown */
  JOTMILL_COLUMN_KID = 1 << 8,      /* the same */
  JOTMILL_COLUMN_TOKEN_ID = 1 << 9, /* large_utf8, 32 hex digits; its hash is the dearest column */
  JOTMILL_COLUMN_CLAIMS = 1 << 10   /* large_utf8, JSON; there only with JOTMILL_TEXT_SHOW */
} jotmill_column;
#define JOTMILL_ALL_COLUMNS 0x7FFu

/*
 * Judges a column of tokens; row i of the verdicts answers row i of the column, and is null in all
 * columns but source, line and offset where the token is null (such a row is counted as
 * record_without_token).
 *
 * `array` is the column itself, or a record batch (format "+s") that holds it under the name
 * `column`; NULL: its only column of a fitting type. Types: utf8, binary, their large_ and _view
 * forms, fixed-size binary, and dictionaries of these with any index type; sliced or not. It is
 * only read, never released or copied, and must stay as it is during the call. What can be checked
 * of its buffers is: an array with offsets that run backwards, an index outside a dictionary or a
 * view outside its buffer is refused, and nothing of it is judged. The interface does not tell the
 * sizes of buffers: those that are smaller than the offsets say cannot be recognised.
 *
 * `columns`: JOTMILL_COLUMN_ flags, or JOTMILL_ALL_COLUMNS. The results are made by the engine and
 * belong to the caller, who releases each through its own callback, at any time and in any thread.
 *
 * Errors: JOTMILL_E_ARGUMENT (the wrong type, no such column, a damaged array), and those of
 * jotmill_verify_many(); the out parameters are untouched then.
 */
JOTMILL_API int32_t jotmill_verify_arrow(jotmill_engine* engine, const struct ArrowSchema* schema,
                                         const struct ArrowArray* array, const char* column,
                                         uint32_t columns, struct ArrowSchema* out_schema,
                                         struct ArrowArray* out_array, jotmill_error* error);

#ifdef __cplusplus
}
#endif

#endif /* JOTMILL_JOTMILL_ARROW_H_ */
