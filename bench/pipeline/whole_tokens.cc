// Whole tokens through the library's run(), beside what the cryptography alone costs, in one
// interleaved and pinned run.
//
//   whole_tokens [ROUNDS]       default 15
//
// HS256, RS256 and PS256, tokens all distinct, and RS256 of which nine in ten repeat; every kernel
// variant that runs here, by itself; the stages of a run in nanoseconds a token.
//
// Prints one JSON object: for each measure the median and the quartiles over the rounds, and the
// ratios with theirs. A ratio is made of numbers of the same round, so that a neighbour's noise
// falls on both.

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "jotmill/jotmill.hpp"

namespace {

using namespace jotmill;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kDistinctRsa = 10'000;
constexpr std::size_t kRsaTokens = 100'000;  ///< 0.3 s of one core with AVX-512 IFMA
constexpr std::size_t kRepeats = 10;         ///< of each token of repeats.txt
constexpr double kKernelSeconds = 0.05;
constexpr std::size_t kHmacTokens = 400'000;

void require(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "whole_tokens: %s\n", what);
  std::exit(1);
}

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// This process on one core, or on all that there are.
void pin(bool to_one) {
  cpu_set_t set;
  CPU_ZERO(&set);
  for (int core = 0; core < (to_one ? 1 : CPU_SETSIZE); ++core) CPU_SET(core, &set);
  require(::sched_setaffinity(0, sizeof set, &set) == 0, "cannot set the affinity");
}

std::string base64url(std::string_view bytes) {
  static constexpr char kAlphabet[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string out;
  unsigned bits = 0, held = 0;
  for (const char c : bytes) {
    held = held << 8 | static_cast<unsigned char>(c);
    for (bits += 8; bits >= 6; bits -= 6) out += kAlphabet[held >> (bits - 6) & 63];
  }
  if (bits > 0) out += kAlphabet[held << (6 - bits) & 63];
  return out;
}

std::string signing_input(std::string_view alg, std::size_t i) {
  const std::string header = R"({"alg":")" + std::string(alg) + R"(","typ":"JWT"})";
  const std::string claims =
      R"({"iss":"https://issuer.example","aud":"api","sub":"user-)" + std::to_string(100'000 + i) +
      R"(","iat":1763900000,"nbf":1763900000,"exp":4102444800,"jti":"0f8fad5b-d9cb-469f-a165-70867728950e","scope":)"
      R"("orders:read orders:write profile email phone address offline"})";
  return base64url(header) + "." + base64url(claims);
}

std::string sign(EVP_PKEY* key, std::string_view input, bool pss = false) {
  const auto* data = reinterpret_cast<const unsigned char*>(input.data());
  EVP_MD_CTX* ctx = EVP_MD_CTX_new();
  EVP_PKEY_CTX* how = nullptr;
  std::size_t len = 0;
  require(EVP_DigestSignInit(ctx, &how, EVP_sha256(), nullptr, key) == 1 &&
              (!pss || (EVP_PKEY_CTX_set_rsa_padding(how, RSA_PKCS1_PSS_PADDING) == 1 &&
                        EVP_PKEY_CTX_set_rsa_pss_saltlen(how, RSA_PSS_SALTLEN_DIGEST) == 1)) &&
              EVP_DigestSign(ctx, nullptr, &len, data, input.size()) == 1,
          "cannot sign");
  std::string signature(len, '\0');
  require(EVP_DigestSign(ctx, reinterpret_cast<unsigned char*>(signature.data()), &len, data,
                         input.size()) == 1,
          "cannot sign");
  signature.resize(len);
  EVP_MD_CTX_free(ctx);
  return signature;
}

struct RunKind {
  unsigned threads = 1;
  bool records = false;
  bool memo = false;  ///< off where each token stands for a distinct one
};

