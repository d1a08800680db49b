#ifndef JOTMILL_REPORTS_JSON_IN_H_
#define JOTMILL_REPORTS_JSON_IN_H_

#include <simdjson.h>

#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace jotmill {

/// What is wrong with a report that is being read: the first thing found. After it, reading goes on
/// with zeros and nothing that was read counts.
class ReadProblem {
 public:
  void found(std::string what) {
    if (!what_) what_ = std::move(what);
  }
  bool any() const { return what_.has_value(); }
  const std::optional<std::string>& what() const { return what_; }

 private:
  std::optional<std::string> what_;
};

/// The largest count in a report: every JSON reader keeps numbers up to here exact.
inline constexpr std::uint64_t kMostCount = (std::uint64_t{1} << 53) - 1;

/// One object of the report, with its path ("options.leeway_exp") for messages.
class JsonIn {
 public:
  using Element = simdjson::dom::element;

  JsonIn(Element element, std::string path, ReadProblem& problem)
      : path_(std::move(path)), problem_(problem) {
    if (element.get(object_) != simdjson::SUCCESS) {
      problem_.found((path_.empty() ? "the file" : path_) + " is not a JSON object");
      missing_ = true;
    }
  }

  JsonIn object(const char* name) const {
    const auto found = element(name);
    return found ? JsonIn(*found, path(name), problem_) : JsonIn(path(name), problem_);
  }
  std::uint64_t number(const char* name, std::uint64_t most = kMostCount) const {
    return get<std::uint64_t>(name, "a number in range",
                              [&](std::uint64_t n) { return n <= most; });
  }
  std::int64_t signed_number(const char* name) const {
    return get<std::int64_t>(name, "a number in range", [](std::int64_t) { return true; });
  }
  bool boolean(const char* name) const {
    return get<bool>(name, "true or false", [](bool) { return true; });
  }
  std::string string(const char* name) const {
    return std::string(
        get<std::string_view>(name, "a string", [](std::string_view) { return true; }));
  }
  bool is_null(const char* name) const {
    const auto found = element(name);
    return !found || found->is_null();
  }

  /// Calls use(element, path) for each element of an array.
  template <typename Use>
  void each(const char* name, Use use) const {
    const auto found = element(name);
    if (!found) return;
    simdjson::dom::array array;
    if (found->get(array) != simdjson::SUCCESS)
      return problem_.found(path(name) + " is not an array");
    std::size_t index = 0;
    for (const Element value : array) {
      if (problem_.any()) return;
      use(value, path(name) + '[' + std::to_string(index++) + ']');
    }
  }
  /// Calls use(name, count) for each member of an object of counts.
  template <typename Use>
  void each_count(const char* name, Use use) const {
    const JsonIn inner = object(name);
    if (inner.missing_) return;
    for (const auto& [key, value] : inner.object_) {
      std::uint64_t count = 0;
      if (value.get(count) != simdjson::SUCCESS || count > kMostCount) {
        return problem_.found(inner.path_ + " holds something other than a number in range");
      }
      use(key, count);
    }
  }

  /// Calls use(name, object) for each member of an object of objects.
  template <typename Use>
  void each_object(const char* name, Use use) const {
    const JsonIn inner = object(name);
    if (inner.missing_) return;
    for (const auto& [key, value] : inner.object_) {
      if (problem_.any()) return;
      use(key, JsonIn(value, inner.path(std::string(key).c_str()), problem_));
    }
  }

  std::string path(const char* name) const { return path_.empty() ? name : path_ + '.' + name; }
  ReadProblem& problem() const { return problem_; }

 private:
  JsonIn(std::string path, ReadProblem& problem)
      : path_(std::move(path)), problem_(problem), missing_(true) {}

  std::optional<Element> element(const char* name) const {
    Element found;
    if (missing_) return std::nullopt;
    if (object_.at_key(name).get(found) != simdjson::SUCCESS) {
      problem_.found(path(name) + " is missing");
      return std::nullopt;
    }
    return found;
  }
  template <typename T>
  T get(const char* name, const char* wanted, auto is_good) const {
    T value{};
    const auto found = element(name);
    if (!found) return T{};
    if (found->get(value) == simdjson::SUCCESS && is_good(value)) return value;
    problem_.found(path(name) + " is not " + wanted);
    return T{};
  }

  simdjson::dom::object object_;
  std::string path_;
  ReadProblem& problem_;
  bool missing_ = false;
};

/// An element that must be a T no greater than `most`.
inline std::uint64_t number_of(JsonIn::Element element, const std::string& path,
                               ReadProblem& problem, std::uint64_t most = kMostCount) {
  std::uint64_t value = 0;
  if (element.get(value) != simdjson::SUCCESS || value > most) {
    problem.found(path + " is not a number in range");
  }
  return value;
}
inline std::string string_of(JsonIn::Element element, const std::string& path,
                             ReadProblem& problem) {
  std::string_view value;
  if (element.get(value) != simdjson::SUCCESS) problem.found(path + " is not a string");
  return std::string(value);
}

}  // namespace jotmill

#endif  // JOTMILL_REPORTS_JSON_IN_H_
