// Reading of other people's arrays. Problem: the C data interface hands over bare pointers without
// sizes, so what cannot be checked must be trusted, and all the rest must not be. Everything is
// checked once, before the first row is judged: then reading needs no error. Loads go through
// memcpy, because nothing promises that a buffer is aligned.

#include "doors/arrow_in.h"

#include <charconv>
#include <cstring>
#include <limits>
#include <string>
#include <utility>

namespace jotmill::doors {
namespace {

Error problem(const ArrowSchema& schema, std::string reason) {
  const char* name = schema.name && *schema.name ? schema.name : "(no name)";
  return Error{ErrorKind::kUsage, "column " + std::string(name), std::move(reason)};
}

template <typename T>
T load(const void* buffer, std::int64_t index) {
  T value;
  std::memcpy(&value,
              static_cast<const char*>(buffer) + static_cast<std::size_t>(index) * sizeof(T),
              sizeof(T));
  return value;
}

bool bit(const std::uint8_t* bits, std::int64_t index) {
  return (bits[index >> 3] >> (index & 7) & 1) != 0;
}

std::string_view format_of(const ArrowSchema& schema) { return schema.format ? schema.format : ""; }

/// A type in words, with its format string where it is a rare one.
std::string type_words(std::string_view format) {
  static constexpr std::pair<std::string_view, const char*> kNames[] = {
      {"n", "null"},    {"b", "bool"},    {"c", "int8"},    {"C", "uint8"}, {"s", "int16"},
      {"S", "uint16"},  {"i", "int32"},   {"I", "uint32"},  {"l", "int64"}, {"L", "uint64"},
      {"e", "float16"}, {"f", "float32"}, {"g", "float64"}, {"+l", "list"}, {"+L", "large list"},
      {"+s", "struct"}, {"+m", "map"}};
  for (const auto& [known, name] : kNames) {
    if (format == known) return name;
  }
  return "\"" + std::string(format) + "\"";
}

/// A text type by its format string, but for w:N.
bool is_text(std::string_view format) {
  for (const std::string_view known : {"u", "z", "U", "Z", "vu", "vz"}) {
    if (format == known) return true;
  }
  return format.starts_with("w:");
}

/// What every array must be, whatever its type: so many buffers at least, lengths that make sense.
Status check_array(const ArrowSchema& schema, const ArrowArray& array, std::int64_t buffers) {
  // The greatest length whose byte offsets can be computed without a thought of overflow.
  constexpr std::int64_t kMostRows = std::int64_t{1} << 56;
  if (!array.release) return problem(schema, "the array was released");
  if (array.length < 0 || array.length > kMostRows)
    return problem(schema, "its length is no length");
  if (array.offset < 0 || array.offset > kMostRows)
    return problem(schema, "its offset is no offset");
  if (array.n_buffers < buffers) return problem(schema, "it has too few buffers");
  if (buffers > 0 && !array.buffers) return problem(schema, "its buffers are missing");
  if (array.null_count < -1 || array.null_count > array.length)
    return problem(schema, "its null_count is no count");
  if (buffers > 0 && array.null_count > 0 && !array.buffers[0])
    return problem(schema, "it has nulls, but no validity buffer");
  return Unit{};
}

const std::uint8_t* validity(const ArrowArray& array) {
  return array.null_count == 0 ? nullptr : static_cast<const std::uint8_t*>(array.buffers[0]);
}

/// The child of a record batch that is called `name`; without a name the only one that is a text.
Result<std::int64_t> find_child(const ArrowSchema& schema, const char* name) {
  std::int64_t found = -1;
  for (std::int64_t i = 0; i < schema.n_children; ++i) {
    const ArrowSchema* child = schema.children ? schema.children[i] : nullptr;
    if (!child) return problem(schema, "a child of its schema is missing");
    const bool fits = name ? child->name && std::string_view(name) == child->name
                           : is_text(format_of(child->dictionary ? *child->dictionary : *child));
    if (!fits) continue;
    if (found >= 0)
      return problem(schema, name ? "it has two columns of that name"
                                  : "it has several columns of text: name one");
    found = i;
  }
  if (found < 0)
    return problem(schema, name ? "it has no column \"" + std::string(name) + "\""
                                : "it has no column of text");
  return found;
}

}  // namespace

bool TextColumn::Texts::is_null(std::int64_t row) const {
  if (layout == Layout::kNone) return true;
  return valid && !bit(valid, first + row);
}

std::string_view TextColumn::Texts::at(std::int64_t row) const {
  const std::int64_t i = first + row;
  const char* begin = nullptr;
  std::size_t len = 0;
  switch (layout) {
    case Layout::kOffsets32: {
      const auto from = load<std::int32_t>(offsets, i);
      begin = data + from;
      len = static_cast<std::size_t>(load<std::int32_t>(offsets, i + 1) - from);
      break;
    }
    case Layout::kOffsets64: {
      const auto from = load<std::int64_t>(offsets, i);
      begin = data + from;
      len = static_cast<std::size_t>(load<std::int64_t>(offsets, i + 1) - from);
      break;
    }
    case Layout::kView: {
      const char* view = static_cast<const char*>(offsets) + i * 16;
      const auto view_len = load<std::int32_t>(view, 0);
      len = static_cast<std::size_t>(view_len);
      begin = view_len <= 12 ? view + 4
                             : static_cast<const char*>(view_buffers[load<std::int32_t>(view, 2)]) +
                                   load<std::int32_t>(view, 3);
      break;
    }
    case Layout::kNone: break;
    case Layout::kFixed:
      begin = data + i * width;
      len = static_cast<std::size_t>(width);
      break;
  }
  return len == 0 ? std::string_view("", 0) : std::string_view(begin, len);
}

/// Whether a text can be read, as far as the interface tells sizes; "" or what is wrong.
std::string_view TextColumn::Texts::fault_at(std::int64_t row) const {
  const std::int64_t i = first + row;
  switch (layout) {
    case Layout::kOffsets32:
    case Layout::kOffsets64: {
      const bool wide = layout == Layout::kOffsets64;
      const std::int64_t from =
          wide ? load<std::int64_t>(offsets, i) : load<std::int32_t>(offsets, i);
      const std::int64_t to =
          wide ? load<std::int64_t>(offsets, i + 1) : load<std::int32_t>(offsets, i + 1);
      if (from < 0 || to < from) return "offsets that run backwards";
      return to > from && !data ? "a text without a data buffer" : "";
    }
    case Layout::kView: {
      if (is_null(row)) return "";
      const char* view = static_cast<const char*>(offsets) + i * 16;
      const auto view_len = load<std::int32_t>(view, 0);
      if (view_len < 0) return "a view of negative length";
      if (view_len <= 12) return "";
      const auto buffer = load<std::int32_t>(view, 2), from = load<std::int32_t>(view, 3);
      if (buffer < 0 || buffer >= view_count) return "a view into no buffer";
      const std::int64_t room = load<std::int64_t>(view_sizes, buffer);
      return from < 0 || std::int64_t{from} + view_len > room || !view_buffers[buffer]
                 ? "a view that is not within its buffer"
                 : "";
    }
    case Layout::kFixed:
    case Layout::kNone: return "";
  }
  return "";
}

Result<TextColumn::Texts> TextColumn::open_texts(const ArrowSchema& schema,
                                                 const ArrowArray& array) {
  const std::string_view format = format_of(schema);
  if (!is_text(format))
    return problem(schema, "its type is " + type_words(format) +
                               "; wanted: string or binary, large or view, or a dictionary of it");
  const bool view = format[0] == 'v', fixed = format[0] == 'w';
  const std::int64_t buffers = fixed ? 2 : 3;
  if (Status sound = check_array(schema, array, buffers); !sound) return sound.error();
  Texts texts;
  texts.first = array.offset;
  texts.size = array.length;
  texts.valid = validity(array);
  texts.offsets = array.buffers[1];
  if (fixed) {
    const std::string_view digits = format.substr(2);
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), texts.width);
    if (error != std::errc() || end != digits.data() + digits.size() || texts.width < 0 ||
        texts.width > std::numeric_limits<std::int32_t>::max())
      return problem(schema, "its width is no width");
    if (texts.width > 0 &&
        array.offset + array.length > std::numeric_limits<std::int64_t>::max() / texts.width)
      return problem(schema, "its length is no length");
    texts.layout = Layout::kFixed;
    texts.data = static_cast<const char*>(array.buffers[1]);
  } else if (view) {
    texts.layout = Layout::kView;
    // validity, views, any number of data buffers, their sizes
    texts.view_count = array.n_buffers - 3;
    texts.view_buffers = array.buffers + 2;
    texts.view_sizes = static_cast<const std::int64_t*>(array.buffers[array.n_buffers - 1]);
    if (texts.view_count > 0 && !texts.view_sizes)
      return problem(schema, "the sizes of its buffers are missing");
  } else {
    texts.layout = format == "u" || format == "z" ? Layout::kOffsets32 : Layout::kOffsets64;
    texts.data = static_cast<const char*>(array.buffers[2]);
  }
  const bool needs_bytes = texts.size > 0 && !(fixed && texts.width == 0);
  if (needs_bytes && !texts.offsets) return problem(schema, "a buffer of it is missing");
  return texts;
}

