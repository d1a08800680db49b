#include "verify/sha2_known.h"

#include <string_view>

#include "core/hex.h"

namespace jotmill {
namespace {

/// The digest and the tag in hex, and where the tag starts: the states after the blocks of the key
/// "Jefe" with RFC 2104's two pads. No document prints those, but no other states lead to the tag
/// that one does.
struct Published {
  Hash hash;
  std::string_view digest, tag;
  HmacStates states;
};

constexpr Published kPublished[] = {
    {Hash::kSha256,
     "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
     "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
     {{0x655da7fa, 0xcc434b37, 0x5a1cd5cb, 0x0692ee0e, 0xa47a23d3, 0x4c3af449, 0xdba21ae2,
       0x78c7500c},
      {0x0eafe3d5, 0x13412e6c, 0x6a6a2feb, 0x2d375acc, 0x51a4fd47, 0x6db095e8, 0x23bfa18a,
       0x52f141d5}}},
    {Hash::kSha384,
     "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
     "8086072ba1e7cc2358baeca134c825a7",
     "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e"
     "8e2240ca5e69e2c78b3239ecfab21649",
     {{0x4c5a1477b96dac42, 0x1d6b3e71995138ee, 0x0217c0bf8fd468ef, 0xace9b9f66c4f6369,
       0x66fbef38997a4361, 0x0a39452721baeaa2, 0x0c4d56fa1845f216, 0x5c1a73d501367d09},
      {0x67ddf91bc4617ed0, 0x172844b4e9c60f49, 0xff78d941b8d419c4, 0x7f70323be6fabdf1,
       0xe5660783a439c290, 0x89d97512293159a0, 0xd5f6e8dba8b7922c, 0x89df3f9f7b72595d}}},
    {Hash::kSha512,
     "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
     "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
     "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
     "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
     {{0xd54c8054e3fafc6e, 0x52d18d7d18db608c, 0xf31b9122d16aa4cb, 0x02a0806a364882be,
       0xbff036bc022388da, 0xb407cb5e93ac39dd, 0x8fe17f83da82db37, 0x41387c0228cdd7b3},
      {0x83d8dbc75ec49d77, 0xd535857580406c07, 0xbb10239361eb94ed, 0x9f7e08acb483074c,
       0x323fc8bd79797b65, 0xd89aac55f50a9028, 0xc174b5c89503ead3, 0x15e05f915d5ceb81}}},
};

bool starts_with(const DigestBytes& bytes, std::string_view published) {
  return hex({bytes.data(), published.size() / 2}) == published;
}

}  // namespace

bool gives_published_answers(Hash hash, Sha2Fn* digest, HmacTagFn* tag) {
  for (const Published& row : kPublished) {
    if (row.hash != hash) continue;
    return starts_with(digest(hash, as_bytes("abc")), row.digest) &&
           starts_with(tag(hash, row.states, as_bytes("what do ya want for nothing?")), row.tag);
  }
  return false;
}

}  // namespace jotmill
