#include "keys/bind.h"

#include "core/check.h"

namespace jotmill {

void bind_keys(TokenBatch& batch, const KeyRing& ring) {
  std::size_t last = batch.size;  // the row that was looked up last, with success
  for (std::size_t i = 0; i < batch.size; ++i) {
    if (!batch.pending(i) || (batch.passed[i] & kPassedHeader) == 0) continue;
    JM_CHECK(batch.alg[i] != Alg::kNone);
    const TextRef kid = batch.kid[i];
    // Neighbours in a capture often have one issuer: the same question has the same answer.
    if (last < batch.size && batch.alg[last] == batch.alg[i] &&
        batch.kid[last].present() == kid.present() &&
        batch.text_of(batch.kid[last]) == batch.text_of(kid)) {
      batch.cand_off[i] = batch.cand_off[last];
      batch.cand_count[i] = batch.cand_count[last];
      batch.passed[i] |= kPassedBind;
      continue;
    }
    const KeyRing::Lookup found = ring.find(batch.alg[i], kid.present(), batch.text_of(kid));
    batch.cand_off[i] = static_cast<std::uint32_t>(batch.candidates.size());
    batch.cand_count[i] = found.usable_count;
    if (found.usable_count > 0) {
      batch.candidates.insert(batch.candidates.end(), found.usable.begin(),
                              found.usable.begin() + found.usable_count);
      batch.passed[i] |= kPassedBind;
      last = i;
      continue;
    }
    batch.key[i] = found.failure_key;
    std::string detail;
    if (found.failure_key != kNoKey) {
      detail = judge_key_detail(ring.keys()[found.failure_key], batch.alg[i]);
    } else if (found.failure == Verdict::kKeyAmbiguous) {
      detail = "more than 16 keys";
    }
    batch.reject(i, found.failure, detail);
  }
}

}  // namespace jotmill
