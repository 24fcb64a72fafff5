#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "app/ctl/findings.hpp"
#include "app/search_run.hpp"
#include "app/warm_start.hpp"
#include "base/counted.hpp"
#include "trialdir/layout.hpp"

namespace tw {

namespace {

using Level = Finding::Level;

constexpr const char* pointer = "/optimizer/warm_start";

void add(Findings& findings, Level level, std::string what, std::string hint = "") {
    findings.push_back(
        {level, {Code::invalid, std::move(what), layout::experiment_file, pointer, 0, std::move(hint)}});
}

std::string none_fits(std::int64_t count, const std::string& why) {
    if (count == 1) return "its one complete trial does not fit: " + why;
    return fmt::format("none of its {} complete trials fits; the first is {}", count, why);
}

// What a search that begins now would make of them.
void check_fit(const Experiment& experiment, const std::string& directory,
               const std::vector<ImportedTrial>& trials, Findings& findings) {
    const auto count = std::ssize(trials);
    if (count == 0) return add(findings, Level::warning, directory + " has no complete trial to begin with");
    auto run = SearchRun::make("", experiment, make_sampler, trials);
    if (!run) return;  // a mistake of the sampler, which is told elsewhere
    if (run->imported() == 0)
        return add(
            findings, Level::error,
            fmt::format("cannot warm start from '{}': {}", directory, none_fits(count, run->why_left_out())),
            "name experiments with parameters and objectives of the same names");
    add(findings, Level::note,
        fmt::format("the search begins with {} of {}", counted(run->imported(), "complete trial"),
                    directory));
    if (run->left_out() > 0)
        add(findings, Level::warning,
            fmt::format("{} of {} fit and {} not; the first is {}", run->imported(),
                        counted(count, "complete trial"), run->left_out(), run->why_left_out()));
}

}  // namespace

// What is imported counts, whatever became of the experiments since.
void check_warm_start(CtlContext& context, FileSystem& fs, const Experiment& experiment, Findings& findings) {
    const auto& directories = experiment.optimizer.warm_start;
    if (directories.empty()) return;
    auto known = read_import(fs, import_path(directories));
    if (!known) return findings.push_back({Level::error, known.error()});
    for (auto& directory : directories) {
        Result<std::vector<ImportedTrial>> trials;
        if (!*known)
            trials = earlier_trials(fs, context.open, directory);
        else
            std::copy_if((*known)->begin(), (*known)->end(), std::back_inserter(*trials),
                         [&](auto& trial) { return trial.from == directory; });
        if (trials)
            check_fit(experiment, directory, *trials, findings);
        else
            findings.push_back({Level::error, trials.error()});
    }
}

}  // namespace tw
