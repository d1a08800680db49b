#ifndef JOTMILL_TOOLS_COMMANDS_H_
#define JOTMILL_TOOLS_COMMANDS_H_

namespace CLI {
class App;
}

namespace jotmill::tools {

/// Each adds one subcommand with its options, help and examples; its callback does the work and
/// sets `exit_code`.
void add_verify(CLI::App& app, int& exit_code);
void add_explain(CLI::App& app, int& exit_code);
void add_extract(CLI::App& app, int& exit_code);
void add_keys(CLI::App& app, int& exit_code);
void add_generate(CLI::App& app, int& exit_code);
void add_merge(CLI::App& app, int& exit_code);
void add_bench(CLI::App& app, int& exit_code);
void add_compare(CLI::App& app, int& exit_code);
void add_plan(CLI::App& app, int& exit_code);
void add_cpu(CLI::App& app, int& exit_code);

}  // namespace jotmill::tools

#endif  // JOTMILL_TOOLS_COMMANDS_H_