std::int64_t TextColumn::index_at(std::int64_t row) const {
  const std::int64_t i = first_index_ + row;
  switch (index_format_) {
    case 'c': return load<std::int8_t>(indices_, i);
    case 'C': return load<std::uint8_t>(indices_, i);
    case 's': return load<std::int16_t>(indices_, i);
    case 'S': return load<std::uint16_t>(indices_, i);
    case 'i': return load<std::int32_t>(indices_, i);
    case 'I': return load<std::uint32_t>(indices_, i);
    default: return load<std::int64_t>(indices_, i);  // l; L beyond 2^63 reads as negative
  }
}

Status TextColumn::open_indices(const ArrowSchema& schema, const ArrowArray& array) {
  const std::string_view format = format_of(schema);
  if (format.size() != 1 || std::string_view("cCsSiIlL").find(format[0]) == std::string_view::npos)
    return problem(schema, "a dictionary with indices of type \"" + std::string(format) + "\"");
  if (Status sound = check_array(schema, array, 2); !sound) return sound;
  index_format_ = format[0];
  indices_ = array.buffers[1];
  first_index_ = array.offset;
  index_valid_ = validity(array);
  size_ = array.length;
  if (size_ > 0 && !indices_) return problem(schema, "a buffer of it is missing");
  if (!array.dictionary) return problem(schema, "the array has no dictionary");
  if (schema.dictionary->dictionary) return problem(schema, "a dictionary of a dictionary");
  Result<Texts> texts = open_texts(*schema.dictionary, *array.dictionary);
  if (!texts) return texts.error();
  texts_ = texts.value();
  return Unit{};
}