/// One run over a capture in `folder`, read once for each thread, so that a thread has as much to
/// do as a process that is compared with it; every token must be accepted.
RunReport run_once(const std::string& folder, const std::string& capture, std::size_t tokens,
                   const RunKind& kind) {
  RunOptions options;
  options.keys = {capture != "hmac.txt"
                      ? KeySource{.path = folder + "/rsa.der"}
                      : KeySource{.path = folder + "/secret", .raw_secret = true}};
  if (!kind.memo) options.memo_entries = 0;
  options.inputs.assign(kind.threads, folder + "/" + capture);
  options.threads = kind.threads;
  options.policy.as_of = TimePoint{1'764'000'000, 0};
  if (kind.records) options.verdicts_path = folder + "/verdicts.ndjson";
  const Result<RunOutcome> outcome = run(options);
  require(outcome.ok() && outcome.value().report.accepted() == kind.threads * tokens,
          "a token was not accepted");
  return outcome.value().report;
}

/// Tokens per second of such a run over `tokens` a thread.
double run_rate(const std::string& folder, const std::string& capture, std::size_t tokens,
                const RunKind& kind) {
  const Clock::time_point start = Clock::now();
  run_once(folder, capture, tokens, kind);
  return static_cast<double>(kind.threads * tokens) / seconds_since(start);
}

/// What two processes of one thread each reach together, started at the same time.
double two_processes_rate(const std::string& folder, const std::string& capture,
                          std::size_t tokens) {
  const std::string command = "/proc/self/exe";
  std::array<char, 4096> self{};
  require(::readlink(command.c_str(), self.data(), self.size() - 1) > 0,
          "cannot find this program");
  const std::string child = std::string(self.data()) + " --rate '" + folder + "' " + capture + " " +
                            std::to_string(tokens);
  std::array<FILE*, 2> pipes = {::popen(child.c_str(), "r"), ::popen(child.c_str(), "r")};
  double sum = 0;
  for (FILE* pipe : pipes) {
    double rate = 0;
    require(pipe != nullptr && std::fscanf(pipe, "%lf", &rate) == 1 && ::pclose(pipe) == 0,
            "a child failed");
    sum += rate;
  }
  return sum;
}

/// Captures and keys in a folder that goes away.
class Captures {
 public:
  Captures() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "jotmill-bench-XXXXXX").string();
    require(::mkdtemp(pattern.data()) != nullptr, "no temporary folder");
    folder_ = pattern;
    rsa_ = EVP_RSA_gen(2048);
    make_rsa();
    make_hmac();
  }
  ~Captures() {
    EVP_PKEY_free(rsa_);
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  Captures(const Captures&) = delete;
  Captures& operator=(const Captures&) = delete;

  const std::string& folder() const { return folder_; }
  std::size_t rsa_token_bytes() const { return rsa_token_bytes_; }
  std::size_t hmac_token_bytes() const { return hmac_token_bytes_; }

  /// Verifications per second of EVP_PKEY_verify with everything prepared, digests included.
  double evp_rate(std::size_t count) const {
    EVP_PKEY_CTX* ctx = EVP_PKEY_CTX_new(rsa_, nullptr);
    require(EVP_PKEY_verify_init(ctx) == 1 &&
                EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1 &&
                EVP_PKEY_CTX_set_signature_md(ctx, EVP_sha256()) == 1,
            "cannot set up EVP_PKEY_verify");
    const Clock::time_point start = Clock::now();
    for (std::size_t i = 0; i < count; ++i) {
      const Signed& one = signed_[i % signed_.size()];
      require(EVP_PKEY_verify(ctx, reinterpret_cast<const unsigned char*>(one.signature.data()),
                              one.signature.size(), one.digest.data(), one.digest.size()) == 1,
              "a signature did not verify");
    }
    const double elapsed = seconds_since(start);
    EVP_PKEY_CTX_free(ctx);
    return static_cast<double>(count) / elapsed;
  }

 private:
  struct Signed {
    std::array<unsigned char, 32> digest;
    std::string signature;
  };

  void make_rsa() {
    unsigned char* der = nullptr;
    const int der_len = i2d_PUBKEY(rsa_, &der);
    require(der_len > 0, "cannot write the key");
    std::ofstream(folder_ + "/rsa.der", std::ios::binary)
        .write(reinterpret_cast<char*>(der), der_len);
    OPENSSL_free(der);
    std::vector<std::string> tokens;
    for (std::size_t i = 0; i < kDistinctRsa; ++i) {
      const std::string input = signing_input("RS256", i);
      Signed one{.digest = {}, .signature = sign(rsa_, input)};
      EVP_Digest(input.data(), input.size(), one.digest.data(), nullptr, EVP_sha256(), nullptr);
      tokens.push_back(input + "." + base64url(one.signature));
      signed_.push_back(std::move(one));
    }
    rsa_token_bytes_ = tokens[0].size();
    std::ofstream out(folder_ + "/rsa.txt");
    for (std::size_t i = 0; i < kRsaTokens; ++i) out << tokens[i % tokens.size()] << '\n';
    // Nine in ten repeat, hundreds of tokens behind the first: as in a capture of many users.
    std::ofstream repeats(folder_ + "/repeats.txt");
    for (std::size_t block = 0; block < tokens.size(); block += 500) {
      for (std::size_t time = 0; time < kRepeats; ++time) {
        for (std::size_t i = block; i < std::min(block + 500, tokens.size()); ++i)
          repeats << tokens[i] << '\n';
      }
    }
    std::ofstream pss(folder_ + "/pss.txt");
    std::vector<std::string> pss_tokens;
    for (std::size_t i = 0; i < kDistinctRsa; ++i) {
      const std::string input = signing_input("PS256", i);
      pss_tokens.push_back(input + "." + base64url(sign(rsa_, input, true)));
    }
    for (std::size_t i = 0; i < kRsaTokens; ++i) pss << pss_tokens[i % pss_tokens.size()] << '\n';
  }

  void make_hmac() {
    const std::string secret(32, 's');
    std::ofstream(folder_ + "/secret") << secret;
    EVP_PKEY* key = EVP_PKEY_new_raw_private_key(
        EVP_PKEY_HMAC, nullptr, reinterpret_cast<const unsigned char*>(secret.data()),
        secret.size());
    std::ofstream out(folder_ + "/hmac.txt");
    for (std::size_t i = 0; i < kHmacTokens; ++i) {
      const std::string input = signing_input("HS256", i);
      const std::string token = input + "." + base64url(sign(key, input));
      hmac_token_bytes_ = token.size();
      out << token << '\n';
    }
    EVP_PKEY_free(key);
  }

  std::string folder_;
  EVP_PKEY* rsa_ = nullptr;
  std::vector<Signed> signed_;
  std::size_t rsa_token_bytes_ = 0, hmac_token_bytes_ = 0;
};

