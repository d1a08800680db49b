#include "keys/jwk.h"

#include <algorithm>
#include <array>
#include <deque>
#include <optional>
#include <tuple>
#include <utility>

#include "core/json.h"
#include "keys/base64.h"
#include "keys/key_index.h"
#include "keys/number_table.h"

namespace jotmill {
namespace {

using json::Event;
using json::Reader;

enum class ValueKind : std::uint8_t { kAbsent, kString, kStringArray, kOther };

struct Value {
  ValueKind kind = ValueKind::kAbsent;
  std::string_view text;  // kString
  bool verifies = false;  // kStringArray: holds "verify" or "sign"
};

enum MemberName : std::size_t {
  kKty,
  kUse,
  kKeyOps,
  kAlg,
  kKid,
  kCrv,
  kX,
  kY,
  kN,
  kE,
  kK,
  kD,
  kMembers
};
constexpr std::array<std::string_view, kMembers> kNames = {
    "kty", "use", "key_ops", "alg", "kid", "crv", "x", "y", "n", "e", "k", "d"};

Error refuse(std::string reason) { return Error{ErrorKind::kKeys, {}, std::move(reason)}; }

Error not_json(const Reader& reader) {
  Error error = refuse("not JSON: " + std::string(json::name(reader.problem())));
  error.offset_bytes = reader.problem_offset();
  return error;
}

// Reads one object after another, keeping no more of it than a key is made of. Strings without
// escapes are views into the file; the others are unescaped into memory that is wiped, since any of
// them may be a secret.
class ObjectReader {
 public:
  explicit ObjectReader(Reader& reader) : reader_(reader) {}

  // After kBeginObject, up to and with its end. Nothing: a syntax error, see reader.problem().
  bool read() {
    values_.fill({});
    names_.clear();
    unescaped_.clear();
    kid_repeated_ = false;
    for (Event event = reader_.next(); event != Event::kEndObject; event = reader_.next()) {
      if (event != Event::kName) return false;
      const std::string_view member = text();
      names_.push_back(member);
      const auto* const known = std::find(kNames.begin(), kNames.end(), member);
      const Value value = read_value();
      if (value.kind == ValueKind::kAbsent) return false;
      if (known == kNames.end()) continue;
      const auto member_index = static_cast<std::size_t>(known - kNames.begin());
      kid_repeated_ =
          kid_repeated_ || (member_index == kKid && values_[kKid].kind != ValueKind::kAbsent);
      if (values_[member_index].kind == ValueKind::kAbsent) values_[member_index] = value;
    }
    return true;
  }

  // Of a member that stands twice the first value; the key is refused then.
  const Value& operator[](MemberName member) const { return values_[member]; }
  bool kid_repeated() const { return kid_repeated_; }

  // A member name that stands twice, after unescaping.
  std::optional<std::string> repeated_name() const {
    std::vector<std::string_view> sorted = names_;
    std::sort(sorted.begin(), sorted.end());
    const auto twice = std::adjacent_find(sorted.begin(), sorted.end());
    if (twice == sorted.end()) return std::nullopt;
    return quoted_value(*twice);
  }

 private:
  std::string_view text() {
    if (!reader_.has_escapes()) return reader_.raw();
    SecretVector<char>& buffer = unescaped_.emplace_back(reader_.raw().size());
    return {buffer.data(), json::unescape(reader_.raw(), buffer.data())};
  }

  // kAbsent: a syntax error.
  Value read_value() {
    switch (reader_.next()) {
      case Event::kString: return {ValueKind::kString, text()};
      case Event::kBeginArray: return read_array();
      case Event::kBeginObject:
        return {reader_.skip() ? ValueKind::kOther : ValueKind::kAbsent, {}};
      case Event::kNumber:
      case Event::kTrue:
      case Event::kFalse:
      case Event::kNull: return {ValueKind::kOther, {}};
      default: return {};
    }
  }

  Value read_array() {
    Value value{ValueKind::kStringArray, {}};
    for (Event event = reader_.next(); event != Event::kEndArray; event = reader_.next()) {
      if (event == Event::kError) return {};
      if (event == Event::kString) {
        const std::string_view item = text();
        value.verifies = value.verifies || item == "verify" || item == "sign";
        continue;
      }
      value.kind = ValueKind::kOther;
      const bool nested = event == Event::kBeginArray || event == Event::kBeginObject;
      if (nested && !reader_.skip()) return {};
    }
    return value;
  }