Status TextColumn::open_column(const ArrowSchema& schema, const ArrowArray& array) {
  if (schema.dictionary) return open_indices(schema, array);
  if (format_of(schema) == "n") {  // what libraries call a column of nothing but nulls
    if (Status sound = check_array(schema, array, 0); !sound) return sound;
    texts_.layout = Layout::kNone;
    size_ = texts_.size = array.length;
    return Unit{};
  }
  Result<Texts> texts = open_texts(schema, array);
  if (!texts) return texts.error();
  texts_ = texts.value();
  size_ = texts_.size;
  return Unit{};
}

/// Of a slice the rows that it has alone, and of a dictionary the texts that these have: many small
/// slices of one large array must not cost a large array each.
Status TextColumn::check_rows(const ArrowSchema& schema) const {
  for (std::int64_t row = 0; row < size_; ++row) {
    const std::int64_t own = batch_first_ + row;
    const auto wrong = [&](std::string_view what) {
      return problem(schema, "row " + std::to_string(own) + ": " + std::string(what));
    };
    std::int64_t at = own;
    if (index_format_ != 0) {
      if (index_valid_ && !bit(index_valid_, first_index_ + own)) continue;
      at = index_at(own);
      if (at < 0 || at >= texts_.size) return wrong("an index outside its dictionary");
    }
    if (const std::string_view fault = texts_.fault_at(at); !fault.empty()) return wrong(fault);
  }
  return Unit{};
}

Result<TextColumn> TextColumn::open(const ArrowSchema& schema, const ArrowArray& array,
                                    const char* name) {
  TextColumn column;
  if (!schema.release) return problem(schema, "the schema was released");
  if (format_of(schema) != "+s") {
    if (Status opened = column.open_column(schema, array); !opened) return opened.error();
    if (Status sound = column.check_rows(schema); !sound) return sound.error();
    return column;
  }
  if (Status sound = check_array(schema, array, 1); !sound) return sound.error();
  const Result<std::int64_t> index = find_child(schema, name);
  if (!index) return index.error();
  if (array.n_children != schema.n_children || !array.children || !array.children[index.value()])
    return problem(schema, "its array has other children than its schema");
  const ArrowSchema& child = *schema.children[index.value()];
  if (Status opened = column.open_column(child, *array.children[index.value()]); !opened)
    return opened.error();
  if (array.offset > column.size_ || array.length > column.size_ - array.offset)
    return problem(child, "it is shorter than its batch");
  column.batch_first_ = array.offset;
  column.batch_valid_ = validity(array);
  column.size_ = array.length;
  if (Status sound = column.check_rows(child); !sound) return sound.error();
  return column;
}

bool TextColumn::is_null(std::int64_t row) const {
  if (batch_valid_ && !bit(batch_valid_, batch_first_ + row)) return true;
  const std::int64_t own = batch_first_ + row;
  if (index_format_ == 0) return texts_.is_null(own);
  if (index_valid_ && !bit(index_valid_, first_index_ + own)) return true;
  return texts_.is_null(index_at(own));
}

void TextColumn::read(std::int64_t begin, std::size_t count, std::string_view* out) const {
  for (std::size_t i = 0; i < count; ++i) {
    const std::int64_t row = begin + static_cast<std::int64_t>(i);
    if (is_null(row)) {
      out[i] = {};
    } else {
      const std::int64_t own = batch_first_ + row;
      out[i] = texts_.at(index_format_ == 0 ? own : index_at(own));
    }
  }
}

}  // namespace jotmill::doors
