#include "pipeline/shop.h"

#include <array>
#include <cstring>
#include <string_view>
#include <utility>
#include <variant>

#include "core/alg.h"
#include "cpu/features.h"
#include "input/source.h"
#include "keys/load.h"

namespace jotmill {
namespace {

/// Contradictions that would make a check silently empty or impossible.
Status check_policy(const Policy& policy, const std::vector<std::string>& show) {
  for (const std::string& alg : policy.algs) {
    if (!alg_from_name(alg))
      return Error{ErrorKind::kUsage, "alg",
                   "\"" + alg + "\" is none of the sixteen algorithm names"};
  }
  const bool claim_policy = !policy.issuers.empty() || !policy.audiences.empty() ||
                            !policy.subjects.empty() || !policy.require.empty() || policy.max_age ||
                            policy.leeway_exp.s || policy.leeway_exp.ns || policy.leeway_nbf.s ||
                            policy.leeway_nbf.ns || policy.leeway_iat.s || policy.leeway_iat.ns;
  if (!policy.claims && (claim_policy || !show.empty())) {
    return Error{ErrorKind::kUsage, "claims", "off, but a check of claims is asked for"};
  }
  if (policy.max_age && !policy.as_of) {
    return Error{ErrorKind::kUsage, "max-age", "needs a time to judge at, and as-of is off"};
  }
  return Unit{};
}

/// Whole file, at most 1 MiB; one trailing newline is not part of the key.
Result<std::vector<std::uint8_t>> read_fingerprint_key(const std::string& path,
                                                       std::vector<std::string>& warnings) {
  SourceReader reader;
  if (Status opened = reader.open(path); !opened) return opened.error();
  std::vector<std::uint8_t> bytes(1 << 20);
  std::size_t have = 0;
  for (;;) {
    Result<std::size_t> got = reader.read(bytes.data() + have, bytes.size() - have);
    if (!got) return got.error();
    if (got.value() == 0) break;
    have += got.value();
    if (have == bytes.size())
      return Error{ErrorKind::kKeys, path, "a fingerprint key of 1 MiB or more"};
  }
  bytes.resize(have);
  if (!bytes.empty() && bytes.back() == '\n') {
    bytes.pop_back();
    if (!bytes.empty() && bytes.back() == '\r') bytes.pop_back();
    warnings.push_back(path + ": one trailing newline is not part of the fingerprint key");
  }
  if (bytes.empty()) return Error{ErrorKind::kKeys, path, "an empty fingerprint key"};
  return bytes;
}

/// Kernels that a library does in this build. They can be named in --kernels like the others.
constexpr std::array<std::string_view, 3> kLibraryKernels = {"rsa", "p256", "ed25519"};
constexpr std::string_view kLibraryVariant = "openssl";

}  // namespace

Shop::~Shop() {
  if (!fingerprint_key.empty()) ::explicit_bzero(fingerprint_key.data(), fingerprint_key.size());
}

Result<CpuMask> masked_cpu(const std::vector<std::string>& cpu_mask) {
  CpuMask removed;
  for (const std::string& name : cpu_mask) {
    const ParsedCpuMask parsed = parse_features(name);
    if (!parsed.ok())
      return Error{ErrorKind::kUsage, "JOTMILL_CPU_MASK",
                   "no CPU feature named \"" + parsed.unknown + "\""};
    removed = removed | parsed.mask;
  }
  return remove_features(detect_cpu(), removed);
}

Result<kernels::Kernels> choose_kernels(const std::map<std::string, std::string>& overrides,
                                        const std::vector<std::string>& cpu_mask) {
  Result<CpuMask> cpu = masked_cpu(cpu_mask);
  if (!cpu) return cpu.error();
  std::map<std::string, std::string> ours = overrides;
  std::vector<kernels::Choice> by_library;
  for (const std::string_view kernel : kLibraryKernels) {
    const auto forced = ours.find(std::string(kernel));
    if (forced != ours.end() && forced->second != kLibraryVariant) {
      return Error{
          ErrorKind::kUsage, "kernels",
          std::string(kernel) + ": no variant named " + forced->second + " (known: openssl)"};
    }
    by_library.push_back(
        {kernel, kLibraryVariant, forced != ours.end() ? "forced" : "the only one in this build"});
    if (forced != ours.end()) ours.erase(forced);
  }
  std::variant<kernels::Kernels, kernels::KernelError> chosen =
      kernels::choose_kernels(cpu.value(), ours);
  if (const auto* error = std::get_if<kernels::KernelError>(&chosen)) {
    return Error{ErrorKind::kUsage, "kernels", error->kernel + ": " + error->reason};
  }
  kernels::Kernels kernels = std::get<kernels::Kernels>(std::move(chosen));
  kernels.choices.insert(kernels.choices.end(), by_library.begin(), by_library.end());
  return kernels;
}

Result<std::shared_ptr<const Shop>> open_shop(const ShopOrder& order) {
  auto shop = std::make_shared<Shop>();
  if (Status sound = check_policy(order.policy, order.show); !sound) return sound.error();
  shop->policy = order.policy;
  shop->show = order.show;
  Result<kernels::Kernels> kernels = choose_kernels(order.kernels, order.cpu_mask);
  if (!kernels) return kernels.error();
  shop->kernels = std::move(kernels).value();
  for (const kernels::Choice& choice : shop->kernels.choices) {
    if (choice.why.find("self-test") != std::string::npos) {
      shop->warnings.push_back("kernel " + std::string(choice.kernel) + ": " + choice.why);
    }
  }
  Result<KeyRing> ring = load_keys(order.keys, order.policy.allow_weak_secret);
  if (!ring) return ring.error();
  shop->ring = std::move(ring).value();
  for (const std::string& warning : shop->ring.warnings()) shop->warnings.push_back(warning);
  if (!order.fingerprint_key_path.empty()) {
    Result<std::vector<std::uint8_t>> key =
        read_fingerprint_key(order.fingerprint_key_path, shop->warnings);
    if (!key) return key.error();
    shop->fingerprint_key = std::move(key).value();
  }
  return std::shared_ptr<const Shop>(std::move(shop));
}

}  // namespace jotmill