  Reader& reader_;
  std::array<Value, kMembers> values_;
  std::vector<std::string_view> names_;
  std::deque<SecretVector<char>> unescaped_;
  bool kid_repeated_ = false;
};

void refuse_key(PreparedKey& key, std::string reason) {
  if (key.refusal.empty()) key.refusal = std::move(reason);
}

// The bytes of a member that must be there and be base64url. False: the key is refused now.
template <typename Vector>
bool read_bytes(PreparedKey& key, const ObjectReader& object, MemberName member, Vector& out) {
  const Value& value = object[member];
  const std::string name(kNames[member]);
  if (value.kind == ValueKind::kAbsent) {
    refuse_key(key, name + " is missing");
  } else if (value.kind != ValueKind::kString) {
    refuse_key(key, name + " is not a string");
  } else {
    SecretBytes bytes;
    const std::string_view problem = decode_base64url(value.text, bytes);
    out.assign(bytes.begin(), bytes.end());
    if (problem.empty()) return true;
    refuse_key(key, name + " is not base64url (" + std::string(problem) + ")");
  }
  return false;
}

// A member that may be absent, but is a string when it is there.
bool read_string(PreparedKey& key, const ObjectReader& object, MemberName member,
                 std::string& out) {
  const Value& value = object[member];
  if (value.kind == ValueKind::kAbsent) return false;
  if (value.kind == ValueKind::kString) {
    out = value.text;
    return true;
  }
  refuse_key(key, std::string(kNames[member]) + " is not a string");
  return false;
}

// RFC 7517 s4.2, s4.3. A key without both is for everything.
void read_use(PreparedKey& key, const ObjectReader& object) {
  std::string use;
  if (read_string(key, object, kUse, use) && use != "sig") key.use_limit = UseLimit::kUse;
  const Value& operations = object[kKeyOps];
  if (operations.kind == ValueKind::kAbsent) return;
  if (operations.kind != ValueKind::kStringArray) {
    refuse_key(key, "key_ops is not an array of strings");
  } else if (!operations.verifies && key.use_limit == UseLimit::kNone) {
    key.use_limit = UseLimit::kKeyOps;
  }
}

constexpr std::array kCurvesOfEc = {Curve::kP256, Curve::kP384, Curve::kP521, Curve::kSecp256k1};
constexpr std::array kCurvesOfOkp = {Curve::kEd25519, Curve::kEd448};

template <std::size_t kSize>
void read_curve(PreparedKey& key, const ObjectReader& object,
                const std::array<Curve, kSize>& curves) {
  std::string text;
  if (!read_string(key, object, kCrv, text)) return refuse_key(key, "crv is missing");
  for (const Curve curve : curves) {
    if (name(curve) == text) key.curve = curve;
  }
  if (key.curve != Curve::kNone) return;
  key.curve_text = quoted_value(text);
  const bool agrees = key.type == KeyType::kOkp && (text == "X25519" || text == "X448");
  refuse_key(key,
             agrees ? "crv " + text + " is for key agreement, not for signatures"
                    : "unknown crv " + key.curve_text + " for kty " + std::string(name(key.type)));
}

void read_material(PreparedKey& key, const ObjectReader& object) {
  switch (key.type) {
    case KeyType::kOct: read_bytes(key, object, kK, key.secret); break;
    case KeyType::kRsa:
      read_bytes(key, object, kN, key.n) && read_bytes(key, object, kE, key.e);
      break;
    case KeyType::kEc:
      read_curve(key, object, kCurvesOfEc);
      read_bytes(key, object, kX, key.x) && read_bytes(key, object, kY, key.y);
      break;
    case KeyType::kOkp:
      read_curve(key, object, kCurvesOfOkp);
      read_bytes(key, object, kX, key.x);
      break;
    case KeyType::kUnknown: break;
  }
  key.was_private = key.type != KeyType::kOct && key.type != KeyType::kUnknown &&
                    object[kD].kind != ValueKind::kAbsent;
}

PreparedKey make_key(const ObjectReader& object) {
  PreparedKey key;
  // RFC 7517 s4: a JWK with equal names must be rejected. It alone: none disables the others.
  if (const auto twice = object.repeated_name()) refuse_key(key, "two members named " + *twice);
  key.has_kid = read_string(key, object, kKid, key.kid) && !object.kid_repeated();
  if (!key.has_kid) key.kid.clear();
  std::string kty;
  if (read_string(key, object, kKty, kty)) {
    for (const KeyType type : {KeyType::kOct, KeyType::kRsa, KeyType::kEc, KeyType::kOkp}) {
      if (name(type) == kty) key.type = type;
    }
    if (key.type == KeyType::kUnknown) {
      key.type_text = quoted_value(kty);
      refuse_key(key, "unknown kty " + key.type_text);
    }
  } else {
    refuse_key(key, "kty is missing");
  }
  key.has_alg = read_string(key, object, kAlg, key.alg);
  read_use(key, object);
  read_material(key, object);
  return key;
}

// One kid twice for the same kty and alg, so that nobody could say which is meant (RFC 7517 s4.5).
std::optional<std::string> repeated_kid(const std::vector<PreparedKey>& keys) {
  const auto identity = [&keys](std::uint32_t i) {
    const PreparedKey& key = keys[i];
    return std::tie(key.kid, key.type, key.type_text, key.has_alg, key.alg);
  };
  const auto hash = SeededHash::with_random_seed();
  NumberTable table(keys.size());
  for (std::uint32_t i = 0; i < keys.size(); ++i) {
    if (!keys[i].has_kid) continue;
    const auto same = [&](std::uint32_t j) { return identity(j) == identity(i); };
    const PreparedKey& key = keys[i];
    const std::uint64_t type = static_cast<std::uint64_t>(key.type) * 2 + (key.has_alg ? 1 : 0);
    const std::uint64_t identity_hash = hash(key.kid) * 3 + hash(key.alg) * 5 +
                                        hash(key.type_text) * 7 + type * 0x9E3779B97F4A7C15u;
    if (table.find_or_add(identity_hash, i, same) != i) return quoted_value(key.kid);
  }
  return std::nullopt;
}

bool mixes_secrets(const std::vector<PreparedKey>& keys) {
  bool secret = false, open = false;
  for (const PreparedKey& key : keys) {
    secret = secret || key.type == KeyType::kOct;
    open = open || (key.type != KeyType::kOct && key.type != KeyType::kUnknown);
  }
  return secret && open;
}

// Of one set. What a refused one takes is several hundred times the two bytes of its text.
constexpr std::size_t kMostKeys = std::size_t{1} << 18;

// After kBeginArray of `keys`, up to and with its end.
Result<KeyFile> read_keys(Reader& reader) {
  KeyFile file;
  ObjectReader object(reader);
  for (Event event = reader.next(); event != Event::kEndArray; event = reader.next()) {
    if (event == Event::kError) return not_json(reader);
    if (file.keys.size() == kMostKeys)
      return refuse("more than " + std::to_string(kMostKeys) + " keys in one JWK Set");
    if (event == Event::kBeginObject) {
      if (!object.read()) return not_json(reader);
      file.keys.push_back(make_key(object));
      continue;
    }
    if (event == Event::kBeginArray && !reader.skip()) return not_json(reader);
    refuse_key(file.keys.emplace_back(), "not a JSON object");
  }
  if (const auto twice = repeated_kid(file.keys)) {
    return refuse("kid " + *twice + " stands twice for the same kty and alg");
  }
  if (mixes_secrets(file.keys)) return refuse("symmetric and public keys in one JWK Set");
  return file;
}

// What the root object is: its member names, and where its array `keys` begins.
struct Root {
  bool has_kty = false, has_keys = false;
  std::optional<std::size_t> array_event;  // number of events before the array of `keys`
};

// The name at hand, unescaped into `unescaped` where it has escapes.
std::string_view name_of(const Reader& reader, std::deque<std::string>& unescaped) {
  if (!reader.has_escapes()) return reader.raw();
  std::string& buffer = unescaped.emplace_back(reader.raw());
  buffer.resize(json::unescape(buffer, buffer.data()));
  return buffer;
}

Result<Root> read_root(Reader& reader) {
  Root root;
  std::deque<std::string> unescaped;
  std::vector<std::string_view> names;
  std::size_t events = 0;
  for (Event event = reader.next(); event != Event::kEnd; event = reader.next()) {
    ++events;
    if (event == Event::kError) return not_json(reader);
    if (events == 1 && event != Event::kBeginObject) return refuse("neither a JWK nor a JWK Set");
    if (event != Event::kName || reader.level() != 1) continue;
    const std::string_view member = name_of(reader, unescaped);
    names.push_back(member);
    root.has_kty = root.has_kty || member == "kty";
    if (member != "keys" || root.has_keys) continue;
    root.has_keys = true;
    event = reader.next();
    ++events;
    if (event == Event::kError) return not_json(reader);
    if (event == Event::kBeginArray) root.array_event = events;
  }
  std::sort(names.begin(), names.end());
  // Of a single JWK equal names are make_key's to judge.
  if (const auto twice = std::adjacent_find(names.begin(), names.end());
      twice != names.end() && root.has_keys) {
    return refuse("two members named " + quoted_value(*twice));
  }
  return root;
}

}  // namespace

Result<KeyFile> parse_jwk(std::string_view text) {
  if (!json::validate_utf8(text)) return refuse("not JSON: not UTF-8");
  Reader survey(text);
  const Result<Root> root = read_root(survey);
  if (!root) return root.error();
  if (root.value().has_keys && root.value().has_kty) {
    return refuse("has kty and keys, so neither a JWK nor a JWK Set");
  }
  Reader reader(text);
  if (root.value().has_keys) {
    if (!root.value().array_event) return refuse("keys is not an array");
    for (std::size_t i = 0; i < *root.value().array_event; ++i) (void)reader.next();
    return read_keys(reader);
  }
  if (!root.value().has_kty)
    return refuse("JSON without kty or keys, so neither a JWK nor a JWK Set");
  (void)reader.next();
  ObjectReader object(reader);
  if (!object.read()) return not_json(reader);
  KeyFile file;
  file.keys.push_back(make_key(object));
  return file;
}

// Without the strictness of parse_jwk: what is left of a damaged, cut or oddly wrapped key set is
// still no secret. Names count at any level.
bool looks_like_jwk(std::string_view text) {
  Reader reader(text);
  std::deque<std::string> unescaped;
  for (Event event = reader.next(); event != Event::kEnd; event = reader.next()) {
    if (event == Event::kError) return false;
    if (event != Event::kName) continue;
    unescaped.clear();
    const std::string_view name = name_of(reader, unescaped);
    if (name == "kty" || name == "keys") return true;
  }
  return false;
}

}  // namespace jotmill
