// The C interface against the C++ one and against a run over a file with the same tokens.

#include <algorithm>
#include <cstring>
#include <map>
#include <set>
#include <thread>

#include "cli/workspace.h"
#include "doors/made.h"
#include "jotmill/jotmill.hpp"
#include "jotmill/report_json.h"
#include "support/catch.h"

namespace jotmill::doors_test {
namespace {

Policy policy() {
  Policy policy;
  policy.as_of = TimePoint{.s = kAsOf};
  return policy;
}

std::vector<KeySource> keys() { return {{.path = "keys", .content = std::string(kKeys)}}; }

std::optional<std::string_view> optional_view(jotmill_text text) {
  return text.data ? std::optional(view(text)) : std::nullopt;
}

/// The report of a run over a file with one token a line.
std::string report_of_run(const std::vector<std::string>& tokens, const std::string& file) {
  std::string lines;
  for (const std::string& token : tokens) lines += token + "\n";
  cli_test::write_file(file, lines);
  RunOptions options;
  options.keys = keys();
  options.policy = policy();
  options.inputs = {cli_test::in_folder(file)};
  options.format = InputFormat::kLines;
  options.show = {"iss", "sub"};
  options.threads = 1;
  const Result<RunOutcome> outcome = run(options);
  REQUIRE(outcome.ok());
  return render_json(outcome.value().report);
}

TEST_CASE("every answer is that of the C++ interface") {
  const std::vector<std::string> tokens = make_tokens(5000);
  const std::vector<jotmill_text> texts = texts_of(tokens);
  Engine engine;
  std::vector<jotmill_answer> answers(tokens.size());
  REQUIRE(jotmill_verify_many(engine.get, texts.data(), texts.size(), answers.data(), nullptr) ==
          JOTMILL_OK);

  Result<Verifier> verifier = Verifier::create(keys(), policy());
  REQUIRE(verifier.ok());
  std::map<std::string, int> seen;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const TokenVerdict expected = verifier.value().verify(tokens[i]);
    const jotmill_answer& answer = answers[i];
    ++seen[answer.verdict];
    const bool equal =
        code(expected.verdict) == answer.verdict && expected.accepted() == (answer.accepted == 1) &&
        expected.detail == view(answer.detail) && expected.alg == optional_view(answer.alg) &&
        expected.kid == optional_view(answer.kid) &&
        expected.key.value_or(JOTMILL_NO_KEY) == answer.key;
    if (!equal) FAIL_CHECK(i << ": " << answer.verdict << ", not " << code(expected.verdict));
    if (answer.accepted == 1) {
      // Accepted tokens of make_tokens() all have the claims that are shown.
      CHECK(view(answer.claims).substr(0, 8) == "{\"iss\":\"");
    }
  }
  CHECK(seen.size() > 17);
  CHECK(seen["accepted"] > 500);
  // One by one they are the same, and the texts of the last call alone are alive.
  for (std::size_t i = 0; i < 48; ++i) {
    jotmill_answer answer = {};
    REQUIRE(jotmill_verify(engine.get, texts[i], &answer, nullptr) == JOTMILL_OK);
    CHECK(std::string(answer.verdict) == answers[i].verdict);
    CHECK(std::memcmp(answer.token_id, answers[i].token_id, sizeof(answer.token_id)) == 0);
  }
}

TEST_CASE("the report is that of a run over a file with these lines") {
  const cli_test::Folder folder;
  const std::vector<std::string> tokens = make_tokens(3000);
  const std::string of_run = report_of_run(tokens, "lines");
  const std::string file = cli_test::in_folder("lines");

  // Whatever the calls were, and whatever the places were told to be.
  for (const std::size_t step : {std::size_t{1}, std::size_t{700}, tokens.size()}) {
    Engine engine;
    REQUIRE(jotmill_engine_place(engine.get, text(file), 1, 0, nullptr) == JOTMILL_OK);
    std::vector<jotmill_answer> answers(tokens.size());
    const std::vector<jotmill_text> texts = texts_of(tokens);
    for (std::size_t at = 0; at < tokens.size(); at += step) {
      const std::size_t count = std::min(step, tokens.size() - at);
      REQUIRE(jotmill_verify_many(engine.get, &texts[at], count, &answers[at], nullptr) ==
              JOTMILL_OK);
    }
    CHECK(before_run(engine.report()) == before_run(of_run));
  }
}

TEST_CASE("clones share the keys, count for themselves, and add up") {
  const std::vector<std::string> tokens = make_tokens(1000);
  const std::vector<jotmill_text> texts = texts_of(tokens);
  Engine first;
  jotmill_engine* second = nullptr;
  REQUIRE(jotmill_engine_clone(first.get, &second, nullptr) == JOTMILL_OK);
  std::vector<jotmill_answer> answers(tokens.size());
  std::uint64_t offset = 0;
  for (std::size_t i = 0; i < 500; ++i) offset += tokens[i].size() + 1;
  REQUIRE(jotmill_engine_place(second, text("-"), 501, offset, nullptr) == JOTMILL_OK);
  std::thread other([&] { jotmill_verify_many(second, &texts[500], 500, &answers[500], nullptr); });
  jotmill_verify_many(first.get, texts.data(), 500, answers.data(), nullptr);
  other.join();

  Engine whole;
  std::vector<jotmill_answer> expected(tokens.size());
  jotmill_verify_many(whole.get, texts.data(), texts.size(), expected.data(), nullptr);
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (std::strcmp(answers[i].verdict, expected[i].verdict) != 0) FAIL_CHECK(i);
  }
  char* json = nullptr;
  REQUIRE(jotmill_report_json(second, &json, nullptr, nullptr) == JOTMILL_OK);
  const std::string of_second = json, of_first = first.report();
  jotmill_string_free(json);
  jotmill_engine_free(second);
  const jotmill_text both[] = {text(of_first), text(of_second)};
  REQUIRE(jotmill_reports_merge(both, 2, &json, nullptr, nullptr) == JOTMILL_OK);
  const std::string sum = json;
  jotmill_string_free(json);
  // Two streams of tokens are two inputs; nothing else differs.
  std::string expected_sum = before_run(whole.report());
  const std::size_t formats = expected_sum.find("\"formats\":{\"lines\":1}");
  REQUIRE(formats != std::string::npos);
  expected_sum.replace(formats, 21, "\"formats\":{\"lines\":2}");
  CHECK(before_run(sum) == expected_sum);
}

