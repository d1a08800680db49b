#include "pipeline/shop.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>
#include <utility>
#include <variant>

#include "core/alg.h"
#include "cpu/features.h"
#include "input/source.h"
#include "kernels/choose.h"
#include "kernels/ecc/ecc_variants.h"
#include "kernels/rsa/rsa_variants.h"
#include "keys/load.h"
#include "pipeline/known_answers.h"

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
  if (policy.as_of && policy.as_of_record) {
    return Error{ErrorKind::kUsage, "as-of", "is one time, or that of each record, not both"};
  }
  if (policy.max_age && !policy.as_of && !policy.as_of_record) {
    return Error{ErrorKind::kUsage, "max-age", "needs a time to judge at, and as-of is off"};
  }
  return Unit{};
}

/// Whole file, at most 1 MiB; one trailing newline is not part of the key.
Result<SecretBytes> read_fingerprint_key(const std::string& path,
                                         std::vector<std::string>& warnings) {
  SourceReader reader;
  if (Status opened = reader.open(path); !opened) return opened.error();
  SecretBytes bytes(1 << 20);
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

/// In quotes if it may be a name mistyped; whatever else somebody has put there is not repeated.
std::string shown_name(const std::string& name) {
  constexpr std::size_t kLongest = 24;
  const bool plain = name.size() <= kLongest && std::ranges::all_of(name, [](char c) {
                       return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                              (c >= '0' && c <= '9') ||
                              std::string_view("_-. ").find(c) != std::string_view::npos;
                     });
  return plain ? "\"" + name + "\"" : "as it says";
}

}  // namespace

Result<CpuMask> masked_cpu(const std::vector<std::string>& cpu_mask) {
  CpuMask removed;
  for (const std::string& name : cpu_mask) {
    const ParsedCpuMask parsed = parse_features(name);
    if (!parsed.ok())
      return Error{ErrorKind::kUsage, "JOTMILL_CPU_MASK",
                   "no CPU feature named " + shown_name(parsed.unknown)};
    removed = removed | parsed.mask;
  }
  return remove_features(detect_cpu(), removed);
}

namespace {

/// Names of all kernels that an override may name.
std::vector<std::string_view> kernel_names() {
  std::vector<std::string_view> names;
  for (const kernels::InventoryEntry& entry : kernels::inventory({}, {})) {
    if (names.empty() || names.back() != entry.kernel) names.push_back(entry.kernel);
  }
  names.insert(names.end(), {sha256_kernel().name, sha512_kernel().name, rsa_kernel().name,
                             p256_kernel().name, ed25519_kernel().name, headers_kernel().name});
  return names;
}

/// What computes each kind of check, in the words of messages: "rsa=openssl".
std::array<std::string, kWorkKernels> work_kernel_names(const kernels::Kernels& kernels) {
  std::array<std::string, kWorkKernels> words;
  for (std::size_t i = 0; i < kWorkKernels; ++i) {
    const std::string_view variant = kernels.chosen(kWorkKernelNames[i]);
    words[i] = std::string(kWorkKernelNames[i]);
    if (!variant.empty()) words[i] += "=" + std::string(variant);
  }
  return words;
}

Status check_names(const std::map<std::string, std::string>& overrides) {
  if (overrides.empty()) return Unit{};
  const std::vector<std::string_view> names = kernel_names();
  for (const auto& [name, variant] : overrides) {
    if (std::ranges::find(names, name) != names.end()) continue;
    std::string known;
    for (const std::string_view one : names)
      known += (known.empty() ? "" : ", ") + std::string(one);
    return Error{ErrorKind::kUsage, "kernels", name + ": no such kernel (known: " + known + ")"};
  }
  return Unit{};
}

}  // namespace

const kernels::Kernel<bool()>& headers_kernel() {
  static constexpr std::array<kernels::Variant<bool()>, 2> kVariants = {{
      {"memo", {}, 1, [] { return true; }},
      {"parse", {}, 1, [] { return false; }},
  }};
  static constexpr kernels::Kernel<bool()> kKernel = {"headers", kVariants, headers_answer_right};
  return kKernel;
}

const kernels::Kernel<kernels::RsaPublicFn>& rsa_kernel() {
  static const kernels::Kernel<kernels::RsaPublicFn> kKernel = {"rsa", kernels::rsa_variants(),
                                                                rsa_answers_right};
  return kKernel;
}

const kernels::Kernel<const kernels::EccKernel>& p256_kernel() {
  static const kernels::Kernel<const kernels::EccKernel> kKernel = {
      "p256", kernels::p256_variants(), p256_answers_right};
  return kKernel;
}

const kernels::Kernel<const kernels::EccKernel>& ed25519_kernel() {
  static const kernels::Kernel<const kernels::EccKernel> kKernel = {
      "ed25519", kernels::ed25519_variants(), ed25519_answers_right};
  return kKernel;
}