/// Every variant that runs here, by itself, and what the chosen one makes of the library's rate.
void measure_kernels(std::map<std::string, double>& now) {
  std::map<std::string, double> chosen;
  const auto kernels = kernel_inventory({}, kKernelSeconds);
  for (const KernelInfo& kernel : kernels.value()) {
    if (kernel.rate <= 0) continue;
    now["kernel_" + kernel.kernel + "_" + kernel.variant + "_per_s"] = kernel.rate;
    if (kernel.chosen) chosen[kernel.kernel] = kernel.rate;
  }
  now["rsa2048_kernel_over_openssl"] = chosen["rsa"] / now["kernel_rsa_openssl_per_s"];
  now["hs256_whole_over_hmac"] = now["hs256_whole_tokens_per_s"] / chosen["sha256"];
  for (const char* one : {"avx512", "avx2"}) {
    const auto found = now.find(std::string("kernel_sha256_ipsec-mb-") + one + "_per_s");
    if (found == now.end()) continue;
    now["hs256_whole_over_ipsec_mb_hmac"] = now["hs256_whole_tokens_per_s"] / found->second;
    break;
  }
}

/// Nanoseconds a token of each stage.
void measure_stages(std::map<std::string, double>& now, const std::string& name,
                    const RunReport& report) {
  for (const StageTime& stage : report.run.stages) {
    now[name + "_stage_" + stage.stage + "_ns"] =
        static_cast<double>(stage.ns) / static_cast<double>(report.tokens);
  }
}

