#include "tools/generate/recipe.h"

#include <fmt/core.h>
#include <simdjson.h>

#include <algorithm>
#include <cmath>

#include "tools/generate/shapes.h"

namespace jotmill::tools {
namespace {

using simdjson::dom::element;
using simdjson::dom::object;

/// Walks one object. Each call takes a member off the list; what is left at the end is a mistake of
/// the writer, most likely a misspelt name, and must not be passed over. The first error stays.
class Members {
 public:
  Members(const object& source, std::string path, std::optional<Error>& error)
      : source_(source), path_(std::move(path)), error_(error) {
    for (const auto& field : source_) left_.emplace_back(field.key);
  }

  bool has(std::string_view name) { return source_[name].error() == simdjson::SUCCESS; }

  template <typename Int>
  void integer(std::string_view name, Int& out, std::int64_t least, std::int64_t most) {
    const std::optional<element> member = take(name);
    if (!member) return;
    std::int64_t value = 0;
    if (member->get(value) != simdjson::SUCCESS || value < least || value > most) {
      return complain(name, fmt::format("must be a whole number from {} to {}", least, most));
    }
    out = static_cast<Int>(value);
  }
  void boolean(std::string_view name, bool& out) {
    const std::optional<element> member = take(name);
    if (member && member->get(out) != simdjson::SUCCESS) complain(name, "must be true or false");
  }
  void string(std::string_view name, std::string& out) {
    const std::optional<element> member = take(name);
    if (!member) return;
    std::string_view value;
    if (member->get(value) != simdjson::SUCCESS) return complain(name, "must be a string");
    out = value;
  }
  void strings(std::string_view name, std::vector<std::string>& out) {
    const std::optional<element> member = take(name);
    if (!member) return;
    simdjson::dom::array values;
    if (member->get(values) != simdjson::SUCCESS)
      return complain(name, "must be an array of strings");
    out.clear();
    for (const element value : values) {
      std::string_view text;
      if (value.get(text) != simdjson::SUCCESS)
        return complain(name, "must be an array of strings");
      out.emplace_back(text);
    }
  }
  /// A number from 0 to 1 -> per million.
  void share(std::string_view name, std::uint32_t& out) {
    double value = 0;
    if (!has(name)) return;
    real(name, value, 0, 1);
    out = static_cast<std::uint32_t>(std::lround(value * kMillion));
  }
  void real(std::string_view name, double& out, double least, double most) {
    const std::optional<element> member = take(name);
    if (!member) return;
    double value = 0;
    if (member->get(value) != simdjson::SUCCESS || !(value >= least && value <= most)) {
      return complain(name, fmt::format("must be a number from {} to {}", least, most));
    }
    out = value;
  }
  std::optional<element> take(std::string_view name) {
    element value;
    if (source_[name].get(value) != simdjson::SUCCESS) return std::nullopt;
    std::erase(left_, name);
    return value;
  }
  /// Calls visit(Members&) when there is an object called `name`.
  template <typename Visit>
  void inside(std::string_view name, Visit visit) {
    const std::optional<element> member = take(name);
    if (!member) return;
    object inner;
    if (member->get(inner) != simdjson::SUCCESS) return complain(name, "must be an object");
    Members members(inner, path_ + std::string(name) + ".", error_);
    visit(members);
    members.finish();
  }
  std::vector<std::string> names() const { return left_; }
  void complain(std::string_view name, std::string reason) {
    if (!error_) error_ = Error{ErrorKind::kFormat, path_ + std::string(name), std::move(reason)};
  }
  void finish() {
    if (!left_.empty()) complain(left_.front(), "is no member of a recipe");
  }

