#ifndef JOTMILL_TOOLS_GENERATE_RECIPE_H_
#define JOTMILL_TOOLS_GENERATE_RECIPE_H_

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "jotmill/result.h"
#include "tools/generate/algs.h"

namespace jotmill::tools {

inline constexpr std::uint32_t kMillion =
    1'000'000;  ///< shares are kept per million: exact, the same everywhere

/// Which variants to use, and how often against each other: "*", a verdict code, or a variant's
/// full name -> weight. The most exact name wins; 0 leaves a variant out.
struct Mix {
  std::uint32_t share = 0;  ///< per million of all tokens
  std::map<std::string, std::uint32_t, std::less<>> weights;
};

struct ClaimSize {
  std::uint32_t bytes = 0;  ///< of the payload's JSON text, before base64url
  std::uint32_t weight = 0;
};

/// What `jotmill verify` is told: the members of policy.toml.
struct RecipePolicy {
  std::optional<std::int64_t> as_of_s = 1'800'000'000;  ///< Unix seconds; nothing: --as-of off
  bool as_of_record = false;  ///< --as-of record: each token at the time of its own record
  AlgSet algs = kAnyAlg;
  bool lists_algs = false;  ///< --alg is given
  bool issuer = false, audience = false,
       subject = false;  ///< --issuer ... for each name of the pools
  std::vector<std::string> require;
  std::int64_t leeway_exp_s = 0, leeway_nbf_s = 0, leeway_iat_s = 0;
  std::optional<std::int64_t> max_age_s;
  std::string typ;  ///< empty: no --typ
  bool claims = true;
  bool allow_padding = false;
  bool allow_weak_secret = false;
  std::optional<std::uint32_t> max_token_bytes;
};

enum class CaptureFormat : std::uint8_t { kLines, kJsonl };

struct Shape;  // shapes.h

struct RecipeOutput {
  const Shape* shape = nullptr;  ///< a kind of log; null: one of the two plain formats
  CaptureFormat format = CaptureFormat::kLines;
  std::vector<std::string> field = {"token"};  ///< jsonl: path of member names to the token
  std::string field_pointer = "/token";        ///< the same as a JSON Pointer (RFC 6901)
  // Per million of the tokens.
  std::uint32_t bearer = 0;         ///< jsonl: the token stands behind "Bearer " or "DPoP "
  std::uint32_t blank = 0;          ///< a blank line before the token's line
  std::uint32_t without_token = 0;  ///< jsonl: a record without the member before it
  std::uint32_t not_json = 0;       ///< jsonl: a line that is not JSON before it
  // Shapes: a record before it that holds
  std::uint32_t lookalike = 0;  ///< something like a token
  std::uint32_t truncated = 0;  ///< a token that the logger cut within its signature
  std::uint32_t redacted = 0;   ///< a token whose signature the logger blanked
  std::uint32_t crlf = 0;       ///< the line ends with CR LF
};

/// How often the same token comes again.
struct Repeats {
  std::uint32_t share = 0;    ///< per million: tokens that were there before
  std::uint32_t pool = 1000;  ///< tokens that are repeated
  double zipf = 1.0;          ///< the k-th of the pool comes with a weight of 1 / k^zipf
};

/// What to generate: datasets/README.md describes the JSON text it is read from.
struct Recipe {
  std::string name;
  std::string about;
  std::uint64_t count = 1000;  ///< tokens
  std::uint64_t seed = 1;
  std::array<std::uint32_t, kAlgCount> algorithms{};        ///< weights
  std::vector<std::pair<std::string, std::uint32_t>> keys;  ///< pool -> how many of its keys
  std::vector<std::string> secret_files;  ///< pools of oct keys that go into --secret-file KID=PATH
  bool pem = false;                       ///< keys as PEM and raw secret files, so without kid
  std::uint32_t kidless = 0;  ///< per million of the good tokens, where the keys allow it
  std::vector<ClaimSize> sizes = {{256, 1}};
  std::vector<std::string> issuers = {"https://issuer.example"};
  std::vector<std::string> audiences = {"api"};
  std::uint32_t subjects = 10;
  Mix faults;
  Mix oddities;  ///< good tokens that look strange
  Repeats repeats;
  RecipePolicy policy;
  RecipeOutput output;
};

/// Reads a recipe. Errors (kFormat): not JSON, a member that is unknown, of the wrong type or out
/// of range; `subject` is the member's path.
Result<Recipe> parse_recipe(std::string_view text);

/// The subject with number `index`, below Recipe::subjects.
std::string subject_name(std::uint64_t index);

}  // namespace jotmill::tools

#endif  // JOTMILL_TOOLS_GENERATE_RECIPE_H_