TEST_CASE("clones in as many threads say what one engine says") {
  constexpr std::size_t kThreads = 4;
  const std::vector<std::string> tokens = make_tokens(600);
  const std::vector<jotmill_text> texts = texts_of(tokens);
  Engine whole;
  std::vector<jotmill_engine*> clones(kThreads);
  for (jotmill_engine*& clone : clones)
    REQUIRE(jotmill_engine_clone(whole.get, &clone, nullptr) == JOTMILL_OK);
  std::vector<std::vector<std::string>> verdicts(kThreads);
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      // Each begins elsewhere, so that what they share is met in another order.
      std::vector<jotmill_answer> answers(tokens.size());
      const std::size_t first = t * tokens.size() / kThreads;
      jotmill_verify_many(clones[t], &texts[first], tokens.size() - first, &answers[first],
                          nullptr);
      for (std::size_t i = first; i < tokens.size(); ++i)
        verdicts[t].emplace_back(answers[i].verdict);
      jotmill_verify_many(clones[t], texts.data(), first, answers.data(), nullptr);
      for (std::size_t i = 0; i < first; ++i) verdicts[t].emplace_back(answers[i].verdict);
      std::rotate(verdicts[t].begin(), verdicts[t].end() - static_cast<std::ptrdiff_t>(first),
                  verdicts[t].end());
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::vector<jotmill_answer> expected(tokens.size());
  jotmill_verify_many(whole.get, texts.data(), texts.size(), expected.data(), nullptr);
  for (const std::vector<std::string>& of_thread : verdicts) {
    REQUIRE(of_thread.size() == expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
      if (of_thread[i] != expected[i].verdict) FAIL_CHECK(i);
    }
  }
  for (jotmill_engine* clone : clones) jotmill_engine_free(clone);
}