 private:
  object source_;
  std::string path_;
  std::optional<Error>& error_;
  std::vector<std::string> left_;
};

void read_mix(Members& members, Mix& mix) {
  members.share("share", mix.share);
  mix.weights = {{"*", 1}};
  members.inside("mix", [&](Members& weights) {
    mix.weights.clear();
    for (const std::string& name : weights.names())
      weights.integer(name, mix.weights[name], 0, 1000);
  });
}

void read_algorithms(Members& members, Recipe& recipe) {
  for (const std::string& name : members.names()) {
    const std::optional<AlgId> alg = alg_named(name);
    if (!alg) return members.complain(name, "is not one of the sixteen algorithm names");
    members.integer(name, recipe.algorithms[*alg], 0, 1'000'000);
  }
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

/// Faults spoil a name a little (another case, one character more or less) and must not hit another
/// good name or break the JSON.
void read_names(Members& members, std::string_view member, std::vector<std::string>& names) {
  members.strings(member, names);
  if (names.empty()) return members.complain(member, "must not be empty");
  const auto plain = [](char c) { return c > 0x20 && c < 0x7F && c != '"' && c != '\\'; };
  for (const std::string& name : names) {
    const bool letter_first =
        !name.empty() && lower(name.front()) >= 'a' && lower(name.front()) <= 'z';
    if (!letter_first || name.size() < 2 || !std::ranges::all_of(name, plain)) {
      return members.complain(member,
                              "must be of printable ASCII, two characters or more, a letter first");
    }
    if (name == "nobody" || name.find("attacker.invalid") != std::string::npos) {
      return members.complain(member, "names what faults use as a wrong name");
    }
    const auto begins_alike = [&](const std::string& other) {
      return &other != &name && other.size() >= name.size() &&
             std::ranges::equal(name, std::string_view(other).substr(0, name.size()), {}, lower,
                                lower);
    };
    if (std::ranges::any_of(names, begins_alike)) {
      return members.complain(member, "has a name that another one begins with");
    }
  }
}

void read_claims(Members& members, Recipe& recipe) {
  read_names(members, "issuers", recipe.issuers);
  read_names(members, "audiences", recipe.audiences);
  members.integer("subjects", recipe.subjects, 1, 1'000'000);
  members.inside("sizes", [&](Members& sizes) {
    recipe.sizes.clear();
    for (const std::string& bytes : sizes.names()) {
      ClaimSize size;
      sizes.integer(bytes, size.weight, 1, 1'000'000);
      if (bytes.empty() || bytes.size() > 7 ||
          bytes.find_first_not_of("0123456789") != std::string::npos) {
        return sizes.complain(bytes, "must be a number of bytes");
      }
      size.bytes = static_cast<std::uint32_t>(std::stoul(bytes));
      recipe.sizes.push_back(size);
    }
    if (recipe.sizes.empty()) sizes.complain("", "must not be empty");
  });
}

void read_alg_list(Members& members, RecipePolicy& policy) {
  std::vector<std::string> names;
  policy.lists_algs = members.has("alg");
  members.strings("alg", names);
  if (policy.lists_algs) policy.algs = 0;
  for (const std::string& name : names) {
    const std::optional<AlgId> alg = alg_named(name);
    if (!alg) return members.complain("alg", "names an algorithm that is not one of the sixteen");
    policy.algs = static_cast<AlgSet>(policy.algs | only(*alg));
  }
}

void read_policy(Members& members, RecipePolicy& policy) {
  constexpr std::int64_t kDay = 86'400;
  std::string as_of_word;
  if (const std::optional<element> as_of =
          members.has("as_of") ? members.take("as_of") : std::nullopt) {
    std::int64_t seconds = 0;
    std::string_view word;
    if (as_of->get(seconds) == simdjson::SUCCESS && seconds > kDay && seconds < 100'000'000'000) {
      policy.as_of_s = seconds;
    } else if (as_of->get(word) == simdjson::SUCCESS && word == "off") {
      policy.as_of_s.reset();
    } else if (as_of->get(word) == simdjson::SUCCESS && word == "record") {
      policy.as_of_record = true;
    } else {
      members.complain("as_of", "must be Unix seconds, \"off\" or \"record\"");
    }
  }
  read_alg_list(members, policy);
  members.boolean("issuer", policy.issuer);
  members.boolean("audience", policy.audience);
  members.boolean("subject", policy.subject);
  members.strings("require", policy.require);
  members.inside("leeway", [&](Members& leeway) {
    leeway.integer("exp", policy.leeway_exp_s, 0, kDay);
    leeway.integer("nbf", policy.leeway_nbf_s, 0, kDay);
    leeway.integer("iat", policy.leeway_iat_s, 0, kDay);
  });
  std::int64_t max_age = 0;
  members.integer("max_age", max_age, 60, 1000 * kDay);
  if (max_age != 0) policy.max_age_s = max_age;
  members.string("typ", policy.typ);
  members.boolean("claims", policy.claims);
  members.boolean("allow_padding", policy.allow_padding);
  members.boolean("allow_weak_secret", policy.allow_weak_secret);
  std::uint32_t limit = 0;
  members.integer("max_token_bytes", limit, 1024, 1 << 24);
  if (limit != 0) policy.max_token_bytes = limit;
  const bool judges_claims = policy.issuer || policy.audience || policy.subject ||
                             policy.max_age_s || !policy.require.empty();
  if (!policy.claims && judges_claims)
    members.complain("claims", "is off, but a policy on claims is given");
  if (policy.as_of_record && (policy.max_age_s || !policy.claims))
    members.complain("as_of", "cannot be \"record\" with max_age or without claims");
}

/// RFC 6901, for members of objects alone.
std::optional<std::vector<std::string>> split_pointer(std::string_view pointer) {
  std::vector<std::string> path;
  for (std::size_t i = 0; i < pointer.size(); ++i) {
    if (pointer[i] == '/') {
      path.emplace_back();
    } else if (path.empty()) {
      return std::nullopt;
    } else if (pointer[i] == '~') {
      if (++i == pointer.size() || (pointer[i] != '0' && pointer[i] != '1')) return std::nullopt;
      path.back() += pointer[i] == '0' ? '~' : '/';
    } else {
      path.back() += pointer[i];
    }
  }
  return path.empty() ? std::nullopt : std::optional(path);
}

void read_shape(Members& members, RecipeOutput& output) {
  std::string name;
  members.string("shape", name);
  if (!name.empty() && (output.shape = shape_named(name)) == nullptr) {
    std::string names;
    for (const Shape& shape : shapes())
      names += (names.empty() ? "" : ", ") + std::string(shape.name);
    members.complain("shape", "must be one of " + names);
  }
  members.share("lookalike_share", output.lookalike);
  members.share("truncated_share", output.truncated);
  members.share("redacted_share", output.redacted);
  if (output.shape == nullptr && (output.lookalike | output.truncated | output.redacted) != 0)
    members.complain("shape", "is needed for lookalikes, cut and blanked tokens");
}

void read_output(Members& members, RecipeOutput& output) {
  read_shape(members, output);
  std::string format = "lines";
  members.string("format", format);
  if (format != "lines" && format != "jsonl") members.complain("format", "must be lines or jsonl");
  output.format = format == "jsonl" ? CaptureFormat::kJsonl : CaptureFormat::kLines;
  members.string("field", output.field_pointer);
  const std::optional<std::vector<std::string>> path = split_pointer(output.field_pointer);
  if (!path) return members.complain("field", "must be a JSON Pointer such as /token");
  output.field = *path;
  members.share("bearer_share", output.bearer);
  members.share("blank_share", output.blank);
  members.share("without_token_share", output.without_token);
  members.share("not_json_share", output.not_json);
  members.share("crlf_share", output.crlf);
}

void read_recipe(Members& members, Recipe& recipe) {
  std::string comment;
  members.string("comment", comment);
  members.string("name", recipe.name);
  members.string("about", recipe.about);
  members.integer("count", recipe.count, 1, 1'000'000'000'000);
  members.integer("seed", recipe.seed, 0, INT64_MAX);
  members.inside("algorithms", [&](Members& inner) { read_algorithms(inner, recipe); });
  members.inside("keys", [&](Members& pools) {
    for (const std::string& pool : pools.names()) {
      pools.integer(pool, recipe.keys.emplace_back(pool, 0).second, 0, 1000);
    }
  });
  members.strings("secret_files", recipe.secret_files);
  members.boolean("pem", recipe.pem);
  members.share("kidless_share", recipe.kidless);
  members.inside("claims", [&](Members& inner) { read_claims(inner, recipe); });
  members.inside("faults", [&](Members& inner) { read_mix(inner, recipe.faults); });
  members.inside("oddities", [&](Members& inner) { read_mix(inner, recipe.oddities); });
  members.inside("repeats", [&](Members& inner) {
    inner.share("share", recipe.repeats.share);
    inner.integer("pool", recipe.repeats.pool, 1, 1'000'000);
    inner.real("zipf", recipe.repeats.zipf, 0, 4);
  });
  members.inside("policy", [&](Members& inner) { read_policy(inner, recipe.policy); });
  members.inside("output", [&](Members& inner) { read_output(inner, recipe.output); });
  members.finish();
}

}  // namespace

Result<Recipe> parse_recipe(std::string_view text) {
  simdjson::dom::parser parser;
  const simdjson::padded_string padded(text);
  object root;
  if (const auto code = parser.parse(padded).get(root); code != simdjson::SUCCESS) {
    return Error{ErrorKind::kFormat, "",
                 fmt::format("is not a JSON object: {}", error_message(code))};
  }
  Recipe recipe;
  std::optional<Error> error;
  Members members(root, "", error);
  read_recipe(members, recipe);
  if (error) return *error;
  return recipe;
}

std::string subject_name(std::uint64_t index) { return fmt::format("user-{:05}", index); }

}  // namespace jotmill::tools
