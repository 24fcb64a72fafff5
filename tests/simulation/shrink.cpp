#include "simulation/shrink.hpp"

namespace tw::simulation {

namespace {

using Names = std::set<std::uint64_t>;

bool breaks(const Finding& finding, const std::string& rule) {
    return finding.violation && finding.violation->rule == rule;
}

// Without the faults [begin, end) of `finding` as well: whether the rule still breaks.
bool leave_out(std::uint64_t seed, Names& left_out, Finding& finding, std::size_t begin, std::size_t end) {
    Names more = left_out;
    for (std::size_t i = begin; i < end; ++i) more.insert(finding.faults[i].name);
    Finding without = play(seed, more);
    if (!breaks(without, finding.violation->rule)) return false;
    left_out = std::move(more);
    finding = std::move(without);
    return true;
}

}  // namespace

// Delta debugging (Zeller, Hildebrandt 2002), by halves from the end: later faults matter less often.
Finding shrink(std::uint64_t seed) {
    Names left_out;
    Finding finding = play(seed);
    if (!finding.violation) return finding;
    for (std::size_t size = (finding.faults.size() + 1) / 2; size > 0; size = size > 1 ? (size + 1) / 2 : 0) {
        for (std::size_t end = finding.faults.size(); end > 0;) {
            std::size_t begin = end > size ? end - size : 0;
            end = leave_out(seed, left_out, finding, begin, end) ? std::min(begin, finding.faults.size()) : begin;
        }
    }
    return play(seed, left_out, true);
}

}  // namespace tw::simulation
