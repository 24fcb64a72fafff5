#include "app/unwatched.hpp"

#include <cmath>

#include "trialdir/layout.hpp"
#include "trialdir/publish.hpp"

namespace tw {

std::optional<Outcome> judge_unwatched(FileSystem& fs, const TrialId& id,
                                       const std::vector<Objective>& objectives,
                                       const std::vector<OutcomeConstraint>& constraints) {
    std::string path = layout::trial(id) + "/result.json";
    auto stat = fs.stat(path);
    auto text = read_document(fs, path, document_limit);
    if (!stat || (!text && text.error().code != Code::invalid)) return std::nullopt;
    auto result = text ? read_result(*text, path) : Result<ResultDocument>(fail(text.error()));
    if (!result && result.error().code == Code::not_yet) return std::nullopt;
    Status good = result ? judge_result(*result, objectives, constraints) : Status(fail(result.error()));
    Outcome outcome;
    outcome.state = good ? EndState::complete : EndState::failed;
    outcome.ended = stat->modified;
    for (auto& [name, value] : result ? result->values : std::map<std::string, double>{})
        if (std::isfinite(value)) outcome.values[name] = value;
    if (!good) {
        outcome.kind = "result";
        outcome.reason = good.error().what;
    }
    return outcome;
}

}  // namespace tw
