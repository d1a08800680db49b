#ifndef JOTMILL_TOOLS_BENCH_READ_JSON_H_
#define JOTMILL_TOOLS_BENCH_READ_JSON_H_

#include <simdjson.h>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace jotmill::tools {

/// A JSON object from anyone, read member by member. The first thing that is wrong is kept, with
/// its path ("rows[2].tokens"); after it everything reads as zero and empty, and nothing of it
/// counts.
class JsonObject {
 public:
  using Element = simdjson::dom::element;
  struct Problem {
    std::optional<std::string> what;
    void found(std::string words) {
      if (!what) what = std::move(words);
    }
  };

  JsonObject(Element element, std::string path, Problem& problem)
      : path_(std::move(path)), problem_(problem) {
    if (element.get(object_) == simdjson::SUCCESS) return;
    problem_.found((path_.empty() ? "the file" : path_) + " is no JSON object");
    missing_ = true;
  }

  JsonObject object(const char* name) const {
    const auto found = member(name);
    return found ? JsonObject(*found, at(name), problem_) : JsonObject(at(name), problem_);
  }
  std::uint64_t count(const char* name) const {
    const auto found = member(name);
    const std::uint64_t value = found ? count_of(*found, at(name)) : 0;
    return problem_.what ? 0 : value;
  }
  /// A finite number of at least `least`.
  double real(const char* name, double least = 0) const {
    const auto found = member(name);
    return found ? real_of(*found, at(name), least) : 0;
  }
  /// From 0 to 1, give or take the last digits of a sum.
  double share(const char* name) const {
    const auto found = member(name);
    return found ? share_of(*found, at(name)) : 0;
  }
  std::optional<double> share_or_null(const char* name) const {
    const auto found = member(name);
    if (!found || found->is_null()) return std::nullopt;
    return share_of(*found, at(name));
  }
  std::optional<double> real_or_null(const char* name) const {
    const auto found = member(name);
    if (!found || found->is_null()) return std::nullopt;
    return real_of(*found, at(name), 0);
  }
  bool boolean(const char* name) const {
    bool value = false;
    const auto found = member(name);
    if (found && found->get(value) != simdjson::SUCCESS) {
      problem_.found(at(name) + " is neither true nor false");
    }
    return value;
  }
  std::string string(const char* name) const {
    const auto found = member(name);
    return found ? string_of(*found, at(name)) : std::string();
  }
  std::vector<std::string> strings(const char* name) const {
    std::vector<std::string> out;
    each(name,
         [&](Element value, const std::string& path) { out.push_back(string_of(value, path)); });
    return out;
  }
  std::vector<double> reals(const char* name) const {
    std::vector<double> out;
    each(name, [&](Element value, const std::string& path) {
      out.push_back(real_of(value, path, std::numeric_limits<double>::min()));
    });
    return out;
  }
  /// Calls use(element, path) for each element of an array.
  template <typename Use>
  void each(const char* name, Use use) const {
    const auto found = member(name);
    simdjson::dom::array array;
    if (!found) return;
    if (found->get(array) != simdjson::SUCCESS) return problem_.found(at(name) + " is no array");
    std::size_t index = 0;
    for (const Element value : array) {
      if (problem_.what) return;
      use(value, at(name) + '[' + std::to_string(index++) + ']');
    }
  }
  /// Calls use(name, element, path) for each member of an object.
  template <typename Use>
  void each_member(const char* name, Use use) const {
    const JsonObject inner = object(name);
    if (inner.missing_) return;
    for (const auto& [key, value] : inner.object_) {
      if (problem_.what) return;
      use(key, value, inner.path_ + "." + std::string(key));
    }
  }
  std::uint64_t count_of(Element element, const std::string& path) const {
    std::uint64_t value = 0;
    if (element.get(value) == simdjson::SUCCESS && value <= kMostCount) return value;
    problem_.found(path + " is no count");
    return 0;
  }
  double real_of(Element element, const std::string& path, double least) const {
    double value = 0;
    if (element.get(value) != simdjson::SUCCESS || !(value >= least) || value - value != 0) {
      problem_.found(path + " is no number in range");
      return 0;
    }
    return value;
  }
  double share_of(Element element, const std::string& path) const {
    const double value = real_of(element, path, 0);
    if (value <= 1 + 1e-6) return value;
    problem_.found(path + " is no share: it is above 1");
    return 0;
  }
  std::string string_of(Element element, const std::string& path) const {
    std::string_view value;
    if (element.get(value) != simdjson::SUCCESS) problem_.found(path + " is no text");
    return std::string(value);
  }
  bool has(const char* name) const {
    Element found;
    return !missing_ && object_.at_key(name).get(found) == simdjson::SUCCESS;
  }
  /// Of any type; nothing where it is missing, which is a problem.
  std::optional<Element> element(const char* name) const { return member(name); }
  std::string at(const char* name) const { return path_.empty() ? name : path_ + '.' + name; }
  Problem& problem() const { return problem_; }

 private:
  static constexpr std::uint64_t kMostCount = (std::uint64_t{1} << 53) - 1;

  JsonObject(std::string path, Problem& problem)
      : path_(std::move(path)), problem_(problem), missing_(true) {}

  std::optional<Element> member(const char* name) const {
    Element found;
    if (missing_) return std::nullopt;
    if (object_.at_key(name).get(found) == simdjson::SUCCESS) return found;
    problem_.found(at(name) + " is missing");
    return std::nullopt;
  }

  simdjson::dom::object object_;
  std::string path_;
  Problem& problem_;
  bool missing_ = false;
};

}  // namespace jotmill::tools

#endif  // JOTMILL_TOOLS_BENCH_READ_JSON_H_
