#ifndef JOTMILL_TOOLS_GENERATE_FAULTS_H_
#define JOTMILL_TOOLS_GENERATE_FAULTS_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "jotmill/verdict.h"
#include "tools/generate/algs.h"

namespace jotmill::tools {

class Forge;
class World;

/// What a variant needs from the recipe, or its verdict would be another one. Bits.
enum Need : std::uint32_t {
  kNone = 0,
  kKids = 1U << 0,   ///< every key has a kid, so that a token's kid selects exactly one key
  kLines = 1U << 1,  ///< format lines: any bytes but a line end
  kJsonl = 1U << 2,  ///< format jsonl: any UTF-8, the empty token too
  kPaddingRefused = 1U << 3,
  kPaddingAllowed = 1U << 4,
  kClaimsOn = 1U << 5,
  kClaimsOff = 1U << 6,
  kAsOf = 1U << 7,  ///< a fixed time, and claims on
  kNoAsOf = 1U << 8,
  kIssuer = 1U << 9,
  kAudience = 1U << 10,
  kNoAudience = 1U << 11,
  kSubject = 1U << 12,
  kMaxAge = 1U << 13,
  kNoMaxAge = 1U << 14,
  kExpRequired = 1U << 15,
  kExpOptional = 1U << 16,
  kTyp = 1U << 17,
  kNoTyp = 1U << 18,
  kAlgList = 1U << 19,
  kSmallTokens = 1U << 20,  ///< max_token_bytes is set, to at most 64 KiB
  kWeakRefused = 1U << 21,
};

/// One way to earn a verdict. `among`: the algorithms it can be made from; one of them is drawn by
/// the recipe's weights, with a usable key, before `make` is called with a forge that holds a good
/// token's header and claims.
struct FaultRow {
  std::string_view name;  ///< CODE.HOW; good tokens: accepted.HOW
  Verdict verdict;
  std::uint32_t needs;
  AlgSet among;
  void (*make)(Forge&, std::string_view arg);
  std::string_view arg = {};
  bool (*possible)(const World&,
                   std::string_view arg) = nullptr;  ///< further conditions; null: none
};

/// A row that this world can make; owns its strings, as the rows of the trap keys are made from the
/// keys.
struct Variant {
  std::string name;
  Verdict verdict;
  AlgSet among;
  void (*make)(Forge&, std::string_view arg);
  std::string arg;
};

std::span<const FaultRow> shape_faults();      ///< rooms A and B
std::span<const FaultRow> header_faults();     ///< room C
std::span<const FaultRow> key_faults();        ///< room D, apart from the trap keys
std::span<const FaultRow> signature_faults();  ///< room E
std::span<const FaultRow> payload_faults();    ///< room F
std::span<const FaultRow> claim_faults();      ///< room G
std::span<const FaultRow> oddities();          ///< accepted

/// Every fault that `world` can make, grouped by verdict in table order: the static rows whose
/// needs are met and one row for each trap key in the world's key set.
std::vector<Variant> faults_for(const World& world);
std::vector<Variant> oddities_for(const World& world);

/// Room D's rows for the keys of the set that are refused, meant for something else, or bound to
/// another alg.
void add_trap_keys(const World& world, std::vector<Variant>& out);

/// Pads the payload with white space until the token has `excess` bytes (in decimal) more than the
/// limit. All else stays good.
void token_of_limit_plus(Forge& f, std::string_view excess);

/// The unencoded payload or header gets white space behind it until its base64url leaves unused
/// bits in the last character.
void leave_unused_bits(std::string& json_text);

}  // namespace jotmill::tools

#endif  // JOTMILL_TOOLS_GENERATE_FAULTS_H_
