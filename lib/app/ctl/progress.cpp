#include "app/ctl/progress.hpp"

#include <fmt/format.h>

#include "app/ctl/table.hpp"

namespace tw {

std::string progress_line(const ExperimentView& view) {
    std::size_t ended = view.trials.size() - view.live();
    std::string line = fmt::format("{}/{} trials ended, {} running", ended, view.planned(),
                                   view.live() - view.count(TrialState::waiting));
    if (auto failed = view.count(TrialState::failed)) line += fmt::format(", {} failed", failed);
    auto best = best_of(view);
    auto objective = view.objectives().front();
    if (!best.empty())
        line += fmt::format(", best {}: {} = {}", best.front()->id, objective.name,
                            format_value(best.front()->values.at(objective.name)));
    if (!best.empty() && !why_infeasible(view, *best.front()).empty())
        line += " (none is feasible)";
    else if (best.size() > 1 && view.objectives().size() > 1)
        line += fmt::format(" ({} on the front)", best.size());
    if (view.stopped) line += "; nothing more is proposed: " + view.stopped->reason;
    return line;
}

void Progress::show(const ExperimentView& view) {
    std::string line = progress_line(view);
    if (context_.terminal) {
        if (context_.width > 1) line = cut(line, static_cast<std::size_t>(context_.width - 1));
        if (line != shown_) context_.out << "\r\x1b[K" << line << std::flush;
    } else {
        std::size_t ended = view.trials.size() - view.live();
        if (first_ || ended != ended_) context_.out << line << "\n" << std::flush;
        ended_ = ended;
    }
    first_ = false;
    shown_ = line;
}

void Progress::clear() {
    if (context_.terminal && !shown_.empty()) context_.out << "\r\x1b[K" << std::flush;
    shown_.clear();
}

void Progress::keep() {
    if (context_.terminal && !shown_.empty()) context_.out << "\n" << std::flush;
    shown_.clear();
}

}  // namespace tw
