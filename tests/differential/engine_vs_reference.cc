// The engine against the reference verifier, token by token: generated worlds of keys, policies and
// tokens, each judged by both.
//
//   engine_vs_reference [TOKENS [SEED]]      default: 50,000 tokens, a new seed each time
//   engine_vs_reference --replay WORLD INDEX one token again, with everything that is needed to
//   look at it
//
// Ends with 0 when no verdict, alg or kid differs, else with 1 and one replay line for each
// difference.

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <mutex>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "jotmill/jotmill.hpp"
#include "support/cpu_under_test.h"
#include "support/engine_adapter.h"
#include "support/reference_verifier.h"
#include "support/token_gen.h"

namespace {

using namespace jotmill;

constexpr std::uint64_t kTokensPerWorld = 500;
constexpr int kMostShown = 20;

struct Tally {
  std::mutex mutex;
  std::map<std::string, std::uint64_t> verdicts;
  std::uint64_t tokens = 0, differences = 0, key_files = 0;
};

std::string hex(std::string_view bytes) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  for (const char c : bytes) {
    out += kHex[static_cast<unsigned char>(c) >> 4];
    out += kHex[static_cast<unsigned char>(c) & 15];
  }
  return out;
}

/// A world, loaded into both verifiers. A file that one of them refuses whole must be refused by
/// the other; it is left out.
struct Judges {
  gen::World world;
  reference::Keys keys;
  std::vector<Verifier> engines;    ///< best kernels, and portable ones
  std::vector<Verifier> by_record;  ///< likewise, each token at a time of its own
  std::vector<std::string> file_differences;

  explicit Judges(std::uint64_t seed) : world(gen::make_world(seed)) {
    std::vector<reference::KeyFile> sound;
    for (const reference::KeyFile& file : world.key_files) {
      const std::string refusal = keys.load(file);
      const auto alone = list_keys(testing::engine_keys({file}), world.policy.allow_weak_secret);
      if (refusal.empty() != alone.ok()) {
        file_differences.push_back(
            "key file " + file.name + ": reference " +
            (refusal.empty() ? "loads it" : "refuses it (" + refusal + ")") + ", engine " +
            (alone.ok() ? "loads it" : "refuses it (" + alone.error().reason + ")"));
      }
      if (refusal.empty()) sound.push_back(file);
    }
    if (sound.empty()) {
      // Nothing to verify with is an error of the run, and no verdict of any token.
      const Result<Verifier> none = Verifier::create({}, testing::engine_policy(world.policy));
      if (none.ok() || none.error().kind != ErrorKind::kNoKeys) {
        file_differences.push_back("engine does not say that there are no keys");
      }
      return;
    }
    const auto sources = testing::engine_keys(sound);
    const Policy policy = testing::engine_policy(world.policy);
    for (const char* kernel : {"", "scalar"}) {
      add(engines, Verifier::create(sources, policy, {{"base64url", kernel}},
                                    testing::cpu_mask_under_test()));
    }
    Policy record_policy = policy;
    record_policy.as_of.reset();
    record_policy.as_of_record = true;
    add(by_record, Verifier::create(sources, record_policy, {}, testing::cpu_mask_under_test()));
  }

  void add(std::vector<Verifier>& to, Result<Verifier> made) {
    if (made) return to.push_back(std::move(made).value());
    file_differences.push_back("engine refuses the keys or the policy: " + made.error().subject +
                               ": " + made.error().reason);
  }
};

/// The time of the record that token `index` of a world stands in: near to what the policy says, so
/// that it decides; one in eight has none.
std::optional<reference::Nanoseconds> record_time(const gen::World& world, std::uint64_t index) {
  std::mt19937_64 random(index * 977 + 5);
  if (random() % 8 == 0) return std::nullopt;
  const auto reach = static_cast<reference::Nanoseconds>(1) << (random() % 62);
  const auto shift = static_cast<reference::Nanoseconds>(random() >> 1) % reach;
  const auto near = world.policy.as_of.value_or(0) + (random() % 2 == 0 ? shift : -shift);
  return random() % 4 == 0 ? world.policy.as_of.value_or(0) : near;
}

std::string show(const std::optional<std::string>& text) {
  return text ? '"' + *text + '"' : "none";
}

std::string describe(const reference::Answer& wanted, const TokenVerdict& got) {
  return "reference " + wanted.verdict + " (" + wanted.detail + ") alg " + show(wanted.alg) +
         " kid " + show(wanted.kid) + ", engine " + std::string(code(got.verdict)) + " (" +
         got.detail + ") alg " + show(got.alg) + " kid " + show(got.kid);
}

bool same(const reference::Answer& wanted, const TokenVerdict& got) {
  return wanted.verdict == code(got.verdict) && wanted.alg == got.alg && wanted.kid == got.kid;
}

void report(Tally& tally, std::uint64_t world, std::uint64_t index, const std::string& what,
            const std::string& difference) {
  const std::lock_guard lock(tally.mutex);
  if (++tally.differences > kMostShown) return;
  std::printf("DIFFERENCE world %llu token %llu (%s): %s\n", static_cast<unsigned long long>(world),
              static_cast<unsigned long long>(index), what.c_str(), difference.c_str());
  std::printf("  replay: engine_vs_reference --replay %llu %llu\n",
              static_cast<unsigned long long>(world), static_cast<unsigned long long>(index));
}