TEST_CASE("one token in so many is verified again") {
  const std::vector<std::string> tokens = make_tokens(300);
  const std::vector<jotmill_text> texts = texts_of(tokens);
  std::vector<jotmill_answer> answers(tokens.size());
  const auto checked = [&](std::uint64_t one_in) {
    const Options options;
    REQUIRE(jotmill_options_set_number(options.get, JOTMILL_NUMBER_CROSS_CHECK, one_in, nullptr) ==
            JOTMILL_OK);
    const Engine engine(options);
    jotmill_verify_many(engine.get, texts.data(), texts.size(), answers.data(), nullptr);
    const std::string report = engine.report();
    CHECK(report.find("\"disagreed\":0") != std::string::npos);
    const std::size_t at = report.find("\"checked\":");
    REQUIRE(at != std::string::npos);
    return std::stoul(report.substr(at + 10));
  };
  CHECK(checked(0) == 0);
  CHECK(checked(1) > 50);
}

TEST_CASE("a source that begins again is one more input") {
  const std::vector<std::string> tokens = make_tokens(6);
  const std::vector<jotmill_text> texts = texts_of(tokens);
  Engine engine;
  std::vector<jotmill_answer> answers(tokens.size());
  const auto judge = [&](std::size_t first, std::size_t count) {
    REQUIRE(jotmill_verify_many(engine.get, &texts[first], count, answers.data(), nullptr) ==
            JOTMILL_OK);
  };
  const auto place = [&](const char* source, std::uint64_t line, std::uint64_t offset) {
    REQUIRE(jotmill_engine_place(engine.get, text(source), line, offset, nullptr) == JOTMILL_OK);
  };
  place("a", 1, 0);
  place("a", 1, 0);  // nothing came from it yet
  judge(0, 1);
  judge(1, 1);
  CHECK(engine.report().find("\"formats\":{\"lines\":1}") != std::string::npos);
  place("a", 7, 700);
  judge(2, 1);
  CHECK(engine.report().find("\"formats\":{\"lines\":1}") != std::string::npos);
  place("a", 1, 0);
  judge(3, 1);
  CHECK(engine.report().find("\"formats\":{\"lines\":2}") != std::string::npos);
  place("b", 1, 0);
  judge(4, 2);
  CHECK(engine.report().find("\"formats\":{\"lines\":3}") != std::string::npos);
}

struct Call {
  const char* what;
  std::int32_t code;
  std::int32_t got;
  const jotmill_error& error;
};
void check_call(const Call& call) {
  CAPTURE(call.what, call.error.message);
  CHECK(call.got == call.code);
  CHECK(call.error.code == call.code);
  CHECK(std::strlen(call.error.message) > 5);
}

