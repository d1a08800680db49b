#include "claims/payload.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "claims/numeric_date.h"
#include "claims/object.h"
#include "claims/show.h"

namespace jotmill {
namespace {

/// In the order in which claim_invalid names them; ClaimBit(1 << index) below.
enum ClaimName : std::size_t { kIss, kSub, kAud, kExp, kNbf, kIat, kJti };
constexpr std::array<std::string_view, 7> kClaimNames = {"iss", "sub", "aud", "exp",
                                                         "nbf", "iat", "jti"};
constexpr std::array<ClaimBit, 7> kClaimBits = {kClaimIss, kClaimSub, kClaimAud, kClaimExp,
                                                kClaimNbf, kClaimIat, kClaimJti};
constexpr WantedNames kPayloadNames({"iss", "sub", "aud", "exp", "nbf", "iat", "jti"}, kAud, kExp);

bool reject_object(TokenBatch& batch, std::size_t i, const ObjectAnswer& answer) {
  switch (answer.problem) {
    case ObjectProblem::kNone: return false;
    case ObjectProblem::kNotUtf8: batch.reject(i, Verdict::kPayloadNotUtf8); break;
    case ObjectProblem::kNotJson:
      batch.reject(i, Verdict::kPayloadNotJson, json::name(answer.json));
      break;
    case ObjectProblem::kNotObject: batch.reject(i, Verdict::kPayloadNotObject); break;
    case ObjectProblem::kDuplicateMember: batch.reject(i, Verdict::kPayloadDuplicateMember); break;
  }
  return true;
}

bool take_date(const JsonValue& value, NumericDate& out) {
  if (value.kind != JsonKind::kNumber) return false;
  if (value.is_integer) {
    // Member by member, as every row is written: a copy of a date just made waits for its stores.
    out.s = value.integer;
    out.ns = 0;
    out.finer = false;
    // -2^63 is the one 64-bit integer that is out of range (verdicts: magnitude below 2^63).
    return value.integer != INT64_MIN;
  }
  const std::optional<NumericDate> date = parse_numeric_date(value.text);
  if (date) out = *date;
  return date.has_value();
}

bool take_string(TokenBatch& batch, const JsonValue& value, TextRef& out) {
  if (value.kind != JsonKind::kString) return false;
  out = batch.add_text(value.text);
  return true;
}

/// RFC 7519 s4.1.3: one string, or an array of strings (an empty one names nobody).
bool take_audience(TokenBatch& batch, std::size_t i, const JsonObject& claims) {
  const JsonValue& value = claims.wanted[kAud];
  batch.aud_off[i] = static_cast<std::uint32_t>(batch.aud_refs.size());
  if (value.kind == JsonKind::kString) {
    batch.aud_refs.push_back(batch.add_text(value.text));
    batch.aud_count[i] = 1;
    return true;
  }
  if (value.kind != JsonKind::kArray) return false;
  const auto is_string = [](const JsonValue& element) { return element.kind == JsonKind::kString; };
  if (!std::all_of(claims.elements.begin(), claims.elements.end(), is_string)) return false;
  for (const JsonValue& element : claims.elements)
    batch.aud_refs.push_back(batch.add_text(element.text));
  batch.aud_count[i] = static_cast<std::uint32_t>(claims.elements.size());
  return true;
}

bool take_claim(TokenBatch& batch, std::size_t i, const JsonObject& claims, std::size_t claim) {
  const JsonValue& value = claims.wanted[claim];
  switch (claim) {
    case kIss: return take_string(batch, value, batch.iss[i]);
    case kSub: return take_string(batch, value, batch.sub[i]);
    case kAud: return take_audience(batch, i, claims);
    case kExp: return take_date(value, batch.exp[i]);
    case kNbf: return take_date(value, batch.nbf[i]);
    case kIat: return take_date(value, batch.iat[i]);
    default: return value.kind == JsonKind::kString;  // jti
  }
}

/// Fills the columns of the registered claims; returns the first one that is not what RFC 7519
/// says, kClaimNames.size() when all are.
std::size_t take_claims(TokenBatch& batch, std::size_t i, const JsonObject& claims) {
  std::size_t first_invalid = kClaimNames.size();
  for (std::size_t claim = 0; claim < kClaimNames.size(); ++claim) {
    if (claims.wanted[claim].kind == JsonKind::kAbsent) continue;
    if (take_claim(batch, i, claims, claim)) {
      batch.present[i] |= kClaimBits[claim];
    } else if (first_invalid == kClaimNames.size()) {
      first_invalid = claim;
    }
  }
  return first_invalid;
}

std::vector<std::string> without_repeats(std::vector<std::string> names) {
  std::vector<std::string> out;
  for (std::string& name : names) {
    if (std::find(out.begin(), out.end(), name) == out.end()) out.push_back(std::move(name));
  }
  return out;
}

}  // namespace

struct PayloadParser::State {
  void parse(TokenBatch& batch, std::size_t i);
  TextRef find_missing(TokenBatch& batch) const;
  TextRef write_shown(TokenBatch& batch);

