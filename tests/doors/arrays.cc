#include "doors/arrays.h"

#include <cstring>
#include <stdexcept>

namespace jotmill::doors_test {
namespace {

template <typename T>
void append(std::vector<char>& out, T value) {
  const char* bytes = reinterpret_cast<const char*>(&value);
  out.insert(out.end(), bytes, bytes + sizeof(T));
}

void no_schema_release(ArrowSchema* schema) { schema->release = nullptr; }
void no_array_release(ArrowArray* array) { array->release = nullptr; }

class Builder {
 public:
  explicit Builder(Made& made) : made_(made) {}

  std::vector<char>& buffer() {
    return *made_.buffers.emplace_back(std::make_unique<std::vector<char>>());
  }
  void set(ArrowArray& array, std::vector<const void*> buffers) {
    auto& list =
        *made_.lists.emplace_back(std::make_unique<std::vector<const void*>>(std::move(buffers)));
    array.buffers = list.data();
    array.n_buffers = static_cast<std::int64_t>(list.size());
    array.release = no_array_release;
  }
  const void* validity(const Rows& rows, ArrowArray& array) {
    std::vector<char>& bits = buffer();
    bits.resize((rows.size() + 7) / 8 + 1);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (rows[i]) {
        bits[i / 8] = static_cast<char>(bits[i / 8] | 1 << (i % 8));
      } else if (static_cast<std::int64_t>(i) >= array.offset) {
        ++array.null_count;
      }
    }
    return array.null_count > 0 ? bits.data() : nullptr;
  }

  void texts(const Rows& rows, const std::string& format, ArrowSchema& schema, ArrowArray& array) {
    schema.format = format.c_str();
    schema.release = no_schema_release;
    made_.text_schema = &schema;
    made_.text_array = &array;
    array.length = static_cast<std::int64_t>(rows.size()) - array.offset;
    const void* valid = validity(rows, array);
    if (format[0] == 'v') return views(rows, valid, array);
    std::vector<char>&offsets = buffer(), &data = buffer();
    const auto end = [&] {
      if (format == "u" || format == "z") {
        append(offsets, static_cast<std::int32_t>(data.size()));
      } else {
        append(offsets, static_cast<std::int64_t>(data.size()));
      }
    };
    const std::size_t width = format[0] == 'w' ? std::stoul(format.substr(2)) : 0;
    end();
    for (const auto& row : rows) {
      // What stands under a null is anybody's guess.
      const std::string text = row.value_or("under a null");
      data.insert(data.end(), text.begin(), text.end());
      if (width > 0) data.resize(offsets.size() / 8 * width);
      end();
    }
    if (width > 0) return set(array, {valid, data.data()});
    set(array, {valid, offsets.data(), data.data()});
  }

  /// Texts of up to 12 bytes inside their view, the others in two data buffers in turn.
  void views(const Rows& rows, const void* valid, ArrowArray& array) {
    std::vector<char>& views = buffer();
    std::vector<char>* data[2] = {&buffer(), &buffer()};
    std::size_t turn = 0;
    for (const auto& row : rows) {
      const std::string text = row.value_or("");
      append(views, row ? static_cast<std::int32_t>(text.size()) : -77);
      if (text.size() <= 12) {
        views.insert(views.end(), text.begin(), text.end());
        views.resize((views.size() + 15) / 16 * 16);
        continue;
      }
      std::vector<char>& into = *data[++turn % 2];
      views.insert(views.end(), text.begin(), text.begin() + 4);
      append(views, static_cast<std::int32_t>(turn % 2));
      append(views, static_cast<std::int32_t>(into.size()));
      into.insert(into.end(), text.begin(), text.end());
    }
    std::vector<char>& sizes = buffer();
    for (const auto* one : data) append(sizes, static_cast<std::int64_t>(one->size()));
    set(array, {valid, views.data(), data[0]->data(), data[1]->data(), sizes.data()});
  }

