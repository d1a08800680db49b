#include <array>

#include "support/codec.h"
#include "support/gen_json.h"
#include "support/reference_algorithms.h"

namespace jotmill::gen {
namespace {

using Literals = std::vector<std::string>;

const Literals kCritLists = {
    "[]",         "[\"exp\"]",     "[\"b64\"]",     "[\"x\"]",         "[\"x\",\"x\"]",
    "[1]",        "[\"alg\"]",     "[\"absent\"]",  "[\"x\",\"b64\"]", "[\"x\",null]",
    "[\"crit\"]", "[\"p2c\"]",     "[\"\\u0078\"]", "[\"X\"]",         "[\"\"]",
    "[[\"x\"]]",  "[\"x5t#S256\"]"};
const Literals kTypes = {"\"JWT\"",          "\"jwt\"",
                         "\"at+jwt\"",       "\"application/at+jwt\"",
                         "\"AT+JWT\"",       "\"APPLICATION/JWT\"",
                         "\"application/\"", "\"\"",
                         "\"JWT \"",         "\"application/application/jwt\""};
const Literals kContents = {"\"JWT\"", "\"jwt\"",  "\"application/JWT\"", "\"application/json\"",
                            "\"JW\"",  "\"JWT \"", "\"Application/Jwt\"", "\"\""};
const Literals kAlgs = {"\"none\"",
                        "\"None\"",
                        "\"NONE\"",
                        "\"nonE\"",
                        "\"none \"",
                        "\"hs256\"",
                        "\"HS257\"",
                        "\"\"",
                        "\"RS1\"",
                        "\"RSA1_5\"",
                        "\"A256GCMKW\"",
                        "\"dir\"",
                        "\"HS256\\u0000\"",
                        "\" HS256\"",
                        "\"ES521\"",
                        "\"eddsa\"",
                        "\"ED25519\"",
                        "\"Ed25519ph\"",
                        "\"H\\u00532\\u00356\"",
                        "\"\\u006eone\""};
const Literals kKids = {"\"\"",         "\"nobody\"", "\"../../etc/passwd\"",
                        "\"k0\"",       "\"K1\"",     "\"k1\\u0000\"",
                        "\"\\u006b1\"", "\"k1 \"",    "\"k11\"",
                        "\"%s%n\"",     "\"k2\"",     "\"\xC3\xA9\""};
constexpr std::array<std::pair<const char*, const char*>, 3> kEscapedNames = {
    {{"alg", "\"\\u0061lg\""}, {"kid", "\"k\\u0069d\""}, {"x", "\"\\u0078\""}}};
const Literals kSmuggledKeys = {R"({"kty":"oct","k":"AAAA"})", "\"https://evil.example/jwks\"",
                                R"(["MIIB"])"};

// One oddity into the header; its name.
std::string spoil_header(Random& random, const World& world, Fields& header) {
  const auto& other = random.pick(reference::kAlgorithms);
  switch (random.below(24)) {
    case 0:
      header.set("crit", random.pick(kCritLists));
      header.set("x", "1");
      return "crit";
    case 1: header.set("crit", odd_value(random)); return "crit of any type";
    case 2:
      header.set("b64", random.pick(Literals{"true", "false", "\"false\"", "null", "1"}));
      return "b64";
    case 3:
      header.set("crit", "[\"b64\"]");
      header.set("b64", random.percent(50) ? "true" : "false");
      return "crit b64";
    case 4: header.set("typ", random.pick(kTypes)); return "typ";
    case 5: header.set("cty", random.pick(kContents)); return "cty";
    case 6: header.set("enc", random.percent(50) ? "\"A128GCM\"" : odd_value(random)); return "enc";
    case 7: header.set("alg", random.pick(kAlgs)); return "alg";
    case 8: header.set("alg", codec::quoted(other.name)); return "another alg";
    case 9: header.remove("alg"); return "no alg";
    case 10: header.remove("kid"); return "no kid";
    case 11: header.set("kid", random.pick(kKids)); return "another kid";
    case 12:
      header.remove("kid");
      if (const Signer& signer = random.pick(world.signers); signer.kid)
        header.set("kid", codec::quoted(*signer.kid));
      return "the kid of another key";
    case 13:
      set_odd(random, random.pick(std::array{"alg", "kid", "typ", "cty"}), header);
      return "a member of any type";
    case 14:
      if (!header.list.empty()) header.list.push_back(random.pick(header.list));
      return "a member twice";
    case 15: {
      const auto& [name, literal] = random.pick(kEscapedNames);
      header.add(name, "\"a\"");
      header.list.push_back({literal, "\"b\""});
      return "a member twice, once escaped";
    }
    case 16:
      header.add("jwk", random.pick(kSmuggledKeys));
      header.add("x5u", "\"https://evil.example/x5u\"");
      return "smuggled key";
    case 17:
      header.list.push_back({random.pick(Literals{"\"\\ud800\"", "\"\xFF\"", "x", "1", "\"a\tb\"",
                                                  "\"ALG\"", "\"\""}),
                             "1"});
      return "odd name";
    default:
      set_odd(random, random.pick(std::array{"x0", "x1", "jku", "x5c"}), header);
      return "odd value";
  }
}

}  // namespace

std::string make_header(Random& random, const World& world, const Signer& signer,
                        const std::string& alg, std::string& what) {
  Fields header;
  header.add("alg", string_literal(random, alg));
  if (signer.kid && !random.percent(10)) header.add("kid", string_literal(random, *signer.kid));
  if (!world.policy.typ.empty() && !random.percent(10)) {
    header.add("typ", string_literal(random, random.percent(30) ? "application/" + world.policy.typ
                                                                : world.policy.typ));
  } else if (random.percent(50)) {
    header.add("typ", "\"JWT\"");
  }
  if (random.percent(30)) header.add("x", "[1,{\"y\":2}]");
  random.shuffle(header.list);
  if (random.percent(25)) {
    for (int i = random.between(1, 2); i > 0; --i)
      what += " header:" + spoil_header(random, world, header);
  }
  std::string text = render(random, header);
  if (random.percent(2)) {
    what += " header:framed";
    text = random.pick(Literals{"\xEF\xBB\xBF" + text, text + text, "[" + text + "]", text + "x",
                                "null", "\"" + alg + "\"", text + std::string(1, '\0'), " ", "{}",
                                text.substr(0, text.size() - 1)});
  }
  return text;
}

}  // namespace jotmill::gen
