// libjwt (Debian's libjwt-dev 1.10) as its users call it: jwt_decode() with the key's text, claims
// read as JSON.
//
//   libjwt_loop ALG KEY_FILE TOKENS SECONDS

#include <jwt.h>

#include "rivals/rival.h"

int main(int argc, char** argv) {
  if (argc != 5) rival::stop("usage: libjwt_loop ALG KEY_FILE TOKENS SECONDS");
  const std::string key = rival::read_file(argv[2]);
  const std::vector<std::string> tokens = rival::read_lines(argv[3]);
  return rival::measure(tokens, std::atof(argv[4]), [&](const std::string& token) {
    jwt_t* jwt = nullptr;
    const int code =
        jwt_decode(&jwt, token.c_str(), reinterpret_cast<const unsigned char*>(key.data()),
                   static_cast<int>(key.size()));
    const bool good = code == 0 && jwt_get_grant(jwt, "iss") != nullptr;
    jwt_free(jwt);
    return good;
  });
}
