#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "tools/report/sections.h"

namespace jotmill::tools {
namespace {

using Ink = Page::Ink;

std::uint64_t count_of(const RunReport& report, Verdict verdict) {
  return report.verdicts[static_cast<std::size_t>(verdict)];
}

std::string approximately(bool exact) { return exact ? "" : "about "; }

/// Reasons that occurred, the most frequent first; equal ones in the order of the checks.
std::vector<Verdict> reasons_by_count(const RunReport& report) {
  std::vector<Verdict> reasons;
  for (const VerdictInfo& row : verdict_table()) {
    if (row.verdict != Verdict::kAccepted && count_of(report, row.verdict) > 0) {
      reasons.push_back(row.verdict);
    }
  }
  std::stable_sort(reasons.begin(), reasons.end(),
                   [&](Verdict a, Verdict b) { return count_of(report, a) > count_of(report, b); });
  return reasons;
}

std::string algs_of(const KeyCount& key) {
  std::string names;
  for (std::size_t row = 0; row + 1 < kReportAlgs; ++row) {
    if ((key.algs >> row & 1) == 0) continue;
    if (!names.empty()) names += ", ";
    names += report_alg_name(row);
  }
  return names;
}

/// "and 3 more" below a list that shows `shown` of `all`.
void write_rest(Page& page, std::size_t shown, std::size_t all) {
  if (all > shown) page.note(fmt::format("and {} more", with_commas(all - shown)));
}

struct ListWords {
  std::string_view title;
  std::string_view one;  ///< what a row is called
};

void write_approximation(Page& page, const TopList& list, std::string_view one) {
  if (list.exact()) return;
  page.note(
      fmt::format("approximate: more than {} different ones; a count is at most {} too high, "
                  "every {} with {} tokens or more is known",
                  with_commas(TopList::kExactValues), with_commas(list.error_at_most()), one,
                  with_commas(list.complete_from())));
}

void write_list(Page& page, const TopList& list, const ListWords& words) {
  if (list.total() == 0) return;
  page.heading(words.title, "tokens", "accepted");
  const auto rows = list.top(page.style().rows);
  for (const TopList::Row& row : rows) {
    page.row({row.text, row.tokens(), rows.front().tokens(), with_commas(row.tokens()),
              percent(row.accepted, row.tokens()), Ink::kPlain, true});
  }
  if (list.exact()) write_rest(page, rows.size(), list.values.size());
  write_approximation(page, list, words.one);
}

void write_rejected_list(Page& page, const TopList& list, const ListWords& words) {
  if (list.rejected == 0) return;
  page.heading(words.title, "rejected", "of all");
  const auto rows = list.top(page.style().rows, TopList::By::kRejected);
  for (const TopList::Row& row : rows) {
    page.row({row.text, row.rejected, rows.front().rejected, with_commas(row.rejected),
              percent(row.rejected, list.rejected), Ink::kPlain, true});
  }
  write_approximation(page, list, words.one);
}

/// A key without an alg of its own serves every alg of its type; whoever owns it may not know.
void write_flagged_keys(Page& page, const RunReport& report) {
  std::size_t flagged = 0;
  for (const auto& [label, key] : report.keys) {
    if (!key.several_algs()) continue;
    if (flagged == 0) {
      page.heading("Keys that verified under more than one algorithm");
      page.note("Give each an alg of its own, or one key for each alg (RFC 8725 s3.1).", 2,
                Ink::kWarn);
    }
    if (++flagged <= page.style().rows) page.entry(label, algs_of(key), Ink::kWarn);
  }
  write_rest(page, page.style().rows, flagged);
}

}  // namespace

void write_headline(Page& page, const RunReport& report) {
  page.rule();
  page.line(report.interrupted ? "jotmill: PARTIAL REPORT" : "jotmill: report", Ink::kBold);
  if (report.interrupted) {
    page.note("The run was interrupted. This covers what was read until then.", 2, Ink::kWarn);
  }
  const RunFacts& run = report.run;
  std::string headline =
      fmt::format("{} token{}", with_commas(report.tokens), report.tokens == 1 ? "" : "s");
  if (report.tokens > 0) {
    headline += fmt::format(", {} accepted", percent(report.accepted(), report.tokens));
    if (run.wall_ns > 0) {
      headline += fmt::format(", {} tokens/s on {} thread{}",
                              with_commas(per_second(report.tokens, run.wall_ns)), run.threads,
                              run.threads == 1 ? "" : "s");
    }
  }
  page.note(headline, 2, Ink::kBold);
  page.rule();
}

void write_verdicts(Page& page, const RunReport& report) {
  if (report.tokens == 0) return page.note("No token was found in the input.", 2, Ink::kWarn);
  page.row({"accepted", report.accepted(), report.tokens, with_commas(report.accepted()),
            percent(report.accepted(), report.tokens), Ink::kGood});
  page.row({"rejected", report.rejected(), report.tokens, with_commas(report.rejected()),
            percent(report.rejected(), report.tokens), Ink::kBad});
  const bool exact = report.distinct.exact();
  const std::uint64_t compared = report.tokens - std::min(report.tokens, report.not_compared);
  const std::uint64_t distinct = std::min(report.distinct.estimate(), compared);
  page.row({"distinct tokens", distinct, report.tokens,
            approximately(exact) + with_commas(distinct), percent(distinct, report.tokens)});
  page.row({"repeats", report.repeats(), report.tokens,
            approximately(exact) + with_commas(report.repeats()),
            percent(report.repeats(), report.tokens)});

  const std::vector<Verdict> reasons = reasons_by_count(report);
  if (reasons.empty()) return;
  page.heading("Why tokens were rejected", "tokens", "of all");
  const std::uint64_t most = count_of(report, reasons.front());
  for (const Verdict reason : reasons) {
    const std::uint64_t count = count_of(report, reason);
    page.row({info(reason).code, count, most, with_commas(count), percent(count, report.tokens),
              Ink::kBad});
    page.note(info(reason).sentence, 6);
  }
}

void write_algorithms(Page& page, const RunReport& report) {
  if (report.tokens == 0) return;
  std::vector<std::size_t> rows;
  for (std::size_t row = 0; row < kReportAlgs; ++row) {
    if (report.algs[row].tokens > 0) rows.push_back(row);
  }
  std::stable_sort(rows.begin(), rows.end(), [&](std::size_t a, std::size_t b) {
    return report.algs[a].tokens > report.algs[b].tokens;
  });
  page.heading("Algorithms", "tokens", "accepted");
  for (const std::size_t row : rows) {
    const AlgCount& alg = report.algs[row];
    page.row({row + 1 == kReportAlgs ? "other, or not readable" : report_alg_name(row), alg.tokens,
              report.algs[rows.front()].tokens, with_commas(alg.tokens),
              percent(alg.accepted, alg.tokens)});
  }
}

void write_keys(Page& page, const RunReport& report) {
  if (report.tokens == 0) return;
  std::vector<std::pair<std::string_view, const KeyCount*>> keys;
  for (const auto& [label, key] : report.keys) keys.emplace_back(label, &key);
  std::stable_sort(keys.begin(), keys.end(), [](const auto& a, const auto& b) {
    return a.second->tokens > b.second->tokens;
  });
  page.heading("Keys", "tokens", "accepted");
  const std::size_t shown = std::min(keys.size(), page.style().rows);
  const std::uint64_t most =
      std::max(keys.empty() ? 0 : keys.front().second->tokens, report.without_key);
  for (std::size_t i = 0; i < shown; ++i) {
    const KeyCount& key = *keys[i].second;
    page.row({keys[i].first, key.tokens, most, with_commas(key.tokens),
              percent(key.accepted, key.tokens), Ink::kPlain, true});
  }
  write_rest(page, shown, keys.size());
  if (report.without_key > 0) {
    page.row({"(no key)", report.without_key, most, with_commas(report.without_key), "-",
              Ink::kPlain, true});
  }
  write_flagged_keys(page, report);
}

void write_claimants(Page& page, const RunReport& report) {
  const ClaimSums& claims = report.claims;
  write_list(page, report.issuers, {"Issuers", "issuer"});
  if (report.issuers.total() > 0) {
    if (claims.without_iss > 0) {
      page.note(fmt::format("{} more tokens name no issuer", with_commas(claims.without_iss)));
    }
    page.note(fmt::format(
        "of {} tokens with a good signature; the {} unverified ones say nothing that counts",
        with_commas(claims.verified), with_commas(claims.unverified)));
  }
  write_rejected_list(page, report.issuers,
                      {"Issuers of rejected tokens (good signatures only)", "issuer"});
  write_list(page, report.subjects, {"Subjects", "subject"});
  write_rejected_list(page, report.subjects,
                      {"Subjects of rejected tokens (good signatures only)", "subject"});
  write_rejected_list(page, report.rejected_kids,
                      {"Key ids (kid) in rejected tokens, as claimed", "kid"});
}

}  // namespace jotmill::tools
