// The RSA and HMAC files of Wycheproof in groups, as a batch verifies them: by the best kernels,
// the portable ones and IFMA emulated, in groups of 1 to 17, every case in every lane. One by one
// they are in engine_primitives_test.cc.
//
// The best kernels are asked all of it. The others, which are slow, get groups of two sizes from a
// share of the files, drawn anew each time; with JOTMILL_LONG=1 all of it, too.

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "keys/load.h"
#include "support/catch.h"
#include "support/engine_adapter.h"
#include "support/long_run.h"
#include "support/signature_ways.h"
#include "support/vectors.h"
#include "verify/one_by_one.h"

using namespace jotmill;

namespace {

constexpr std::size_t kMostInGroup = 17, kLanes = 8;

/// The cases of one file, one alg after the other as they stand there.
struct File {
  std::string name;
  KeyRing ring;
  std::vector<vectors::SignatureCase> cases;
  std::vector<testing::SignatureRow> rows;
  /// Right in length and range, so that a kernel is asked; of RSA, keys that the kernel takes.
  std::vector<std::uint32_t> asked;
};

bool is_of(const vectors::SignatureCase& one, std::string_view family) {
  return one.alg.starts_with(family);
}

/// Binds each case to its own key. False: the key may not be used, and there is nothing to verify.
void bind(File& file) {
  std::vector<reference::KeyFile> keys;
  std::map<std::string, std::uint32_t> source_of;
  for (const auto& one : file.cases) {
    if (source_of.emplace(one.key.bytes, keys.size()).second) keys.push_back(one.key);
  }
  Result<KeyRing> ring = load_keys(testing::engine_keys(keys), true);
  REQUIRE(ring.ok());
  file.ring = std::move(ring).value();
  std::map<std::uint32_t, std::uint32_t> key_of;
  for (std::uint32_t k = 0; k < file.ring.keys().size(); ++k)
    key_of[file.ring.keys()[k].source] = k;
  REQUIRE(key_of.size() == keys.size());

  RsaKeys rsa_keys(file.ring);
  std::erase_if(file.cases, [&](const auto& one) {
    const PreparedKey& key = file.ring.keys()[key_of.at(source_of.at(one.key.bytes))];
    return judge_key(key, *alg_from_name(one.alg)) != Verdict::kAccepted;
  });
  for (const auto& one : file.cases) {
    const std::uint32_t key = key_of.at(source_of.at(one.key.bytes));
    const Alg alg = *alg_from_name(one.alg);
    const bool ours = is_of(one, "H") || rsa_keys.takes(key);
    if (ours &&
        check_form(file.ring.keys()[key], alg, as_bytes(one.signature)) == Verdict::kAccepted)
      file.asked.push_back(static_cast<std::uint32_t>(file.rows.size()));
    file.rows.push_back({key, alg, one.message, as_bytes(one.signature)});
  }
}

std::vector<File> read_files(std::size_t& left_out) {
  std::map<std::string, File> by_name;
  std::size_t cases = 0;
  for (vectors::SignatureCase& one : vectors::primitives()) {
    if (!is_of(one, "R") && !is_of(one, "P") && !is_of(one, "H")) continue;
    const std::string name = one.name.substr(0, one.name.find(' '));
    by_name[name].cases.push_back(std::move(one));
    ++cases;
  }
  std::vector<File> files;
  for (auto& [name, file] : by_name) {
    file.name = name;
    bind(file);
    cases -= file.cases.size();
    files.push_back(std::move(file));  // the cases, which the rows point into, stay where they are
  }
  left_out = cases;
  return files;
}

/// The RSA kernel under watch: in which lane it has met which case.
struct Watched {
  kernels::RsaPublicFn* rsa = nullptr;
  const TokenBatch* batch = nullptr;
  const std::vector<std::uint32_t>* group = nullptr;
  std::vector<std::array<bool, kLanes>>* met = nullptr;
  std::array<std::size_t, kMostInGroup + 1> calls{};
} watched;

void watched_rsa(const kernels::RsaJob* jobs, std::size_t count) {
  if (count <= kMostInGroup) ++watched.calls[count];
  for (std::size_t i = 0; i < count; ++i) {
    const auto row = static_cast<std::size_t>(jobs[i].signature - watched.batch->arena.data()) /
                     testing::kSignatureStride;
    (*watched.met)[(*watched.group)[row]][i % kLanes] = true;
  }
  watched.rsa(jobs, count);
}

/// One way over one file.
class Asking {
 public:
  Asking(const File& file, const testing::SignatureWay& way)
      : file_(file), way_(way), rsa_keys_(file.ring), setup_(way.setup), met_(file.rows.size()) {
    setup_.rsa_public = watched_rsa;
    setup_.rsa_keys = &rsa_keys_;
    verifier_.emplace(file.ring, setup_);
    watched.rsa = way.setup.rsa_public;
    watched.met = &met_;
  }

