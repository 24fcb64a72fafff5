#include "simulation/shrink.hpp"

#include <sstream>

namespace tw::simulation {

namespace {

constexpr int most_plays = 600;

class Shrinker {
public:
    explicit Shrinker(std::uint64_t seed) : seed_(seed), finding_(play(seed)) {}

    // Delta debugging (Zeller, Hildebrandt 2002), by halves from the end: later faults matter less often. Again, as
    // long as it helps: what was needed for a fault that has gone may go, too.
    Finding run() {
        if (!finding_.violation) return finding_;
        for (std::size_t before = finding_.faults.size() + 1; finding_.faults.size() < before;) {
            before = finding_.faults.size();
            for (std::size_t size = (before + 1) / 2; size > 0; size = size > 1 ? (size + 1) / 2 : 0) leave_out(size);
        }
        return play(seed_, left_out_, true);
    }

private:
    void leave_out(std::size_t size) {
        for (std::size_t end = finding_.faults.size(); end > 0 && plays_ < most_plays;) {
            std::size_t begin = end > size ? end - size : 0;
            end = leave_out(begin, end) ? std::min(begin, finding_.faults.size()) : begin;
        }
    }

    // Without these faults as well: whether the same rule breaks.
    bool leave_out(std::size_t begin, std::size_t end) {
        std::set<std::uint64_t> more = left_out_;
        for (std::size_t i = begin; i < end; ++i) more.insert(finding_.faults[i].name);
        ++plays_;
        Finding without = play(seed_, more);
        if (!without.violation || without.violation->rule != finding_.violation->rule) return false;
        left_out_ = std::move(more);
        finding_ = std::move(without);
        return true;
    }

    std::uint64_t seed_;
    std::set<std::uint64_t> left_out_;
    Finding finding_;
    int plays_ = 0;
};

// Faults, takeovers, and what is said about the trial that the violation names.
std::string about_it(const Finding& finding) {
    std::string trial = finding.violation->what.substr(0, finding.violation->what.find_first_of(" :/"));
    bool named = trial.size() == 6 && trial.find_first_not_of("0123456789") == std::string::npos;
    if (!named) return finding.story;
    std::istringstream lines(finding.story);
    std::string kept;
    for (std::string line; std::getline(lines, line);) {
        bool matters = line.find("  * ") != line.npos || line.find("  ! ") != line.npos ||
                       line.find("taken over") != line.npos || line.find(trial) != line.npos;
        if (matters) kept += line + "\n";
    }
    return kept;
}

}  // namespace

Finding shrink(std::uint64_t seed) {
    Finding finding = Shrinker(seed).run();
    if (finding.violation) finding.story = about_it(finding);
    return finding;
}

}  // namespace tw::simulation
