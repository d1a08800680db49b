#include "claims/header.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "claims/header_memo.h"
#include "claims/object.h"

namespace jotmill {
namespace {

enum HeaderName : std::size_t { kAlg, kKid, kTyp, kCty, kCrit, kEnc, kB64 };
constexpr WantedNames kHeaderNames({"alg", "kid", "typ", "cty", "crit", "enc", "b64"}, kCrit,
                                   WantedNames::kNone);

/// Members that RFC 7515 s4.1, RFC 7516 s4.1 and RFC 7518 s4 define; crit must not name them (RFC
/// 7515 s4.1.11).
constexpr std::array<std::string_view, 20> kDefinedMembers = {
    "alg",  "jku", "jwk", "kid", "x5u", "x5c", "x5t", "x5t#S256", "typ", "cty",
    "crit", "enc", "zip", "epk", "apu", "apv", "iv",  "tag",      "p2s", "p2c"};

/// A media type without the application/ prefix that RFC 7515 s4.1.9 lets writers omit.
std::string_view without_application(std::string_view type) {
  constexpr std::string_view kPrefix = "application/";
  const bool prefixed =
      type.size() >= kPrefix.size() && equal_ignoring_case(type.substr(0, kPrefix.size()), kPrefix);
  return prefixed ? type.substr(kPrefix.size()) : type;
}

/// The first check that a header fails; nothing: it passes. `detail` points into the header or to
/// constant text.
struct Failure {
  Verdict verdict;
  std::string_view detail = {};
};
using Judgement = std::optional<Failure>;

Judgement object_failure(const ObjectAnswer& answer) {
  switch (answer.problem) {
    case ObjectProblem::kNone: return std::nullopt;
    case ObjectProblem::kNotUtf8: return Failure{Verdict::kHeaderNotUtf8};
    case ObjectProblem::kNotJson: return Failure{Verdict::kHeaderNotJson, json::name(answer.json)};
    case ObjectProblem::kNotObject: return Failure{Verdict::kHeaderNotJson, "not_object"};
    case ObjectProblem::kDuplicateMember: return Failure{Verdict::kHeaderDuplicateMember};
  }
  return Failure{Verdict::kInternalError};
}

Judgement check_types(const JsonObject& header) {
  constexpr std::array<std::string_view, 4> kStrings = {"alg", "kid", "typ", "cty"};
  for (std::size_t i = 0; i < kStrings.size(); ++i) {
    const JsonKind kind = header.wanted[i].kind;
    if (kind != JsonKind::kAbsent && kind != JsonKind::kString)
      return Failure{Verdict::kHeaderBadType, kStrings[i]};
  }
  const JsonKind crit = header.wanted[kCrit].kind;
  if (crit != JsonKind::kAbsent && crit != JsonKind::kArray)
    return Failure{Verdict::kHeaderBadType, "crit"};
  return std::nullopt;
}

Judgement check_alg(const JsonObject& header, Alg alg, AlgSet allowed) {
  const JsonValue& value = header.wanted[kAlg];
  if (value.kind == JsonKind::kAbsent) return Failure{Verdict::kAlgMissing};
  if (equal_ignoring_case(value.text, "none")) {
    return Failure{Verdict::kAlgNone, value.text == "none" ? "" : "case_variant"};
  }
  if (header.wanted[kEnc].kind != JsonKind::kAbsent)
    return Failure{Verdict::kEncryptedToken, "enc"};
  if (alg == Alg::kNone) return Failure{Verdict::kAlgUnsupported};
  if ((alg_bit(alg) & allowed) == 0) return Failure{Verdict::kAlgNotAllowed};
  return std::nullopt;
}

/// The columns of a header that is one object, whatever the checks will say.
void take_columns(const JsonObject& header, TokenBatch& batch, std::size_t i) {
  if (const JsonValue& alg = header.wanted[kAlg]; alg.kind == JsonKind::kString) {
    batch.alg[i] = alg_from_name(alg.text).value_or(Alg::kNone);
    batch.alg_text[i] = batch.add_text(alg.text);
  }
  if (const JsonValue& kid = header.wanted[kKid]; kid.kind == JsonKind::kString) {
    batch.kid[i] = batch.add_text(kid.text);
  }
  if (const JsonValue& cty = header.wanted[kCty]; cty.kind == JsonKind::kString) {
    batch.cty_is_jwt[i] = equal_ignoring_case(without_application(cty.text), "jwt") ? 1 : 0;
  }
}

/// The same columns for a header that has passed before.
void pass(TokenBatch& batch, std::size_t i, const PassedHeader& known) {
  batch.alg[i] = known.alg;
  batch.alg_text[i] = batch.add_text(info(known.alg).name);
  if (known.has_kid) batch.kid[i] = batch.add_text(known.kid);
  batch.cty_is_jwt[i] = known.cty_is_jwt ? 1 : 0;
  batch.passed[i] |= kPassedHeader;
}

AlgSet allowed_algs(const Policy& policy) {
  if (policy.algs.empty()) return static_cast<AlgSet>((1u << kAlgCount) - 1);
  AlgSet allowed = 0;
  for (const std::string& name : policy.algs) {
    if (const std::optional<Alg> alg = alg_from_name(name))
      allowed = static_cast<AlgSet>(allowed | alg_bit(*alg));
  }
  return allowed;
}

}  // namespace

struct HeaderParser::State {
  State(const Policy& policy, bool with_memo) : allowed(allowed_algs(policy)), use_memo(with_memo) {
    if (policy.typ) typ = without_application(*policy.typ);
  }