/// The oracle is asked anew for each token, with the token's own time as the time to judge at.
void compare_by_record(Judges& judges, std::uint64_t seed,
                       const std::vector<std::string_view>& views, Tally& tally) {
  std::vector<std::optional<TimePoint>> times;
  std::vector<reference::Answer> wanted;
  for (std::size_t i = 0; i < views.size(); ++i) {
    reference::Policy policy = judges.world.policy;
    policy.as_of = record_time(judges.world, i);
    times.push_back(testing::engine_policy(policy).as_of);
    wanted.push_back(reference::judge(views[i], judges.keys, policy));
  }
  for (Verifier& engine : judges.by_record) {
    std::vector<TokenVerdict> got(views.size());
    engine.verify_many(views, times, got);
    for (std::size_t i = 0; i < views.size(); ++i) {
      if (!same(wanted[i], got[i]))
        report(tally, seed, i, "at the time of its record", describe(wanted[i], got[i]));
    }
  }
}

void run_world(std::uint64_t seed, std::uint64_t count, Tally& tally) {
  Judges judges(seed);
  for (const std::string& difference : judges.file_differences)
    report(tally, seed, 0, "keys", difference);
  std::vector<gen::GeneratedToken> tokens;
  std::vector<std::string_view> views;
  for (std::uint64_t i = 0; i < count; ++i) tokens.push_back(gen::make_token(judges.world, i));
  for (const gen::GeneratedToken& token : tokens) views.push_back(token.bytes);

  std::vector<reference::Answer> wanted;
  for (const std::string_view token : views)
    wanted.push_back(reference::judge(token, judges.keys, judges.world.policy));
  for (Verifier& engine : judges.engines) {
    std::vector<TokenVerdict> got(views.size());
    engine.verify_many(views, got);
    for (std::size_t i = 0; i < views.size(); ++i) {
      if (!same(wanted[i], got[i]))
        report(tally, seed, i, tokens[i].what, describe(wanted[i], got[i]));
    }
  }
  compare_by_record(judges, seed, views, tally);
  const std::lock_guard lock(tally.mutex);
  for (const reference::Answer& answer : wanted) ++tally.verdicts[answer.verdict];
  tally.tokens += count;
  tally.key_files += judges.world.key_files.size();
}

int replay(std::uint64_t seed, std::uint64_t index) {
  Judges judges(seed);
  for (const std::string& difference : judges.file_differences)
    std::printf("%s\n", difference.c_str());
  const gen::GeneratedToken token = gen::make_token(judges.world, index);
  std::printf("token (hex, %zu bytes): %s\nmade by: %s\n", token.bytes.size(),
              hex(token.bytes).c_str(), token.what.c_str());
  for (const reference::KeyFile& file : judges.world.key_files) {
    std::printf("key file %s: %s\n", file.name.c_str(), hex(file.bytes).c_str());
  }
  const reference::Answer wanted = reference::judge(token.bytes, judges.keys, judges.world.policy);
  bool equal = true;
  for (Verifier& engine : judges.engines) {
    const TokenVerdict got = engine.verify(token.bytes);
    equal = equal && same(wanted, got);
    std::printf("%s\n", describe(wanted, got).c_str());
  }
  return equal ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 4 && std::string_view(argv[1]) == "--replay") {
    return replay(std::strtoull(argv[2], nullptr, 10), std::strtoull(argv[3], nullptr, 10));
  }
  const std::uint64_t wanted = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 50'000;
  const std::uint64_t seed =
      argc > 2 ? std::strtoull(argv[2], nullptr, 10) : std::random_device{}();
  std::printf("engine_vs_reference: %llu tokens, seed %llu\n",
              static_cast<unsigned long long>(wanted), static_cast<unsigned long long>(seed));
  std::fflush(stdout);

  Tally tally;
  std::atomic<std::uint64_t> next = 0;
  const std::uint64_t worlds = (wanted + kTokensPerWorld - 1) / kTokensPerWorld;
  std::vector<std::thread> threads;
  for (unsigned t = 0; t < std::max(1u, std::min(8u, std::thread::hardware_concurrency())); ++t) {
    threads.emplace_back([&] {
      for (std::uint64_t w = next++; w < worlds; w = next++) {
        run_world(seed + w, std::min(kTokensPerWorld, wanted - w * kTokensPerWorld), tally);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();

  for (const auto& [verdict, count] : tally.verdicts) {
    std::printf("%10llu  %s\n", static_cast<unsigned long long>(count), verdict.c_str());
  }
  std::printf("%llu tokens, %llu key files, %zu different verdicts, %llu differences\n",
              static_cast<unsigned long long>(tally.tokens),
              static_cast<unsigned long long>(tally.key_files), tally.verdicts.size(),
              static_cast<unsigned long long>(tally.differences));
  // A generator that no longer reaches most of the table would make this a test that cannot fail.
  const bool thin = wanted >= 50'000 && tally.verdicts.size() < 40;
  if (thin) std::printf("too few different verdicts were reached\n");
  return tally.differences == 0 && tally.tokens == wanted && !thin ? 0 : 1;
}
