#include <algorithm>
#include <array>

#include "support/codec.h"
#include "support/gen_json.h"

namespace jotmill::gen {
namespace {

using reference::Nanoseconds;
using Literals = std::vector<std::string>;

constexpr Nanoseconds kSecond = 1'000'000'000;

// Distances from a boundary, in nanoseconds: on it, just off it, a second off, far off.
const std::vector<Nanoseconds> kNear = {
    0, 0, 1, -1, kSecond, -kSecond, kSecond / 2, -kSecond / 2, 3600 * kSecond, -3600 * kSecond};
const Literals kDates = {"0",
                         "-0",
                         "-1",
                         "1e10",
                         "1E1",
                         "1e400",
                         "-1e400",
                         "1e-400",
                         "9223372036854775807",
                         "9223372036854775808",
                         "-9223372036854775807",
                         "-9223372036854775808",
                         "9223372036854775807.999999999999",
                         "-9223372036854775808.5",
                         "922337203685477580.7e1",
                         "922337203685477580.8e1",
                         "1e18",
                         "1e19",
                         "0e99999999999999999999",
                         "0.0",
                         "1700000000000",
                         "\"1700000000\"",
                         "null",
                         "true",
                         "[1700000000]",
                         "{}",
                         "1e-99999999999999999999",
                         "0.0000000001",
                         "9.3e18",
                         "9.2e18"};
const Literals kAudiences = {
    "[]",          "\"\"",   "[\"\"]",   "[\"api\",1]",   "{\"api\":1}",     "null",
    "[[\"api\"]]", "\"ap\"", "\"api \"", "[\"x\",\"y\"]", "[\"x\",\"api\"]", "\"API\"",
    "[null]",      "1"};

Nanoseconds now_of(const reference::Policy& policy) {
  return policy.as_of.value_or(1'700'000'000 * kSecond);
}

const char* const kNames[] = {"iss", "sub", "aud", "exp", "nbf", "iat", "jti"};

std::string audience_literal(Random& random, const reference::Policy& policy) {
  const std::string one = policy.audiences.empty() ? "api" : random.pick(policy.audiences);
  const std::string literal = string_literal(random, one);
  return random.percent(30) ? "[\"other\"," + literal + "]" : literal;
}

// Times around each boundary of the policy.
std::string date_at_boundary(Random& random, const reference::Policy& policy,
                             std::string_view name) {
  const Nanoseconds now = now_of(policy);
  Nanoseconds boundary = now - policy.exp_leeway;
  if (name == "nbf") boundary = now + policy.nbf_leeway;
  if (name == "iat") boundary = now + policy.iat_leeway;
  if (name == "iat" && policy.max_age && random.percent(50))
    boundary = now - *policy.max_age - policy.iat_leeway;
  return date_literal(random, boundary + random.pick(kNear));
}

std::string spoil_payload(Random& random, const reference::Policy& policy, Fields& claims) {
  const std::string date = random.pick(std::array{"exp", "nbf", "iat"});
  switch (random.below(16)) {
    case 0:
    case 1:
    case 2:
    case 3:
      claims.set(date, date_at_boundary(random, policy, date));
      return date + " near its boundary";
    case 4:
    case 5: claims.set(date, random.pick(kDates)); return date + " odd";
    case 6: claims.set("aud", random.pick(kAudiences)); return "aud";
    case 7: set_odd(random, random.pick(kNames), claims); return "a claim of any type";
    case 8: claims.remove(random.pick(kNames)); return "a claim missing";
    case 9:
      claims.set("iss",
                 random.pick(Literals{"\"evil\"", "\"\"", "[\"https://a.example\"]",
                                      "\"https://a.example\\u0000\"", "\"HTTPS://a.example\""}));
      return "iss";
    case 10:
      claims.set("sub", random.pick(Literals{"\"mallory\"", "\"\"", "1", "\"alice\\u0000\""}));
      return "sub";
    case 11:
      if (!claims.list.empty()) claims.list.push_back(random.pick(claims.list));
      return "a claim twice";
    case 12:
      claims.add("exp", "1");
      claims.list.push_back({"\"e\\u0078p\"", "2"});
      return "a claim twice, once escaped";
    case 13:
      claims.list.push_back(
          {random.pick(Literals{"\"\\ud800\"", "\"\xFF\"", "x", "\"a\nb\"", "\"EXP\"", "\"\""}),
           "1"});
      return "odd name";
    default: set_odd(random, random.pick(std::array{"c0", "c1", "c2"}), claims); return "odd value";
  }
}

}  // namespace

std::string make_payload(Random& random, const reference::Policy& policy, std::string& what) {
  const Nanoseconds now = now_of(policy);
  Fields claims;
  if (!policy.issuers.empty() || random.percent(70)) {
    claims.add("iss", string_literal(random, policy.issuers.empty() ? "https://a.example"
                                                                    : random.pick(policy.issuers)));
  }
  if (!policy.subjects.empty() || random.percent(60)) {
    claims.add(
        "sub",
        string_literal(random, policy.subjects.empty() ? "alice" : random.pick(policy.subjects)));
  }
  if (!policy.audiences.empty() || random.percent(60))
    claims.add("aud", audience_literal(random, policy));
  if (random.percent(90))
    claims.add("exp", date_literal(random, now + random.between(1, 100000) * kSecond));
  if (random.percent(60))
    claims.add("nbf", date_literal(random, now - random.between(0, 100000) * kSecond));
  if (policy.max_age || random.percent(60)) {
    const Nanoseconds age = policy.max_age.value_or(100000 * kSecond);
    claims.add("iat", date_literal(random, now - age / random.between(1, 10)));
  }
  for (const std::string& name : policy.require) {
    const auto is_named = [&](const Field& field) { return field.name == codec::quoted(name); };
    const bool there = std::any_of(claims.list.begin(), claims.list.end(), is_named);
    const bool is_date = name == "exp" || name == "nbf" || name == "iat";
    if (!there && !random.percent(5))
      claims.add(name, is_date ? date_literal(random, now + kSecond) : "\"j1\"");
  }
  if (random.percent(30)) claims.add("scope", "\"read write\"");
  random.shuffle(claims.list);
  if (random.percent(55)) {
    for (int i = random.between(1, 2); i > 0; --i)
      what += " claims:" + spoil_payload(random, policy, claims);
  }
  std::string text = render(random, claims);
  if (random.percent(3)) {
    what += " claims:framed";
    text = random.pick(Literals{"\xEF\xBB\xBF" + text, text + text, "[" + text + "]", text + "x",
                                "null", "", "\"x\"", "1e400", text + std::string(1, '\0'), " ",
                                "{}", text.substr(0, text.size() - 1), nested_arrays(64),
                                nested_arrays(65), odd_value(random)});
  }
  return text;
}

}  // namespace jotmill::gen
