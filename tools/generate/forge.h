#ifndef JOTMILL_TOOLS_GENERATE_FORGE_H_
#define JOTMILL_TOOLS_GENERATE_FORGE_H_

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "tools/generate/rng.h"
#include "tools/generate/signer.h"
#include "tools/generate/world.h"

namespace jotmill::tools {

/// Makes one token, in the stages a token goes through: members, JSON texts, encoded segments,
/// signature, the encoded signature, the whole. Asking for a stage finishes the ones before it, so
/// that a fault is one statement about the stage it spoils: what follows (the signature above all)
/// is then made over the spoilt bytes, and the fault is the token's only one. Going back to a
/// finished stage is a programming error.
class Forge {
 public:
  Forge(const World& world, Signer& signer, Rng rng);

  const World& world() const { return world_; }
  Rng& rng() { return rng_; }
  Signer& signer() { return signer_; }

  /// Draws algorithm and key, and fills header and claims as of a good token.
  void begin(AlgSet among, bool own_kid);
  /// Another algorithm and key instead; alg and kid of the header follow.
  void use(AlgId alg, const TestKey& key);
  /// What the header says, apart from what alg() signs.
  void say_alg(AlgId alg);
  AlgId alg() const { return alg_; }
  const TestKey& key() const { return *key_; }

  void kid(std::string_view kid);
  void no_kid();

  // The stages.
  JsonMembers& header();
  JsonMembers& claims();
  std::string& header_text();
  std::string& payload_text();
  std::string& segment(int index);  ///< 0: header, 1: payload; base64url
  std::string signing_input();
  std::string& signature();  ///< raw bytes, signed with alg() and key()
  /// Instead of signing: any bytes.
  void replace_signature(std::string raw);
  std::string& signature_text();
  std::string& token();

  /// For the label: what the header says, where it can be told in a record (no control characters,
  /// at most 256 bytes).
  const std::optional<std::string>& label_kid() const { return label_kid_; }
  AlgId label_alg() const { return label_alg_; }

 private:
  enum class Stage { kMembers, kTexts, kSegments, kSignature, kSignatureText, kToken };
  void advance(Stage stage);
  void finish_stage();

  const World& world_;
  Signer& signer_;
  Rng rng_;
  AlgId alg_ = 0;
  AlgId label_alg_ = 0;
  const TestKey* key_ = nullptr;
  Stage stage_ = Stage::kMembers;
  JsonMembers header_, claims_;
  std::string header_text_, payload_text_, signature_, signature_text_, token_;
  std::array<std::string, 2> segments_;
  std::optional<std::string> label_kid_;
};

/// The claims of a good token: accepted under the recipe's policy, of the size that the recipe asks
/// for.
JsonMembers good_claims(const World& world, Rng& rng);

/// A token with its label.
struct ForgedToken {
  std::string bytes;
  Verdict verdict = Verdict::kAccepted;
  std::string_view what;           ///< the variant's name, or "plain"
  std::optional<std::string> alg;  ///< nothing: the label makes no statement
  std::optional<std::string> kid;
  std::optional<std::int64_t> exp_s, nbf_s;  ///< of a plain token, Unix seconds
};

/// `variant` null: a plain good token.
ForgedToken forge_token(const World& world, Signer& signer, Rng rng, const Variant* variant);

}  // namespace jotmill::tools

#endif  // JOTMILL_TOOLS_GENERATE_FORGE_H_
