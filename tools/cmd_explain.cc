#include <fmt/format.h>
#include <strings.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "jotmill/jotmill.hpp"
#include "tools/commands.h"
#include "tools/explain_text.h"
#include "tools/options/given.h"
#include "tools/options/new_command.h"
#include "tools/options/parse.h"
#include "tools/options/policy.h"
#include "tools/options/table.h"
#include "tools/output.h"
#include "tools/words.h"

namespace jotmill::tools {
namespace {

constexpr const char* kDescription =
    "Shows every check of one token, in order: what was expected and what was found. Checks behind "
    "the first that fails are not run.";

constexpr const char* kFooter =
    R"(A token on the command line can be seen by every user of this machine (ps).
Give - and write it to standard input instead.

Examples:
  jotmill explain --keys keys.json - < token.txt
  jotmill explain --keys keys.json --issuer https://issuer.example \
      --as-of 2026-11-23T10:00:00Z - < token.txt
  jotmill explain --config policy.toml --format json - < token.txt

Exit codes: 0 accepted, 1 rejected, 2 bad usage, configuration or keys,
4 output failed, 5 internal error, 141 the reader of our output went away.
)";

struct Request {
  std::vector<KeySource> keys;
  Policy policy;
  std::map<std::string, std::string> kernels;
  std::string format;
  bool color = false;
};

Result<Request> read_request(const Given& given) {
  Request request;
  const std::string format = given.one("--format").value_or("text");
  const auto choice = parse_choice(format, std::array<std::string_view, 2>{"text", "json"});
  if (!choice) return about("--format", choice.error());
  request.format = format;
  auto policy = read_policy(given);
  if (!policy) return policy.error();
  // A token by itself stands in no record: it is judged as verify judges one without a time.
  policy.value().as_of_record = false;
  auto kernels = read_kernels(given);
  if (!kernels) return kernels.error();
  auto color = read_color(given, STDOUT_FILENO);
  if (!color) return color.error();
  auto keys = read_key_sources(given);
  if (!keys) return keys.error();
  request.policy = std::move(policy).value();
  request.kernels = std::move(kernels).value();
  request.color = color.value();
  request.keys = std::move(keys).value();
  return request;
}

/// One token from standard input without its last LF or CRLF. Reads little more than
/// `max_token_bytes`: what is longer is token_too_large, however much longer.
Result<std::string> read_token(std::size_t max_token_bytes) {
  std::string token(max_token_bytes + 3, '\0');
  std::size_t size = 0;
  while (size < token.size()) {
    const ssize_t count = ::read(STDIN_FILENO, token.data() + size, token.size() - size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return Error{ErrorKind::kUnreadable, "standard input", std::strerror(errno)};
    if (count == 0) break;
    size += static_cast<std::size_t>(count);
  }
  token.resize(size);
  if (token.ends_with('\n')) token.pop_back();
  if (size > token.size() && token.ends_with('\r')) token.pop_back();
  return token;
}

/// What a text that is no token looks like instead, and what to do about it.
void say_what_was_meant(const std::string& argument, const std::string& token) {
  constexpr std::string_view kScheme = "bearer ";
  if (::strncasecmp(token.c_str(), kScheme.data(), kScheme.size()) == 0) {
    say("the word Bearer before a token is no part of it: leave it out");
  } else if (argument != "-" && ::access(argument.c_str(), F_OK) == 0) {
    say("the argument is the token itself, and there is a file of this name; to read the file: "
        "jotmill explain - < FILE");
  }
}

int explain(const Given& given) {
  const auto request = read_request(given);
  if (!request) return fail(request.error());
  const std::vector<std::string> tokens = given.all("TOKEN");
  if (tokens.size() != 1) {
    return fail(usage_error("TOKEN", tokens.empty()
                                         ? "is missing; give one token, or - for standard input"
                                         : "explain takes one token"));
  }
  std::string token = tokens.front();
  if (token == "-") {
    auto read = read_token(request.value().policy.max_token_bytes);
    if (!read) return fail(read.error());
    token = std::move(read).value();
    if (token.find('\n') != std::string::npos) {
      say("standard input holds more than one line; all of it is judged as one token");
    }
  }
  auto verifier = Verifier::create(request.value().keys, request.value().policy,
                                   request.value().kernels, cpu_mask_of_environment());
  if (!verifier) return fail(verifier.error());
  for (const std::string& warning : verifier.value().warnings()) say(warning);
  const Explanation answer = verifier.value().explain(token);
  const std::vector<KeyInfo>& keys = verifier.value().keys();
  const int printed = print(request.value().format == "json"
                                ? explanation_json(answer, keys)
                                : explanation_text(answer, keys, request.value().color));
  if (printed != kExitOk) return printed;
  if (answer.answer.verdict == Verdict::kInternalError) return kExitInternal;
  if (!answer.answer.accepted()) say_what_was_meant(tokens.front(), token);
  return answer.answer.accepted() ? kExitOk : kExitRejected;
}

}  // namespace

void add_explain(CLI::App& app, int& exit_code) {
  NewCommand command(app, "explain", kDescription, kFooter);
  command.arguments("TOKEN", "the token, or - to read one from standard input");
  command.table_options(kForExplain);
  command.runs(explain, exit_code);
}

}  // namespace jotmill::tools
