#include "tools/options/arguments.h"

#include <algorithm>
#include <string>

#include "support/catch.h"
#include "tools/options/given.h"
#include "tools/options/new_command.h"
#include "tools/options/table.h"

using namespace jotmill;
using namespace jotmill::tools;

namespace {

using Words = std::vector<std::string>;

/// A command with the options of verify, as the program registers them.
struct Command {
  Command() {
    app.set_help_flag();
    NewCommand command(app, "verify", "", "");
    command.arguments("INPUT", "");
    command.table_options(kForVerify);
    verify = app.get_subcommand("verify");
  }
  /// Parses; returns the refused option, or "".
  std::string parse(const Words& args) {
    const auto read = read_arguments(*verify, args);
    if (!read.ok()) return read.error().subject;
    Words line = read.value().canonical;
    line.insert(line.begin(), "verify");
    std::ranges::reverse(line);
    app.parse(line);
    return "";
  }
  CLI::App app;
  CLI::App* verify = nullptr;
};

}  // namespace

TEST_CASE("an option takes one value and leaves the inputs alone") {
  Command command;
  REQUIRE(command.parse({"--keys", "a.json", "input.txt", "--issuer", "x", "more.txt"}) == "");
  const Given given(*command.verify);
  CHECK(given.all("--keys") == Words{"a.json"});
  CHECK(given.all("--issuer") == Words{"x"});
  CHECK(given.all("INPUT") == Words{"input.txt", "more.txt"});
}

TEST_CASE("a value may look like anything") {
  Command command;
  REQUIRE(command.parse({"--issuer", "-x", "--issuer", "--keys", "--issuer=", "--issuer", "",
                         "--issuer=a=b", "--issuer", "[a,b]", "--issuer", "verify", "--as-of", "-5",
                         "--verdicts", "-"}) == "");
  const Given given(*command.verify);
  CHECK(given.all("--issuer") == Words{"-x", "--keys", "", "", "a=b", "[a,b]", "verify"});
  CHECK(given.one("--as-of") == "-5");
  CHECK(given.one("--verdicts") == "-");
  CHECK_FALSE(given.has("--keys"));
}

TEST_CASE("an input may look like anything behind --") {
  Command command;
  REQUIRE(command.parse({"-", "[a,b]", "verify", "++", "--", "--keys", "--", "-x"}) == "");
  CHECK(Given(*command.verify).all("INPUT") ==
        Words{"-", "[a,b]", "verify", "++", "--keys", "--", "-x"});
}

TEST_CASE("a refusal names its option") {
  CHECK(Command().parse({"--threads", "1", "--threads", "2"}) == "--threads");
  CHECK(Command().parse({"--threads"}) == "--threads");
  CHECK(Command().parse({"--quiet=yes"}) == "--quiet");
  CHECK(Command().parse({"--nonsense=5"}) == "--nonsense");
  CHECK(Command().parse({"-k", "a.json"}) == "-k");
  CHECK(Command().parse({"--INPUT", "x"}) == "--INPUT");
  CHECK(Command().parse({"--key", "x"}) == "--key");  // no abbreviations
}

TEST_CASE("help wins over what stands beside it, but not as a value") {
  Command command;
  CHECK(read_arguments(*command.verify, Words{"--threads", "1", "--help"}).value().help);
  CHECK(read_arguments(*command.verify, Words{"-h"}).value().help);
  CHECK_FALSE(read_arguments(*command.verify, Words{"--issuer", "--help"}).value().help);
  CHECK_FALSE(read_arguments(*command.verify, Words{"--", "--help"}).value().help);
}

TEST_CASE("every option of the table has words for help, and lists are marked") {
  for (const OptionSpec& spec : option_table()) {
    INFO(spec.name);
    CHECK(spec.name.starts_with("--"));
    CHECK_FALSE(spec.help.empty());
    CHECK((spec.value != "LIST" || spec.repeat));
    CHECK((!spec.value.empty() || !spec.repeat));
  }
}
