#include "tools/options/table.h"

#include <algorithm>
#include <array>

namespace jotmill::tools {
namespace {

constexpr unsigned kBoth = kForVerify | kForExplain;
constexpr unsigned kLogs = kForVerify | kForExtract;
constexpr unsigned kAll = kBoth | kForExtract;
constexpr std::string_view kKeys = "Keys";
constexpr std::string_view kPolicy = "Policy";
constexpr std::string_view kInput = "Input";
constexpr std::string_view kOutput = "Output";
constexpr std::string_view kRun = "Run";

constexpr auto kTable = std::to_array<OptionSpec>({
    {"--keys", "PATH", kKeys, kBoth, true,
     "JWK, JWK Set, PEM (public key, PKCS#1, certificate) or DER, found out by content; a "
     "directory takes all its files"},
    {"--secret-file", "[KID=]PATH", kKeys, kBoth, true,
     "file with a raw HMAC secret; one trailing newline is dropped, and said so"},

    {"--alg", "LIST", kPolicy, kBoth, true,
     "allowed algorithms, e.g. RS256,ES256; default: all sixteen names, the key rules decide the "
     "rest"},
    {"--issuer", "TEXT", kPolicy, kBoth, true,
     "iss must be exactly this; repeat it for more, a token must match one of them"},
    {"--audience", "TEXT", kPolicy, kBoth, true, "aud must hold exactly this; likewise"},
    {"--subject", "TEXT", kPolicy, kBoth, true, "sub must be exactly this; likewise"},
    {"--require", "LIST", kPolicy, kBoth, true, "claims that must be present, e.g. exp,iat"},
    {"--leeway", "DUR", kPolicy, kBoth, false,
     "clock leeway for exp, nbf and iat: 60, 60s, 5m, 2h, 1d, 500ms; or one for each: "
     "exp=60s,nbf=5s,iat=5s; default 0"},
    {"--as-of", "TIME", kPolicy, kBoth, false,
     "the time to judge at: now (read once at the start; default), an RFC 3339 time, Unix "
     "seconds, off (no time check), or for logs record: the time of the token's own record, with "
     "no time check where it has none"},
    {"--max-age", "DUR", kPolicy, kBoth, false,
     "refuse tokens whose iat is longer ago or in the future; default: iat is not judged"},
    {"--typ", "NAME", kPolicy, kBoth, false,
     "the typ header must be this, letter case and application/ aside; default: not judged"},
    {"--claims", "on|off", kPolicy, kBoth, false,
     "off: the signature alone is judged and the payload may be anything; default on"},
    {"--allow-padding", "", kPolicy, kBoth, false,
     "accept the = padding that RFC 4648 would write (AWS load balancers send it)"},
    {"--allow-weak-secret", "", kPolicy, kBoth, false,
     "accept HMAC secrets shorter than RFC 7518 allows"},

    {"--format", "FORMAT", kInput, kLogs, false,
     "lines (one token a line), text (tokens anywhere in any bytes), jsonl (one JSON text a line), "
     "har, or auto, which looks at each input; default auto"},
    {"--field", "POINTER", kInput, kLogs, true,
     "jsonl: JSON Pointer of a member that holds a token, e.g. /token; default: look in every "
     "string"},
    {"--shard", "I/N", kInput, kLogs, false,
     "only the I-th of N parts of all inputs by bytes, cut between records; 1/N to N/N together "
     "are the whole: see merge. Inputs must be files; compressed ones and har are not cut"},
    {"--max-token-bytes", "SIZE", kInput, kAll, false,
     "a longer token is token_too_large; 262144, 256K, 256KiB, 1MiB; default 256KiB"},
    {"--max-record-bytes", "SIZE", kInput, kLogs, false,
     "jsonl, har: a longer record is record_too_long (exit 3) and scanned as text, whatever "
     "--field; lines: token_too_large; default 16MiB"},
    {"--year", "N", kInput, kForVerify, false,
     "--as-of record: the year of syslog times, which name none; without it they cannot be read"},

    {"--verdicts", "PATH", kOutput, kForVerify, false,
     "one record for each token; .csv is CSV, - (standard output) and every other name NDJSON; "
     "with "
     ".gz or .zst behind it, compressed"},
    {"--output", "PATH", kOutput, kForExtract, false,
     "where the records go; .csv is CSV, - (standard output; default) and every other name NDJSON; "
     "with .gz or .zst behind it, compressed"},
    {"--raw", "", kOutput, kForExtract, false,
     "the tokens themselves in the place of records, one a line: they are credentials"},
    {"--only", "WHICH", kOutput, kForVerify, false,
     "records of all, rejected or accepted tokens; default all"},
    {"--show", "LIST", kOutput, kForVerify, true,
     "claims of accepted signatures to copy into the records, e.g. iss,sub; default none"},
    {"--fingerprint-key", "FILE", kOutput, kLogs, false,
     "file with a key for token_id (HMAC-SHA-256); default: plain SHA-256"},
    {"--report", "PATH", kOutput, kForVerify, true,
     "write the report also to PATH, which ends in .json or .txt"},
    {"--format", "text|json", kOutput, kForExplain, false,
     "how the answer is written; default text"},

    {"--threads", "N", kRun, kLogs, false,
     "worker threads; default 0: all the cores that this process may use"},
    {"--kernels", "LIST", kRun, kAll, true,
     "force kernel variants by name, e.g. base64url=scalar; 'jotmill cpu' lists them; "
     "headers=parse remembers no headers and parses each anew"},
    {"--chunk-bytes", "SIZE", kRun, kLogs, false,
     "bytes read at a time, down to one token; never changes an answer; default 1MiB"},
    {"--quiet", "", kRun, kForExtract, false,
     "no summary, no progress, no warnings but that of --raw; errors and the exit code stay"},
    {"--quiet", "", kRun, kForVerify, false,
     "no text report, no progress, no warnings; errors and the exit code stay"},
    {"--no-progress", "", kRun, kLogs, false,
     "no progress line; it is shown only when standard error is a terminal"},
    {"--color", "WHEN", kRun, kBoth, false,
     "auto, always or never; auto: on a terminal, unless NO_COLOR is set; default auto"},
    {"--config", "FILE", kRun, kAll, false,
     "take options from this TOML file, e.g. issuer = [\"a\", \"b\"]; the command line wins"},
    {"--memo", "N|off", kRun, kForVerify, false,
     "entries of each worker's memo of verified signatures, 40 bytes each; never changes an "
     "answer; default 131072"},
    {"--table-memory", "SIZE|off", kRun, kForVerify, false,
     "memory for tables of the ES256 and Ed25519 keys that most tokens use, in all; never changes "
     "an answer; default 64MiB"},
    {"--cross-check", "N|off", kRun, kForVerify, false,
     "verify one token in N again with OpenSSL; a disagreement is internal_error (exit 5) and "
     "names kernel and token_id; default 4096"},
    {"--checkpoint", "FILE", kRun, kForVerify, false,
     "write to FILE how far the run is; after it was stopped, killed or interrupted, the same "
     "command goes on there and ends with the same records and report; inputs (also compressed) "
     "and verdicts must be regular files, the latter not compressed; keep it where nobody else "
     "writes; removed when the run is whole"},
    {"--checkpoint-interval", "DUR", kRun, kForVerify, false,
     "least time between two of them; 0: after every chunk; default 5s"},
});

}  // namespace

std::span<const OptionSpec> option_table() { return kTable; }

bool in_option_table(std::string_view name) {
  return std::ranges::find(kTable, name, &OptionSpec::name) != kTable.end();
}

}  // namespace jotmill::tools
