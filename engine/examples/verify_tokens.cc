// The library in one page: keys and a policy are made ready once, then tokens are judged in memory.
//
//   verify_tokens KEYS... < tokens       one token a line in, one verdict a line out
//
// Exit codes: 0 all accepted, 1 some rejected, 2 the keys could not be loaded.

#include <iostream>
#include <jotmill/jotmill.hpp>
#include <string>
#include <string_view>
#include <vector>

int main(int argc, char* argv[]) {
  std::vector<jotmill::KeySource> keys;
  for (int i = 1; i < argc; ++i) keys.push_back({.path = argv[i]});

  jotmill::Policy policy;
  policy.algs = {"HS256", "RS256", "ES256", "EdDSA"};
  policy.as_of = jotmill::TimePoint{.s = 1'800'000'000};  // the time that exp and nbf are judged at

  auto verifier = jotmill::Verifier::create(keys, policy);
  if (!verifier) {
    std::cerr << verifier.error().subject << ": " << verifier.error().reason << '\n';
    return 2;
  }

  std::vector<std::string> lines;
  for (std::string line; std::getline(std::cin, line);) lines.push_back(line);
  const std::vector<std::string_view> tokens(lines.begin(), lines.end());

  std::vector<jotmill::TokenVerdict> verdicts(tokens.size());
  verifier.value().verify_many(tokens, verdicts);

  // alg, kid and detail are the token's own words: escape them before a terminal or a log sees
  // them.
  bool all_accepted = true;
  for (const jotmill::TokenVerdict& verdict : verdicts) {
    std::cout << jotmill::code(verdict.verdict);
    if (verdict.key) std::cout << " by key " << verifier.value().keys()[*verdict.key].position;
    std::cout << '\n';
    all_accepted = all_accepted && verdict.accepted();
  }
  return all_accepted ? 0 : 1;
}