  void all_at_once() {
    std::vector<std::uint32_t> group(file_.rows.size());
    for (std::uint32_t i = 0; i < group.size(); ++i) group[i] = i;
    ask(group);
  }

  /// Groups of `size` from one end of the file to the other, `turn` places further on than without.
  void groups(std::size_t size, std::size_t turn) {
    const std::size_t all = file_.asked.size();
    for (std::size_t start = 0; start < all + turn; start += size) {
      std::vector<std::uint32_t> group;
      for (std::size_t i = 0; i < size; ++i)
        group.push_back(file_.asked[(start + i + all * kMostInGroup - turn) % all]);
      ask(group);
    }
  }

  bool met_in_every_lane() const {
    return std::ranges::all_of(file_.asked, [this](std::uint32_t row) {
      return std::ranges::all_of(met_[row], [](bool met) { return met; });
    });
  }
  std::size_t questions() const { return questions_; }

 private:
  void ask(const std::vector<std::uint32_t>& group) {
    rows_.clear();
    for (const std::uint32_t row : group) rows_.push_back(file_.rows[row]);
    testing::fill(batch_, rows_);
    watched.batch = &batch_;
    watched.group = &group;
    BatchWork work;
    const std::vector<Verdict> verdicts = testing::verify(*verifier_, batch_, work);
    questions_ += group.size();
    for (std::size_t i = 0; i < group.size(); ++i) {
      const auto wrong = vectors::mismatches(
          {file_.cases[group[i]]}, [&](const auto&) { return std::string(code(verdicts[i])); });
      if (!wrong.empty())
        FAIL(way_.name << ", " << i << " of " << group.size() << ": " << wrong[0]);
    }
  }

  const File& file_;
  const testing::SignatureWay& way_;
  RsaKeys rsa_keys_;
  SignatureSetup setup_;
  std::optional<SignatureVerifier> verifier_;
  std::vector<std::array<bool, kLanes>> met_;
  TokenBatch batch_;
  std::vector<testing::SignatureRow> rows_;
  std::size_t questions_ = 0;
};

}  // namespace

TEST_CASE("the RSA and HMAC cases of Wycheproof in groups of 1 to 17, in every lane") {
  if (!vectors::available("wycheproof")) return;
  std::size_t left_out = 0;
  const std::vector<File> files = read_files(left_out);
  const std::vector<testing::SignatureWay> ways = testing::signature_ways();
  CHECK(files.size() >= 20);
  CHECK(left_out < 20);
  const unsigned seed = std::random_device{}();
  std::printf("seed %u: which files the slow kernels get\n", seed);
  std::mt19937 random(seed);
  for (std::size_t w = 0; w < ways.size(); ++w) {
    std::size_t questions = 0;
    watched.calls = {};
    // Where the portable kernel is the best it takes its time all the same.
    const bool fast = w == 0 && ways[w].setup.rsa_public != kernels::rsa_public_portable;
    const bool whole = fast || testing::long_run() > 0;
    for (const File& file : files) {
      CHECK(file.asked.size() > 50);
      const bool rsa = !file.name.starts_with("hmac");
      constexpr unsigned kShare = 10;
      if (!whole && rsa && random() % kShare != 0) continue;
      Asking asking(file, ways[w]);
      asking.all_at_once();
      if (whole) {
        for (std::size_t size = 1; size <= kMostInGroup; ++size) asking.groups(size, 0);
        for (std::size_t turn = 1; turn < kLanes; ++turn) asking.groups(kLanes, turn);
      } else {
        for (int i = 0; i < 2; ++i)
          asking.groups(1 + random() % kMostInGroup, random() % kMostInGroup);
      }
      if (whole && rsa) {
        INFO(file.name);
        CHECK(asking.met_in_every_lane());
      }
      questions += asking.questions();
    }
    if (whole) {
      for (std::size_t count = 1; count <= kMostInGroup; ++count) CHECK(watched.calls[count] > 50);
    }
    std::printf("%zu questions by %s\n", questions, ways[w].name.c_str());
  }
}