  void indices(const Rows& rows, const Shape& shape, ArrowSchema& schema, ArrowArray& array) {
    // Every text once, the last one first; a null in the dictionary as well where there is one.
    Rows dictionary;
    std::vector<char>& numbers = buffer();
    for (auto row = rows.rbegin(); row != rows.rend(); ++row) dictionary.push_back(*row);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const auto index = static_cast<std::int64_t>(rows.size() - 1 - i);
      switch (shape.index_format[0]) {
        case 'c':
        case 'C': append(numbers, static_cast<std::uint8_t>(index)); break;
        case 's':
        case 'S': append(numbers, static_cast<std::uint16_t>(index)); break;
        case 'i':
        case 'I': append(numbers, static_cast<std::uint32_t>(index)); break;
        default: append(numbers, index);
      }
    }
    schema.format = made_.index_format.c_str();
    schema.release = no_schema_release;
    schema.dictionary = made_.schemas.emplace_back(std::make_unique<ArrowSchema>()).get();
    array.dictionary = made_.arrays.emplace_back(std::make_unique<ArrowArray>()).get();
    array.length = static_cast<std::int64_t>(rows.size()) - array.offset;
    set(array, {validity(rows, array), numbers.data()});
    texts(dictionary, made_.format, *schema.dictionary, *array.dictionary);
  }

 private:
  Made& made_;
};

}  // namespace

std::unique_ptr<Made> make_array(const Rows& rows, const Shape& shape) {
  auto made = std::make_unique<Made>();
  made->format = shape.format;
  made->index_format = shape.index_format;
  Builder builder(*made);
  Rows all;
  for (std::int64_t i = 0; i < shape.offset + shape.batch_offset; ++i) {
    if (i % 3 == 0) {
      all.emplace_back(std::nullopt);
    } else {
      all.emplace_back("rubbish in front");
    }
  }
  all.insert(all.end(), rows.begin(), rows.end());
  ArrowSchema* schema = &made->schema;
  ArrowArray* array = &made->array;
  if (shape.in_batch) {
    auto& schemas = *made->schema_lists.emplace_back(std::make_unique<std::vector<ArrowSchema*>>());
    auto& arrays = *made->array_lists.emplace_back(std::make_unique<std::vector<ArrowArray*>>());
    for (const char* name : {"before", "token", "after"}) {
      schemas.push_back(made->schemas.emplace_back(std::make_unique<ArrowSchema>()).get());
      arrays.push_back(made->arrays.emplace_back(std::make_unique<ArrowArray>()).get());
      schemas.back()->format = "l";
      schemas.back()->name = name;
      schemas.back()->release = no_schema_release;
      arrays.back()->release = no_array_release;
    }
    schema->format = "+s";
    schema->children = schemas.data();
    schema->release = no_schema_release;
    array->length = static_cast<std::int64_t>(rows.size());
    array->offset = shape.batch_offset;
    array->children = arrays.data();
    schema->n_children = array->n_children = 3;
    builder.set(*array, {nullptr});
    schema = schemas[1];
    array = arrays[1];
  }
  array->offset = shape.offset;
  if (shape.index_format.empty()) {
    builder.texts(all, made->format, *schema, *array);
  } else {
    builder.indices(all, shape, *schema, *array);
  }
  if (!shape.in_batch) schema->name = "token";
  made->column = array;
  return made;
}

Verdicts::~Verdicts() {
  if (array.release) array.release(&array);
  if (schema.release) schema.release(&schema);
}

std::vector<std::string> Verdicts::names() const {
  std::vector<std::string> names;
  for (std::int64_t i = 0; i < schema.n_children; ++i) names.emplace_back(schema.children[i]->name);
  return names;
}

namespace {

std::string large_text(const ArrowArray& array, std::int64_t i) {
  const auto* offsets = static_cast<const std::int64_t*>(array.buffers[1]);
  return {static_cast<const char*>(array.buffers[2]) + offsets[i],
          static_cast<std::size_t>(offsets[i + 1] - offsets[i])};
}

}  // namespace

Rows Verdicts::column(const std::string& name) const {
  for (std::int64_t c = 0; c < schema.n_children; ++c) {
    if (schema.children[c]->name != name) continue;
    const ArrowSchema& type = *schema.children[c];
    const ArrowArray& values = *array.children[c];
    const auto* valid = static_cast<const std::uint8_t*>(values.buffers[0]);
    Rows rows;
    for (std::int64_t i = 0; i < values.length; ++i) {
      if (valid && (valid[i / 8] >> (i % 8) & 1) == 0) {
        rows.emplace_back(std::nullopt);
      } else if (type.dictionary) {
        const auto index = static_cast<const std::int32_t*>(values.buffers[1])[i];
        if (index < 0 || index >= values.dictionary->length) throw std::out_of_range("index");
        rows.emplace_back(large_text(*values.dictionary, index));
      } else if (type.format == std::string("L")) {
        rows.emplace_back(std::to_string(static_cast<const std::uint64_t*>(values.buffers[1])[i]));
      } else {
        rows.emplace_back(large_text(values, i));
      }
    }
    return rows;
  }
  throw std::out_of_range("no column " + name);
}

}  // namespace jotmill::doors_test
