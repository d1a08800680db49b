#include "reports/checkpoint.h"

#include <limits>
#include <utility>

#include "jotmill/report_json.h"
#include "reports/json_in.h"
#include "reports/json_out.h"

namespace jotmill {
namespace {

/// A format as a number: what a checkpoint of another version says by it is never asked.
constexpr std::uint64_t kMostFormat = static_cast<std::uint64_t>(InputFormat::kHar);
constexpr std::uint64_t kMostNs = 999'999'999;

void write_inputs(JsonOut& out, const std::vector<InputMark>& inputs) {
  out.name("inputs").begin('[');
  for (const InputMark& input : inputs) {
    out.line();
    out.begin('[');
    for (const std::string* text : {&input.name, &input.size, &input.time, &input.content})
      out.string(*text);
    out.end(']');
  }
  out.end(']');
}

void write_position(JsonOut& out, const RunPosition& position) {
  out.name("position").begin('{');
  out.name("source").number(position.source);
  out.name("offset").number(position.offset_bytes);
  out.name("line").number(position.line);
  out.name("bytes_before").number(position.bytes_before);
  out.name("raw_bytes_before").number(position.raw_bytes_before);
  out.end('}');
}

RunPosition read_position(const JsonIn& state) {
  const JsonIn in = state.object("position");
  RunPosition position;
  position.source = static_cast<std::uint32_t>(
      in.number("source", std::numeric_limits<std::uint32_t>::max() - 1));
  position.offset_bytes = in.number("offset");
  position.line = in.number("line");
  position.bytes_before = in.number("bytes_before");
  position.raw_bytes_before = in.number("raw_bytes_before");
  return position;
}

InputMark read_input(JsonIn::Element element, const std::string& path, ReadProblem& problem) {
  InputMark mark;
  simdjson::dom::array row;
  if (element.get(row) != simdjson::SUCCESS || row.size() != 4) {
    problem.found(path + " is not an array of 4 members");
    return mark;
  }
  auto at = row.begin();
  for (std::string* text : {&mark.name, &mark.size, &mark.time, &mark.content}) {
    *text = string_of(*at, path, problem);
    ++at;
  }
  return mark;
}

Checkpoint read_state(const JsonIn& in) {
  Checkpoint checkpoint;
  checkpoint.salt = in.string("salt");
  in.each("made_with", [&](JsonIn::Element element, const std::string& path) {
    simdjson::dom::array row;
    if (element.get(row) != simdjson::SUCCESS || row.size() != 2)
      return in.problem().found(path + " is not an array of 2 members");
    std::string name = string_of(row.at(0).value_unsafe(), path, in.problem());
    checkpoint.made_with[std::move(name)] = string_of(row.at(1).value_unsafe(), path, in.problem());
  });
  in.each("inputs", [&](JsonIn::Element element, const std::string& path) {
    checkpoint.inputs.push_back(read_input(element, path, in.problem()));
  });
  if (!in.is_null("as_of")) {
    const JsonIn time = in.object("as_of");
    checkpoint.as_of =
        TimePoint{time.signed_number("s"), static_cast<std::uint32_t>(time.number("ns", kMostNs))};
  }
  checkpoint.position = read_position(in);
  in.each("formats", [&](JsonIn::Element element, const std::string& path) {
    checkpoint.formats.push_back(
        static_cast<InputFormat>(number_of(element, path, in.problem(), kMostFormat)));
  });
  checkpoint.output_bytes = in.number("output_bytes");
  checkpoint.output_end = in.string("output_end");
  return checkpoint;
}

}  // namespace

std::string render_checkpoint(const Checkpoint& checkpoint) {
  JsonOut out;
  out.begin('{');
  out.name("salt").string(checkpoint.salt);
  out.name("made_with").begin('[');
  for (const auto& [option, hash] : checkpoint.made_with) {
    out.begin('[');
    out.string(option);
    out.string(hash);
    out.end(']');
  }
  out.end(']');
  out.name("as_of");
  if (checkpoint.as_of) {
    out.begin('{');
    out.name("s").number(checkpoint.as_of->s);
    out.name("ns").number(checkpoint.as_of->ns);
    out.end('}');
  } else {
    out.null();
  }
  write_position(out, checkpoint.position);
  out.name("formats").begin('[');
  for (const InputFormat format : checkpoint.formats) out.number(static_cast<unsigned>(format));
  out.end(']');
  out.name("output_bytes").number(checkpoint.output_bytes);
  out.name("output_end").string(checkpoint.output_end);
  write_inputs(out, checkpoint.inputs);
  out.end('}');
  // No text inside either holds this: JSON strings have no bare NUL.
  return std::move(out).take() + std::string("\n\0\n", 3) + render_json(checkpoint.report);
}

Result<Checkpoint> read_checkpoint(std::string_view text, const std::string& name) {
  const auto refuse = [&](std::string reason) {
    return Error{ErrorKind::kFormat, name, "no checkpoint that can be used: " + std::move(reason)};
  };
  const std::size_t seam = text.find(std::string_view("\n\0\n", 3));
  if (seam == std::string_view::npos) return refuse("a part of it is missing");
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  if (const auto error = parser.parse(text.data(), seam).get(root)) {
    if (error == simdjson::MEMALLOC) return Error{ErrorKind::kInternal, name, "out of memory"};
    return refuse("its state is not whole JSON");
  }
  ReadProblem problem;
  Checkpoint checkpoint = read_state(JsonIn(root, "", problem));
  if (problem.any()) return refuse(*problem.what());
  Result<RunReport> report = read_json_report(text.substr(seam + 3), name);
  if (!report) return refuse(report.error().reason);
  checkpoint.report = std::move(report).value();
  return checkpoint;
}

}  // namespace jotmill
