#include "judge/judge.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/check.h"

namespace jotmill {
namespace {

/// Nanoseconds since 1970, or a length of time: 2^63 seconds need 94 bits.
__extension__ using Ns = __int128;
constexpr std::int64_t kNsPerSecond = 1'000'000'000;

Ns to_ns(std::int64_t s, std::uint32_t ns) { return Ns{s} * kNsPerSecond + ns; }
Ns to_ns(TimePoint time) { return to_ns(time.s, time.ns); }
Ns to_ns(Duration duration) { return to_ns(duration.s, duration.ns); }

/// A date lies at `floor`, or strictly between `floor` and the next nanosecond (`finer`); `time` is
/// whole nanoseconds.
struct ExactDate {
  Ns floor;
  bool finer;

  bool at_or_before(Ns time) const { return finer ? time > floor : time >= floor; }
  bool after(Ns time) const { return !at_or_before(time); }
  bool before(Ns time) const { return time > floor; }
};
ExactDate exact(const NumericDate& date) { return {to_ns(date.s, date.ns), date.finer}; }

/// The strings that a claim may have. Few are compared one by one, many are searched by halves, so
/// that a long list and a token with a long aud do not multiply.
class AllowedStrings {
 public:
  explicit AllowedStrings(const std::vector<std::string>& values)
      : sorted_(values.begin(), values.end()) {
    std::sort(sorted_.begin(), sorted_.end());
  }
  bool asked_for() const { return !sorted_.empty(); }
  bool allow(std::string_view value) const {
    if (sorted_.size() <= kFew)
      return std::find(sorted_.begin(), sorted_.end(), value) != sorted_.end();
    return std::binary_search(sorted_.begin(), sorted_.end(), value);
  }

 private:
  static constexpr std::size_t kFew = 8;
  std::vector<std::string_view> sorted_;
};

/// Builds the detail of a time verdict: names and exact times, no allocation.
class TimeDetail {
 public:
  TimeDetail& add(std::string_view label, std::int64_t s, std::uint32_t ns, bool finer = false) {
    // s + ns * 1e-9 of a negative s is written by sign and magnitude.
    const bool negative = s < 0;
    std::uint64_t whole =
        negative ? 0 - static_cast<std::uint64_t>(s) : static_cast<std::uint64_t>(s);
    std::uint32_t fraction = ns;
    if (negative && ns > 0) {
      --whole;
      fraction = static_cast<std::uint32_t>(kNsPerSecond) - ns;
    }
    if (size_ > 0) put(" ");
    put(label);
    put("=");
    if (negative) put("-");
    std::array<char, 20> digits;
    const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), whole);
    JM_CHECK(error == std::errc());
    put({digits.data(), static_cast<std::size_t>(end - digits.data())});
    put_fraction(fraction);
    if (finer) put("+");
    return *this;
  }
  TimeDetail& add(std::string_view label, Duration duration) {
    return add(label, duration.s, duration.ns);
  }
  TimeDetail& add_leeway(Duration leeway) {
    return leeway.s == 0 && leeway.ns == 0 ? *this : add("leeway", leeway);
  }
  std::string_view text() const { return {buffer_.data(), size_}; }

 private:
  void put(std::string_view text) {
    JM_CHECK(text.size() <= buffer_.size() - size_);
    std::memcpy(buffer_.data() + size_, text.data(), text.size());
    size_ += text.size();
  }
  void put_fraction(std::uint32_t ns) {
    if (ns == 0) return;
    std::array<char, 10> text;
    text[0] = '.';
    for (std::size_t i = 9; i >= 1; --i, ns /= 10) text[i] = static_cast<char>('0' + ns % 10);
    std::size_t length = text.size();
    while (text[length - 1] == '0') --length;
    put({text.data(), length});
  }

  // Four parts of a label, a sign, 20 digits, a point and 9 digits.
  std::array<char, 192> buffer_;
  std::size_t size_ = 0;
};

/// One call of judge_claims: the policy, ready to be compared with.
class Judge {
 public:
  Judge(TokenBatch& batch, const Policy& policy)
      : batch_(batch),
        policy_(policy),
        issuers_(policy.issuers),
        audiences_(policy.audiences),
        subjects_(policy.subjects) {}

  void judge(std::size_t i) {
    if (missing(i) || wrong_time(i) || wrong_party(i)) return;
    batch_.passed[i] |= kPassedClaims;
  }

 private:
  bool has(std::size_t i, ClaimBit claim) const { return (batch_.present[i] & claim) != 0; }

  bool missing(std::size_t i) {
    if (batch_.missing_claim[i].present()) {
      batch_.reject(i, Verdict::kClaimMissing);
      batch_.detail[i] = batch_.missing_claim[i];
      return true;
    }
    const char* name = nullptr;
    if (issuers_.asked_for() && !has(i, kClaimIss)) {
      name = "iss";
    } else if (audiences_.asked_for() && !has(i, kClaimAud)) {
      name = "aud";
    } else if (subjects_.asked_for() && !has(i, kClaimSub)) {
      name = "sub";
    } else if (policy_.max_age && !has(i, kClaimIat)) {
      name = "iat";
    }
    if (name != nullptr) batch_.reject(i, Verdict::kClaimMissing, name);
    return name != nullptr;
  }