  /// A member that must be there; `index` finds it in JsonObject::wanted if it is one of those.
  struct Required {
    std::string name;
    std::size_t index;
  };
  std::vector<Required> require;
  std::vector<std::string> show;
  ObjectReader reader{kPayloadNames};
  ClaimWriter writer;
};

TextRef PayloadParser::State::find_missing(TokenBatch& batch) const {
  for (const Required& one : require) {
    const bool there = one.index == WantedNames::kNone
                           ? reader.names().contains(one.name)
                           : reader.object().wanted[one.index].kind != JsonKind::kAbsent;
    if (!there) return batch.add_text(one.name);
  }
  return {};
}

TextRef PayloadParser::State::write_shown(TokenBatch& batch) {
  const JsonObject& claims = reader.object();
  writer.begin();
  for (const std::string& name : show) {
    const auto at = std::find(claims.names.begin(), claims.names.end(), name);
    if (at == claims.names.end()) continue;
    writer.add(name, claims.value_texts[static_cast<std::size_t>(at - claims.names.begin())]);
  }
  return batch.add_text(writer.finish());
}

void PayloadParser::State::parse(TokenBatch& batch, std::size_t i) {
  if (batch.cty_is_jwt[i] != 0) {
    batch.reject(i, Verdict::kNestedUnsupported);
    return;
  }
  // Shown values are copied from their text, which only the strict way keeps.
  const Bytes payload = batch.segment(i, 1);
  const ObjectAnswer answer = show.empty() ? reader.read(payload) : reader.read_strict(payload);
  if (reject_object(batch, i, answer)) return;
  batch.passed[i] |= kPassedPayload;
  if (!show.empty()) batch.shown_claims[i] = write_shown(batch);
  batch.missing_claim[i] = find_missing(batch);
  const std::size_t invalid = take_claims(batch, i, reader.object());
  if (invalid < kClaimNames.size()) batch.reject(i, Verdict::kClaimInvalid, kClaimNames[invalid]);
}

PayloadParser::PayloadParser(const Policy& policy, std::vector<std::string> show)
    : state_(std::make_unique<State>()) {
  for (const std::string& name : policy.require)
    state_->require.push_back({name, kPayloadNames.find(name)});
  state_->show = without_repeats(std::move(show));
}
PayloadParser::~PayloadParser() = default;
PayloadParser::PayloadParser(PayloadParser&&) noexcept = default;
PayloadParser& PayloadParser::operator=(PayloadParser&&) noexcept = default;

void PayloadParser::parse_payloads(TokenBatch& batch) {
  for (std::size_t i = 0; i < batch.size; ++i) {
    if (batch.pending(i) && (batch.passed[i] & kPassedSignature) != 0) state_->parse(batch, i);
  }
}

}  // namespace jotmill