Result<ChosenKernels> choose_kernels(const std::map<std::string, std::string>& overrides,
                                     const std::vector<std::string>& cpu_mask) {
  Result<CpuMask> cpu = masked_cpu(cpu_mask);
  if (!cpu) return cpu.error();
  if (Status known = check_names(overrides); !known) return known.error();
  std::map<std::string, std::string> ours = overrides;
  std::vector<kernels::Choice> by_library;
  ChosenKernels all;
  const auto choose = [&](const auto& kernel) {
    auto picked = kernels::pick_one(kernel, cpu.value(), ours);
    ours.erase(std::string(kernel.name));
    if (picked.variant != nullptr)
      by_library.push_back({kernel.name, picked.variant->name, picked.text});
    return picked;
  };
  const auto refuse = [](std::string_view kernel, const std::string& why) {
    return Error{ErrorKind::kUsage, "kernels", std::string(kernel) + ": " + why};
  };
  for (const auto& [kernel, make] : {std::pair(&sha256_kernel(), &all.signatures.sha256),
                                     std::pair(&sha512_kernel(), &all.signatures.sha512)}) {
    const auto picked = choose(*kernel);
    if (picked.variant == nullptr) return refuse(kernel->name, picked.text);
    *make = picked.variant->fn;
  }
  const auto headers = choose(headers_kernel());
  if (headers.variant == nullptr) return refuse(headers_kernel().name, headers.text);
  all.header_memo = headers.variant->fn();
  all.signatures.rsa_forced = ours.contains(std::string(rsa_kernel().name));
  const auto rsa = choose(rsa_kernel());
  if (rsa.variant == nullptr) return refuse(rsa_kernel().name, rsa.text);
  if (rsa.variant->fn != kernels::rsa_public_openssl) {
    all.signatures.rsa_public = rsa.variant->fn;
    all.signatures.rsa_lanes = rsa.variant->lanes;
  }
  for (const auto& [kernel, curve] : {std::pair(&p256_kernel(), &all.signatures.p256),
                                      std::pair(&ed25519_kernel(), &all.signatures.ed25519)}) {
    const bool forced = ours.contains(std::string(kernel->name));
    const auto picked = choose(*kernel);
    if (picked.variant == nullptr) return refuse(kernel->name, picked.text);
    if (picked.variant->fn == &kernels::ecc_openssl) continue;
    *curve = {picked.variant->fn, picked.variant->lanes, forced};
  }
  std::variant<kernels::Kernels, kernels::KernelError> chosen =
      kernels::choose_kernels(cpu.value(), ours);
  if (const auto* error = std::get_if<kernels::KernelError>(&chosen)) {
    return Error{ErrorKind::kUsage, "kernels", error->kernel + ": " + error->reason};
  }
  all.kernels = std::get<kernels::Kernels>(std::move(chosen));
  all.kernels.choices.insert(all.kernels.choices.end(), by_library.begin(), by_library.end());
  return all;
}

Result<std::shared_ptr<const Shop>> open_shop(const ShopOrder& order) {
  auto shop = std::make_shared<Shop>();
  if (Status sound = check_policy(order.policy, order.show); !sound) return sound.error();
  shop->policy = order.policy;
  shop->show = order.show;
  Result<ChosenKernels> chosen = choose_kernels(order.kernels, order.cpu_mask);
  if (!chosen) return chosen.error();
  shop->kernels = std::move(chosen.value().kernels);
  shop->header_memo = chosen.value().header_memo;
  shop->signatures = std::move(chosen.value().signatures);
  shop->signatures.memo_entries = order.memo_entries;
  shop->signatures.cross_check = order.cross_check;
  shop->signatures.names = work_kernel_names(shop->kernels);
  for (const kernels::Choice& choice : shop->kernels.choices) {
    if (choice.why.find("self-test") != std::string::npos) {
      shop->warnings.push_back("kernel " + std::string(choice.kernel) + ": " + choice.why);
    }
  }
  if (!order.without_keys) {
    Result<KeyRing> ring = load_keys(order.keys, order.policy.allow_weak_secret);
    if (!ring) return ring.error();
    shop->ring = std::move(ring).value();
    for (const std::string& warning : shop->ring.warnings()) shop->warnings.push_back(warning);
  }
  shop->rsa_keys = std::make_unique<RsaKeys>(shop->ring);
  shop->signatures.rsa_keys = shop->rsa_keys.get();
  shop->ecc_tables = std::make_unique<EccTables>(
      shop->ring, shop->signatures.p256, shop->signatures.ed25519, order.table_memory_bytes);
  shop->signatures.ecc_tables = shop->ecc_tables.get();
  if (!order.fingerprint_key_path.empty()) {
    Result<SecretBytes> key = read_fingerprint_key(order.fingerprint_key_path, shop->warnings);
    if (!key) return key.error();
    shop->fingerprint_key = std::move(key).value();
  }
  return std::shared_ptr<const Shop>(std::move(shop));
}

std::vector<TableUse> tables_in_use(const Shop& shop) {
  return shop.ecc_tables ? shop.ecc_tables->list() : std::vector<TableUse>();
}

}  // namespace jotmill
