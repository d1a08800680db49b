// Columns of verdicts as Arrow arrays. Who owns what: each column is one block, the buffers of it
// and the list of them; the dictionary of a column is a column of its own. The block goes when its
// array is released, so a column that was moved out of its batch lives on without it.

#include <cstring>
#include <memory>
#include <new>
#include <utility>

#include "doors/arrow_out.h"

namespace jotmill::doors {
namespace {

constexpr std::size_t kAlignment = 64;  // what the format recommends

/// The one allocation of a column: this, and its buffers behind it.
struct Block {
  const void* buffers[3];
  ArrowArray dictionary;  ///< released with the column, if it has one
};

/// Arrays of a batch: the array of columns and the list of pointers to them.
struct Batch {
  explicit Batch(std::size_t columns) : arrays(columns), pointers(columns) {
    for (std::size_t i = 0; i < columns; ++i) pointers[i] = &arrays[i];
  }
  std::vector<ArrowArray> arrays;
  std::vector<ArrowArray*> pointers;
  const void* no_validity[1] = {nullptr};
};

struct BatchSchema {
  explicit BatchSchema(std::size_t columns) : schemas(columns), pointers(columns) {
    for (std::size_t i = 0; i < columns; ++i) pointers[i] = &schemas[i];
  }
  std::vector<ArrowSchema> schemas;
  std::vector<ArrowSchema*> pointers;
};

template <typename T>
void release_if_owned(T* one) {
  if (one && one->release) one->release(one);
}

void release_column(ArrowArray* array) {
  auto* block = static_cast<Block*>(array->private_data);
  release_if_owned(array->dictionary);
  ::operator delete (block, std::align_val_t{kAlignment});
  array->release = nullptr;
}

void release_batch(ArrowArray* array) {
  auto* batch = static_cast<Batch*>(array->private_data);
  for (ArrowArray& child : batch->arrays) release_if_owned(&child);
  delete batch;
  array->release = nullptr;
}

void release_dictionary_schema(ArrowSchema* schema) { schema->release = nullptr; }

void release_column_schema(ArrowSchema* schema) {
  release_if_owned(schema->dictionary);
  delete schema->dictionary;
  schema->release = nullptr;
}

void release_batch_schema(ArrowSchema* schema) {
  auto* batch = static_cast<BatchSchema*>(schema->private_data);
  for (ArrowSchema& child : batch->schemas) release_if_owned(&child);
  delete batch;
  schema->release = nullptr;
}

/// A buffer to be copied: bytes, and what stands in front of them (the leading zero of offsets).
struct Piece {
  const void* bytes = nullptr;
  std::size_t size = 0;
  std::size_t zeros_before = 0;
};

std::size_t aligned(std::size_t size) { return (size + kAlignment - 1) / kAlignment * kAlignment; }

template <std::size_t N>
void make_column(ArrowArray* out, std::int64_t rows, const Presence* presence,
                 const Piece (&pieces)[N]) {
  const bool has_nulls = presence && presence->nulls > 0;
  std::size_t size = aligned(sizeof(Block)) + (has_nulls ? aligned(presence->bits.size()) : 0);
  for (const Piece& piece : pieces) size += aligned(piece.zeros_before + piece.size);
  auto* bytes = static_cast<char*>(::operator new (size, std::align_val_t{kAlignment}));
  auto* block = new (bytes) Block{};
  std::size_t at = aligned(sizeof(Block));
  const auto place = [&](const Piece& piece) {
    char* start = bytes + at;
    std::memset(start, 0, piece.zeros_before);
    if (piece.size > 0) std::memcpy(start + piece.zeros_before, piece.bytes, piece.size);
    const std::size_t used = piece.zeros_before + piece.size;
    std::memset(start + used, 0, aligned(used) - used);
    at += aligned(used);
    return start;
  };
  if (has_nulls) block->buffers[0] = place({presence->bits.data(), presence->bits.size()});
  for (std::size_t i = 0; i < N; ++i) block->buffers[i + 1] = place(pieces[i]);
  *out = {};
  out->length = rows;
  out->null_count = presence ? presence->nulls : 0;
  out->n_buffers = N + 1;
  out->buffers = block->buffers;
  out->release = release_column;
  out->private_data = block;
}

template <typename T>
Piece piece_of(const std::vector<T>& values, std::size_t zeros_before = 0) {
  return {values.data(), values.size() * sizeof(T), zeros_before};
}

void make_texts(ArrowArray* out, const TextPile& texts, const Presence* presence) {
  make_column(out, static_cast<std::int64_t>(texts.ends.size()), presence,
              {piece_of(texts.ends, sizeof(std::int64_t)), piece_of(texts.bytes)});
}

void make_repeated(ArrowArray* out, const RepeatedTexts& column) {
  make_column(out, column.presence.rows, &column.presence, {piece_of(column.indices)});
  try {
    auto* block = static_cast<Block*>(out->private_data);
    make_texts(&block->dictionary, column.texts, nullptr);
    out->dictionary = &block->dictionary;
  } catch (const std::bad_alloc&) {
    out->release(out);
    throw;
  }
}

void make_numbers(ArrowArray* out, const std::vector<std::uint64_t>& numbers) {
  make_column(out, static_cast<std::int64_t>(numbers.size()), nullptr, {piece_of(numbers)});
}

void describe(ArrowSchema* out, const char* name, const char* format, bool nullable) {
  *out = {};
  out->format = format;
  out->name = name;
  out->flags = nullable ? ARROW_FLAG_NULLABLE : 0;
  out->release = release_column_schema;
}

void describe_repeated(ArrowSchema* out, const char* name, bool nullable) {
  describe(out, name, "i", nullable);
  out->dictionary = new ArrowSchema{};
  out->dictionary->format = "U";
  out->dictionary->name = "";
  out->dictionary->release = release_dictionary_schema;
}

}  // namespace

void VerdictColumns::finish(ArrowSchema* schema, ArrowArray* array) const {
  const auto count = static_cast<std::size_t>(__builtin_popcount(columns_));
  ArrowSchema schema_out = {};
  ArrowArray array_out = {};
  schema_out.format = "+s";
  schema_out.name = "";
  array_out.length = rows_;
  array_out.n_buffers = 1;
  try {
    auto* schemas = new BatchSchema(count);
    schema_out.private_data = schemas;
    schema_out.release = release_batch_schema;
    auto* arrays = new Batch(count);
    array_out.private_data = arrays;
    array_out.release = release_batch;
    schema_out.n_children = array_out.n_children = static_cast<std::int64_t>(count);
    schema_out.children = schemas->pointers.data();
    array_out.children = arrays->pointers.data();
    array_out.buffers = arrays->no_validity;

    std::size_t at = 0;
    const auto repeated = [&](jotmill_column flag, const char* name, const RepeatedTexts& column,
                              bool nullable = true) {
      if (!wants(flag)) return;
      describe_repeated(&schemas->schemas[at], name, nullable);
      make_repeated(&arrays->arrays[at++], column);
    };
    const auto numbers = [&](jotmill_column flag, const char* name, const auto& column) {
      if (!wants(flag)) return;
      describe(&schemas->schemas[at], name, "L", false);
      make_numbers(&arrays->arrays[at++], column);
    };
    const auto texts = [&](jotmill_column flag, const char* name, const PlainTexts& column) {
      if (!wants(flag)) return;
      describe(&schemas->schemas[at], name, "U", true);
      make_texts(&arrays->arrays[at++], column.texts, &column.presence);
    };
    repeated(JOTMILL_COLUMN_SOURCE, "source", source_, false);
    numbers(JOTMILL_COLUMN_LINE, "line", line_);
    numbers(JOTMILL_COLUMN_OFFSET, "offset", offset_);
    repeated(JOTMILL_COLUMN_CHANNEL, "channel", channel_);
    repeated(JOTMILL_COLUMN_LAYERS, "layers", layers_);
    repeated(JOTMILL_COLUMN_VERDICT, "verdict", verdict_);
    texts(JOTMILL_COLUMN_DETAIL, "detail", detail_);
    repeated(JOTMILL_COLUMN_ALG, "alg", alg_);
    repeated(JOTMILL_COLUMN_KID, "kid", kid_);
    texts(JOTMILL_COLUMN_TOKEN_ID, "token_id", token_id_);
    texts(JOTMILL_COLUMN_CLAIMS, "claims", claims_);
    numbers(JOTMILL_COLUMN_ROW, "row", row_);
    numbers(JOTMILL_COLUMN_ROW_OFFSET, "row_offset", row_offset_);
  } catch (const std::bad_alloc&) {
    release_if_owned(&array_out);
    release_if_owned(&schema_out);
    throw;
  }
  *schema = schema_out;
  *array = array_out;
}

}  // namespace jotmill::doors
