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
  JOTMILL_COLUMN_CLAIMS = 1 << 10,  /* large_utf8, JSON; there only with JOTMILL_TEXT_SHOW */
  /* Of jotmill_scan_arrow() alone, ignored elsewhere: */
  JOTMILL_COLUMN_ROW = 1 << 11,       /* uint64: 0-based row of the record in its column */
  JOTMILL_COLUMN_ROW_OFFSET = 1 << 12 /* uint64: first byte of the token's text in that record */
} jotmill_column;
#define JOTMILL_ALL_COLUMNS 0x1FFFu

/*
 * Judges a column of tokens; row i of the verdicts answers row i of the column, and is null in all
 * columns but source, line and offset where the token is null (such a row is counted as
 * record_without_token).
 *
 * `array` is the column itself, or a record batch (format "+s") that holds it under the name
 * `column`; NULL: its only column of a fitting type. Types: utf8, binary, their large_ and _view
 * forms, fixed-size binary, dictionaries of these with any index type, and null; sliced or not. It
 * is only read, never released or copied, and must stay as it is during the call. What can be
 * checked of its buffers is: an array with offsets that run backwards, an index outside a
 * dictionary or a view outside its buffer is refused, and nothing of it is judged. The interface
 * does not tell the sizes of buffers: those that are smaller than the offsets say cannot be
 * recognised.
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

/*
 * Finds the tokens of a column of records (log lines, JSON texts) and judges them: one row of
 * verdicts for each token, in the order of the records. The column is taken for a stream of lines,
 * each row and a LF, and the answers are those of `jotmill verify` for a file of these bytes in the
 * format of JOTMILL_TEXT_FORMAT ("auto" and none: text): a null row is a blank record, and a row
 * that holds line feeds is several records. Each row is copied once, into chunks of about 1 MiB.
 * The next call goes on where this one ended.
 *
 * `array`, `columns` and errors as of jotmill_verify_arrow(); format "har" is JOTMILL_E_ARGUMENT,
 * because a HAR document is not made of rows.
 */
JOTMILL_API int32_t jotmill_scan_arrow(jotmill_engine* engine, const struct ArrowSchema* schema,
                                       const struct ArrowArray* array, const char* column,
                                       uint32_t columns, struct ArrowSchema* out_schema,
                                       struct ArrowArray* out_array, jotmill_error* error);

/*
 * A stream of bytes of any length: a file, an object of a store, a part of either. Memory is
 * bounded whatever comes. gzip, zstd and xz are told by the first bytes of a whole stream.
 *
 * The stream begins where jotmill_engine_place() said. At offset 0 it is an input of its own and
 * counted as one. Elsewhere it is the continuation of an input, from the beginning of a record on:
 * it is not counted as one more, nothing is decompressed and JOTMILL_TEXT_FORMAT has to be given.
 * So the reports of the parts of a file, cut at line ends, add up to that of the file.
 *
 * What goes wrong with the input is no error but an event of the report, as for `jotmill verify`.
 */
typedef struct jotmill_scan jotmill_scan;

/* Fills up to `size` bytes (at least 1) at `to`. Returns how many; 0 at the end; or a negative
 * errno (-EIO), which ends the stream. */
typedef int64_t (*jotmill_read)(void* context, void* to, size_t size);

/* The engine is the scan's until that is freed: no other function may be called with it, but for
 * jotmill_report_json(). `context` is handed to `read`, which is called from jotmill_scan_next()
 * alone. */
JOTMILL_API int32_t jotmill_scan_new(jotmill_engine* engine, jotmill_read read, void* context,
                                     jotmill_scan** out, jotmill_error* error);
/* Judges until the batch has some ten thousand rows, or about 64 MiB of what `read` gives. *more is
 * 1; or 0 at the end, where the batch has no rows. After an error the scan can only be freed. */
JOTMILL_API int32_t jotmill_scan_next(jotmill_scan* scan, uint32_t columns,
                                      struct ArrowSchema* out_schema, struct ArrowArray* out_array,
                                      int32_t* more, jotmill_error* error);
JOTMILL_API void jotmill_scan_free(jotmill_scan* scan);

/* Counts and lists something that happened to the input of the engine's place: `kind` is the name
 * of an event of reports ("input_unreadable", "input_changed", ...). */
JOTMILL_API int32_t jotmill_engine_event(jotmill_engine* engine, const char* kind, uint64_t offset,
                                         const char* reason, jotmill_error* error);

/* The format that `auto` takes for an input that begins so: "lines", "jsonl", "har" or "text", a
 * constant; NULL for one that is compressed and NULL for an argument that is NULL. `whole`: 1 if
 * these are all its bytes; else 64 KiB are wanted. `with_fields`: JOTMILL_TEXT_FIELD will be
 * given. */
JOTMILL_API const char* jotmill_format_of(jotmill_text begin, int32_t whole, int32_t with_fields);

#ifdef __cplusplus
}
#endif

#endif /* JOTMILL_JOTMILL_ARROW_H_ */
