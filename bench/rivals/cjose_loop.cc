// cjose (Debian's libcjose-dev) as its users call it: import, verify with the JWK. It reads no
// claims.
//
//   cjose_loop ALG JWK_FILE TOKENS SECONDS        JWK_FILE: one JWK

#include <cjose/cjose.h>

#include "rivals/rival.h"

int main(int argc, char** argv) {
  if (argc != 5) rival::stop("usage: cjose_loop ALG JWK_FILE TOKENS SECONDS");
  const std::string text = rival::read_file(argv[2]);
  const std::vector<std::string> tokens = rival::read_lines(argv[3]);
  cjose_err error{};
  cjose_jwk_t* key = cjose_jwk_import(text.data(), text.size(), &error);
  if (key == nullptr) rival::stop("no JWK for cjose in " + std::string(argv[2]));
  return rival::measure(tokens, std::atof(argv[4]), [&](const std::string& token) {
    cjose_jws_t* jws = cjose_jws_import(token.data(), token.size(), &error);
    const bool good = jws != nullptr && cjose_jws_verify(jws, key, &error);
    if (jws != nullptr) cjose_jws_release(jws);
    return good;
  });
}