/// One round: every measure once.
std::map<std::string, double> measure(const Captures& captures) {
  std::map<std::string, double> now;
  const std::string& folder = captures.folder();
  pin(true);
  const double evp_before = captures.evp_rate(kRsaTokens / 2);
  now["rs256_whole_tokens_per_s"] = run_rate(folder, "rsa.txt", kRsaTokens, {});
  now["ps256_whole_tokens_per_s"] = run_rate(folder, "pss.txt", kRsaTokens, {});
  now["rs256_evp_loop_per_s"] = 0.5 * (evp_before + captures.evp_rate(kRsaTokens / 2));
  now["rs256_whole_over_evp"] = now["rs256_whole_tokens_per_s"] / now["rs256_evp_loop_per_s"];
  now["ps256_whole_over_evp"] = now["ps256_whole_tokens_per_s"] / now["rs256_evp_loop_per_s"];
  now["hs256_whole_tokens_per_s"] = run_rate(folder, "hmac.txt", kHmacTokens, {});
  now["rs256_repeats_tokens_per_s"] =
      run_rate(folder, "repeats.txt", kRepeats * kDistinctRsa, {.memo = true});
  now["rs256_repeats_over_hs256"] =
      now["rs256_repeats_tokens_per_s"] / now["hs256_whole_tokens_per_s"];
  now["hs256_with_records_per_s"] = run_rate(folder, "hmac.txt", kHmacTokens, {.records = true});
  now["records_over_none"] = now["hs256_with_records_per_s"] / now["hs256_whole_tokens_per_s"];
  measure_kernels(now);
  measure_stages(now, "hs256", run_once(folder, "hmac.txt", kHmacTokens, {}));
  measure_stages(now, "rs256", run_once(folder, "rsa.txt", kRsaTokens, {}));
  pin(false);
  const double threads_before = run_rate(folder, "hmac.txt", kHmacTokens, {.threads = 2});
  now["hs256_two_processes_per_s"] = two_processes_rate(folder, "hmac.txt", kHmacTokens);
  now["hs256_two_threads_per_s"] =
      0.5 * (threads_before + run_rate(folder, "hmac.txt", kHmacTokens, {.threads = 2}));
  now["two_threads_over_two_processes"] =
      now["hs256_two_threads_per_s"] / now["hs256_two_processes_per_s"];
  return now;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 5 && std::string_view(argv[1]) == "--rate") {
    std::printf("%.6f\n", run_rate(argv[2], argv[3], std::strtoull(argv[4], nullptr, 10), {}));
    return 0;
  }
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 15;
  require(rounds >= 3, "at least 3 rounds");
  const Captures captures;
  measure(captures);  // warm-up
  std::map<std::string, std::vector<double>> seen;
  for (int round = 0; round < rounds; ++round) {
    for (const auto& [name, value] : measure(captures)) seen[name].push_back(value);
  }
  const BuildInfo& build = build_info();
  std::printf(
      "{\"program\":\"whole_tokens\",\"commit\":\"%s\",\"compiler\":\"%s\",\"openssl\":\"%s\","
      "\"rounds\":%d,\n",
      build.commit.c_str(), build.compiler.c_str(), build.libraries[0].c_str(), rounds);
  std::printf(" \"rs256_token_bytes\":%zu,\"hs256_token_bytes\":%zu", captures.rsa_token_bytes(),
              captures.hmac_token_bytes());
  for (auto& [name, values] : seen) {
    std::sort(values.begin(), values.end());
    const std::size_t n = values.size();
    std::printf(",\n \"%s\":{\"q25\":%.4g,\"median\":%.4g,\"q75\":%.4g}", name.c_str(),
                values[n / 4], values[n / 2], values[n - 1 - n / 4]);
  }
  std::printf("}\n");
  return 0;
}
