#include "batch/slurm/task_list.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/text.hpp"

namespace tw::slurm {

namespace {

constexpr std::int64_t most_elements = 1000000;
constexpr std::int64_t largest_index = 4000000000;  // beyond what Slurm has; keeps sums from overflowing

bool read_number(std::string_view text, std::int64_t& out) {
    const char* end = text.data() + text.size();
    auto [stop, failure] = std::from_chars(text.data(), end, out);
    return failure == std::errc() && stop == end && out >= 0 && out <= largest_index;
}

// "7", "5-9" or "5-9:2".
bool add_range(std::string_view part, std::vector<std::int64_t>& out) {
    std::int64_t first = 0, last = 0, step = 1;
    std::size_t colon = part.find(':'), dash = part.find('-');
    if (colon != part.npos && (dash == part.npos || !read_number(part.substr(colon + 1), step) || step < 1)) return false;
    part = part.substr(0, colon);
    if (!read_number(part.substr(0, dash), first)) return false;
    last = first;
    if (dash != part.npos && (!read_number(part.substr(dash + 1), last) || last < first)) return false;
    if ((last - first) / step >= most_elements - static_cast<std::int64_t>(out.size())) return false;
    for (; first <= last; first += step) out.push_back(first);
    return true;
}

}  // namespace

Result<TaskList> parse_task_list(std::string_view text) {
    auto wrong = [whole = std::string(text)] {
        return fail(Code::invalid, fmt::format("'{}' is no list of array elements", shortened(whole, 60)));
    };
    TaskList list;
    if (text.size() > 1 && text.front() == '[' && text.back() == ']') text = text.substr(1, text.size() - 2);
    if (std::size_t percent = text.find('%'); percent != text.npos) {
        std::int64_t throttle = 0;
        if (!read_number(text.substr(percent + 1), throttle) || throttle < 1 || throttle > most_elements) return wrong();
        list.throttle = static_cast<int>(throttle);
        text = text.substr(0, percent);
    }
    for (const std::string& part : split(text, ','))
        if (!add_range(part, list.indexes)) return wrong();
    std::sort(list.indexes.begin(), list.indexes.end());
    list.indexes.erase(std::unique(list.indexes.begin(), list.indexes.end()), list.indexes.end());
    return list;
}

std::string format_task_list(const std::vector<std::int64_t>& ascending) {
    std::string text;
    for (std::size_t i = 0; i < ascending.size();) {
        std::size_t last = i;
        while (last + 1 < ascending.size() && ascending[last + 1] == ascending[last] + 1) ++last;
        if (!text.empty()) text += ',';
        text += last == i ? std::to_string(ascending[i]) : fmt::format("{}-{}", ascending[i], ascending[last]);
        i = last + 1;
    }
    return text;
}

}  // namespace tw::slurm