  void parse(TokenBatch& batch, std::size_t i, MemoUse& use);
  Judgement judge(const JsonObject& header, Alg alg);
  Judgement check_crit(const JsonObject& header);
  Judgement check_typ(const JsonObject& header) const;

  AlgSet allowed;
  bool use_memo;
  std::optional<std::string> typ;  ///< the wanted one, without application/
  ObjectReader reader{kHeaderNames};
  HeaderMemo memo;
  PassedHeader fresh;  ///< on its way into the memo
  std::vector<std::string_view> crit_names;
  NameSet crit_set;
};

/// RFC 7515 s4.1.11: what makes crit wrong by itself comes before what we do not support. We
/// process no extension at all.
Judgement HeaderParser::State::check_crit(const JsonObject& header) {
  if (header.wanted[kCrit].kind == JsonKind::kAbsent) return std::nullopt;
  if (header.elements.empty()) return Failure{Verdict::kCritInvalid, "empty"};
  crit_names.clear();
  for (const JsonValue& element : header.elements) {
    if (element.kind != JsonKind::kString) return Failure{Verdict::kCritInvalid, "not_string"};
    crit_names.push_back(element.text);
  }
  if (!crit_set.assign(crit_names)) return Failure{Verdict::kCritInvalid, "duplicate"};
  for (const std::string_view name : crit_names) {
    if (std::find(kDefinedMembers.begin(), kDefinedMembers.end(), name) != kDefinedMembers.end()) {
      return Failure{Verdict::kCritInvalid, "defined_member"};
    }
    if (!reader.names().contains(name)) return Failure{Verdict::kCritInvalid, "absent_member"};
  }
  return Failure{Verdict::kCritUnsupported, crit_names.front()};
}

Judgement HeaderParser::State::check_typ(const JsonObject& header) const {
  if (!typ) return std::nullopt;
  const JsonValue& value = header.wanted[kTyp];
  if (value.kind == JsonKind::kAbsent) return Failure{Verdict::kTypMismatch, "absent"};
  if (equal_ignoring_case(without_application(value.text), *typ)) return std::nullopt;
  return Failure{Verdict::kTypMismatch, value.text};
}

Judgement HeaderParser::State::judge(const JsonObject& header, Alg alg) {
  if (const Judgement failure = check_types(header)) return failure;
  if (const Judgement failure = check_alg(header, alg, allowed)) return failure;
  if (const Judgement failure = check_crit(header)) return failure;
  const JsonKind b64 = header.wanted[kB64].kind;
  if (b64 != JsonKind::kAbsent && b64 != JsonKind::kTrue) return Failure{Verdict::kB64Unsupported};
  return check_typ(header);
}

void HeaderParser::State::parse(TokenBatch& batch, std::size_t i, MemoUse& use) {
  const Bytes text = batch.segment(i, 0);
  if (use_memo) {
    const PassedHeader* known = memo.find(as_text(text));
    ++(known != nullptr ? use.hits : use.misses);
    if (known != nullptr) {
      pass(batch, i, *known);
      return;
    }
  }
  if (const Judgement failure = object_failure(reader.read(text))) {
    batch.reject(i, failure->verdict, failure->detail);
    return;
  }
  const JsonObject& header = reader.object();
  take_columns(header, batch, i);
  if (const Judgement failure = judge(header, batch.alg[i])) {
    batch.reject(i, failure->verdict, failure->detail);
    return;
  }
  batch.passed[i] |= kPassedHeader;
  if (!use_memo) return;
  fresh.alg = batch.alg[i];
  fresh.has_kid = batch.kid[i].present();
  fresh.kid.assign(batch.text_of(batch.kid[i]));
  fresh.cty_is_jwt = batch.cty_is_jwt[i] != 0;
  memo.add(as_text(text), fresh);
}

HeaderParser::HeaderParser(const Policy& policy, bool memo)
    : state_(std::make_unique<State>(policy, memo)) {}
HeaderParser::~HeaderParser() = default;
HeaderParser::HeaderParser(HeaderParser&&) noexcept = default;
HeaderParser& HeaderParser::operator=(HeaderParser&&) noexcept = default;

void HeaderParser::parse_headers(TokenBatch& batch, MemoUse& use) {
  for (std::size_t i = 0; i < batch.size; ++i) {
    if (batch.pending(i) && (batch.passed[i] & kPassedDecode) != 0) state_->parse(batch, i, use);
  }
}

}  // namespace jotmill