TEST_CASE("what cannot be done is a code and a message, and nothing is made") {
  const cli_test::Folder folder;
  jotmill_error error = {};
  jotmill_options* options = nullptr;
  REQUIRE(jotmill_options_new(&options, &error) == JOTMILL_OK);
  jotmill_engine* engine = nullptr;
  const auto make = [&] { return jotmill_engine_new(options, &engine, &error); };
  check_call({"no key", JOTMILL_E_NO_KEYS, make(), error});
  check_call({"text option", JOTMILL_E_ARGUMENT,
              jotmill_options_set_text(options, 99, text("x"), &error), error});
  check_call({"time option", JOTMILL_E_ARGUMENT,
              jotmill_options_set_time(options, 99, 1, 0, &error), error});
  check_call({"nanoseconds", JOTMILL_E_ARGUMENT,
              jotmill_options_set_time(options, JOTMILL_TIME_AS_OF, 1, 1'000'000'000, &error),
              error});
  check_call({"negative", JOTMILL_E_ARGUMENT,
              jotmill_options_set_time(options, JOTMILL_TIME_MAX_AGE, -1, 0, &error), error});
  CHECK(error.message == std::string("max_age is negative"));
  check_call({"number option", JOTMILL_E_ARGUMENT,
              jotmill_options_set_number(options, 99, 1, &error), error});
  check_call({"flag", JOTMILL_E_ARGUMENT,
              jotmill_options_set_number(options, JOTMILL_NUMBER_CLAIMS, 2, &error), error});
  check_call({"size", JOTMILL_E_ARGUMENT,
              jotmill_options_set_number(options, JOTMILL_NUMBER_MAX_TOKEN_BYTES,
                                         std::uint64_t{1} << 31, &error),
              error});
  CHECK(std::string(error.message).starts_with("max_token_bytes is not"));
  check_call({"no size", JOTMILL_E_ARGUMENT,
              jotmill_options_set_number(options, JOTMILL_NUMBER_MAX_TOKEN_BYTES, 0, &error),
              error});
  check_call({"format", JOTMILL_E_ARGUMENT,
              jotmill_options_set_text(options, JOTMILL_TEXT_FORMAT, text("csv"), &error), error});
  check_call({"kernel", JOTMILL_E_ARGUMENT,
              jotmill_options_set_text(options, JOTMILL_TEXT_KERNEL, text("rsa"), &error), error});
  check_call({"NULL with a length", JOTMILL_E_ARGUMENT,
              jotmill_options_set_text(options, JOTMILL_TEXT_ALG, {nullptr, 3}, &error), error});
  check_call(
      {"NULL", JOTMILL_E_ARGUMENT, jotmill_options_add_key_file(nullptr, "x", &error), error});

  REQUIRE(jotmill_options_add_key_file(options, "/no/such\x1b[31m/file", &error) == JOTMILL_OK);
  check_call({"key file", JOTMILL_E_UNREADABLE, make(), error});
  CHECK(std::string(error.message).find('\x1b') == std::string::npos);
  jotmill_options_free(options);

  const Options good;
  REQUIRE(jotmill_options_set_text(good.get, JOTMILL_TEXT_ALG, text("HS255"), nullptr) ==
          JOTMILL_OK);
  check_call({"alg", JOTMILL_E_USAGE, jotmill_engine_new(good.get, &engine, &error), error});
  const Options bad_keys;
  REQUIRE(jotmill_options_add_key(bad_keys.get, "second", text("{}"), nullptr) == JOTMILL_OK);
  check_call({"keys", JOTMILL_E_KEYS, jotmill_engine_new(bad_keys.get, &engine, &error), error});
  CHECK(engine == nullptr);

  char* json = nullptr;
  const jotmill_text broken[] = {text("{}")};
  check_call({"no report", JOTMILL_E_FORMAT,
              jotmill_reports_merge(broken, 1, &json, nullptr, &error), error});
  check_call({"nothing to add", JOTMILL_E_ARGUMENT,
              jotmill_reports_merge(broken, 0, &json, nullptr, &error), error});
  CHECK(json == nullptr);
  // A long path is cut, and the message still ends.
  Options long_path;
  REQUIRE(jotmill_options_add_key_file(long_path.get, std::string(5000, 'x').c_str(), nullptr) ==
          JOTMILL_OK);
  check_call(
      {"long", JOTMILL_E_UNREADABLE, jotmill_engine_new(long_path.get, &engine, &error), error});
  CHECK(std::strlen(error.message) < sizeof(error.message));
}

TEST_CASE("reports of different policies are not added") {
  const Engine one;
  Options strict;
  REQUIRE(jotmill_options_set_text(strict.get, JOTMILL_TEXT_ISSUER, text("x"), nullptr) ==
          JOTMILL_OK);
  const Engine other(strict);
  const std::string a = one.report(), b = other.report();
  const jotmill_text both[] = {text(a), text(b)};
  char* json = nullptr;
  jotmill_error error = {};
  CHECK(jotmill_reports_merge(both, 2, &json, nullptr, &error) == JOTMILL_E_FORMAT);
  CHECK(std::string(error.message).find("--issuer") != std::string::npos);
}

TEST_CASE("secrets in memory are taken as they stand, those in files lose one newline") {
  const cli_test::Folder folder;
  const std::string secret = "0123456789abcdef0123456789abcde\n";
  const std::string claims = R"({"sub":"x"})", header = R"({"alg":"HS256"})";
  cli_test::write_file("secret", secret);
  struct Case {
    bool file;
    std::string signed_with;
  };
  for (const Case& c : {Case{false, secret}, Case{true, secret.substr(0, 31)}}) {
    jotmill_options* options = nullptr;
    REQUIRE(jotmill_options_new(&options, nullptr) == JOTMILL_OK);
    jotmill_options_set_number(options, JOTMILL_NUMBER_ALLOW_WEAK_SECRET, 1, nullptr);
    const int added = c.file ? jotmill_options_add_secret_file(
                                   options, nullptr, cli_test::in_folder("secret").c_str(), nullptr)
                             : jotmill_options_add_secret(options, nullptr, text(secret), nullptr);
    REQUIRE(added == JOTMILL_OK);
    jotmill_engine* engine = nullptr;
    REQUIRE(jotmill_engine_new(options, &engine, nullptr) == JOTMILL_OK);
    jotmill_options_free(options);
    jotmill_answer answer = {};
    const std::string token = cli_test::sign(header, claims, c.signed_with);
    REQUIRE(jotmill_verify(engine, text(token), &answer, nullptr) == JOTMILL_OK);
    CHECK(std::string(answer.verdict) == "accepted");
    bool newline_warning = false;
    for (std::size_t i = 0; const char* warning = jotmill_engine_warning(engine, i); ++i)
      newline_warning |= std::strstr(warning, "newline") != nullptr;
    CHECK(newline_warning == c.file);
    jotmill_engine_free(engine);
  }
}

TEST_CASE("empty, NULL and hostile tokens have answers") {
  Engine engine;
  std::string dots(1 << 20, '.');
  const jotmill_text tokens[] = {{nullptr, 0},
                                 text(""),
                                 text(dots),
                                 text(std::string_view("\0.\0.\0", 5)),
                                 text("\xff\xfe.\xff.\xff")};
  jotmill_answer answers[5] = {};
  REQUIRE(jotmill_verify_many(engine.get, tokens, 5, answers, nullptr) == JOTMILL_OK);
  CHECK(std::string(answers[0].verdict) == "token_empty");
  CHECK(std::string(answers[1].verdict) == "token_empty");
  CHECK(std::string(answers[2].verdict) == "token_too_large");
  CHECK(std::string(answers[3].verdict) == "header_encoding");
  CHECK(std::string(answers[4].verdict) == "header_encoding");
  REQUIRE(jotmill_verify_many(engine.get, nullptr, 0, nullptr, nullptr) == JOTMILL_OK);
  CHECK(engine.report().find("\"tokens\":5,\"accepted\":0") != std::string::npos);
}

TEST_CASE("freeing nothing is nothing; names of codes") {
  jotmill_options_free(nullptr);
  jotmill_engine_free(nullptr);
  jotmill_string_free(nullptr);
  CHECK(jotmill_engine_warning(nullptr, 0) == nullptr);
  CHECK(std::string(jotmill_version()) == build_info().version);
  CHECK(jotmill_abi_version() == JOTMILL_ABI_VERSION);
  std::set<std::string> names;
  for (std::int32_t code = JOTMILL_OK; code <= JOTMILL_E_INTERNAL; ++code)
    names.insert(jotmill_code_name(code));
  CHECK(names.size() == 10);
  CHECK(names.count("no_keys") == 1);
  CHECK(std::string(jotmill_code_name(-1)) == "unknown");
  CHECK(std::string(jotmill_code_name(1000)) == "unknown");
}

}  // namespace
}  // namespace jotmill::doors_test