  /// What the token's times are compared with; nothing: they are not.
  std::optional<TimePoint> as_of(std::size_t i) const {
    if (!policy_.as_of_record) return policy_.as_of;
    return batch_.has_record_time[i] ? std::optional(batch_.record_time[i]) : std::nullopt;
  }

  bool wrong_time(std::size_t i) {
    const std::optional<TimePoint> time = as_of(i);
    if (!time) return false;
    const Ns now = to_ns(*time);
    if (has(i, kClaimExp) && exact(batch_.exp[i]).at_or_before(now - to_ns(policy_.leeway_exp))) {
      return reject_time(i, Verdict::kExpired, "exp", batch_.exp[i], policy_.leeway_exp);
    }
    if (has(i, kClaimNbf) && exact(batch_.nbf[i]).after(now + to_ns(policy_.leeway_nbf))) {
      return reject_time(i, Verdict::kNotYetValid, "nbf", batch_.nbf[i], policy_.leeway_nbf);
    }
    return policy_.max_age && wrong_age(i, now);
  }

  bool wrong_age(std::size_t i, Ns now) {
    const ExactDate iat = exact(batch_.iat[i]);
    const Ns leeway = to_ns(policy_.leeway_iat);
    if (iat.after(now + leeway)) {
      return reject_time(i, Verdict::kIssuedInFuture, "iat", batch_.iat[i], policy_.leeway_iat);
    }
    if (!iat.before(now - to_ns(*policy_.max_age) - leeway)) return false;
    return reject_time(i, Verdict::kTokenTooOld, "iat", batch_.iat[i], policy_.leeway_iat);
  }

  bool reject_time(std::size_t i, Verdict why, std::string_view claim, const NumericDate& date,
                   Duration leeway) {
    TimeDetail detail;
    const TimePoint time = as_of(i).value_or(TimePoint{});
    detail.add(claim, date.s, date.ns, date.finer).add("as_of", time.s, time.ns);
    if (why == Verdict::kTokenTooOld) detail.add("max_age", *policy_.max_age);
    batch_.reject(i, why, detail.add_leeway(leeway).text());
    return true;
  }

  bool wrong_party(std::size_t i) {
    if (issuers_.asked_for() && !issuers_.allow(batch_.text_of(batch_.iss[i]))) {
      reject_issuer(i);
      return true;
    }
    if (audiences_.asked_for() && !names_an_audience(i)) {
      batch_.reject(i, Verdict::kAudienceMismatch);
      return true;
    }
    if (subjects_.asked_for() && !subjects_.allow(batch_.text_of(batch_.sub[i]))) {
      batch_.reject(i, Verdict::kSubjectMismatch);
      return true;
    }
    return false;
  }

  bool names_an_audience(std::size_t i) const {
    const auto begin = batch_.aud_refs.begin() + batch_.aud_off[i];
    return std::any_of(begin, begin + batch_.aud_count[i],
                       [this](TextRef aud) { return audiences_.allow(batch_.text_of(aud)); });
  }

  void reject_issuer(std::size_t i) {
    constexpr std::string_view kLabel = "iss=";
    batch_.reject(i, Verdict::kIssuerMismatch);
    const TextRef iss = batch_.iss[i];
    const TextRef detail = batch_.add_text(kLabel);
    // The value stands in the same buffer, which may move as it grows: copied by offset, not by
    // view.
    batch_.text.resize(batch_.text.size() + iss.len_bytes);
    std::memcpy(batch_.text.data() + detail.off_bytes + kLabel.size(),
                batch_.text.data() + iss.off_bytes, iss.len_bytes);
    batch_.detail[i] = {detail.off_bytes,
                        static_cast<std::uint32_t>(kLabel.size() + iss.len_bytes)};
  }

  TokenBatch& batch_;
  const Policy& policy_;
  AllowedStrings issuers_;
  AllowedStrings audiences_;
  AllowedStrings subjects_;
};

constexpr std::uint8_t kSignatureStages =
    kPassedDecode | kPassedHeader | kPassedBind | kPassedSignature;
constexpr std::uint8_t kAllStages = kSignatureStages | kPassedPayload | kPassedClaims;

}  // namespace

void judge_claims(TokenBatch& batch, const Policy& policy) {
  Judge judge(batch, policy);
  for (std::size_t i = 0; i < batch.size; ++i) {
    if (batch.pending(i) && (batch.passed[i] & kPassedPayload) != 0) judge.judge(i);
  }
}

void settle(TokenBatch& batch, const Policy& policy) {
  const std::uint8_t wanted = policy.claims ? kAllStages : kSignatureStages;
  for (std::size_t i = 0; i < batch.size; ++i) {
    if (!batch.pending(i)) continue;
    if ((batch.passed[i] & wanted) == wanted) {
      batch.verdict[i] = Verdict::kAccepted;
    } else {
      batch.reject(i, Verdict::kInternalError, "stage_skipped");
    }
  }
}

}  // namespace jotmill
