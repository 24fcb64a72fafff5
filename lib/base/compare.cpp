#include <algorithm>
#include <numeric>

#include "base/text.hpp"

namespace tw {

namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// Takes the run of digits off the front; the result has no leading zeros.
std::string_view take_number(std::string_view& text) {
    std::size_t end = 0;
    while (end < text.size() && is_digit(text[end])) ++end;
    std::string_view number = text.substr(0, end);
    text.remove_prefix(end);
    number.remove_prefix(std::min(number.find_first_not_of('0'), number.size()));
    return number;
}

int compare_numbers(std::string_view a, std::string_view b) {
    if (a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
    return a.compare(b);
}

std::string lower(std::string_view text) {
    std::string result(text);
    for (char& c : result)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return result;
}

// Insertions, deletions, replacements and swaps of neighbours.
std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before, last(b.size() + 1), row(b.size() + 1);
    std::iota(last.begin(), last.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, replaced});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = std::min(row[j], before[j - 2] + 1);
        }
        before = last;
        last = row;
    }
    return last[b.size()];
}

}  // namespace

bool natural_less(std::string_view a, std::string_view b) {
    const std::string_view whole_a = a, whole_b = b;
    while (!a.empty() && !b.empty()) {
        if (is_digit(a[0]) && is_digit(b[0])) {
            const int order = compare_numbers(take_number(a), take_number(b));
            if (order != 0) return order < 0;
            continue;
        }
        if (a[0] != b[0]) return static_cast<unsigned char>(a[0]) < static_cast<unsigned char>(b[0]);
        a.remove_prefix(1);
        b.remove_prefix(1);
    }
    if (a.empty() != b.empty()) return a.empty();
    return whole_a < whole_b;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates) {
    constexpr std::size_t longest_word = 64;
    if (word.size() > longest_word) return {};
    std::string best;
    std::size_t best_distance = 4;
    for (const std::string& candidate : candidates) {
        if (word.size() + best_distance <= candidate.size() ||
            candidate.size() + best_distance <= word.size())
            continue;
        const std::size_t distance = edit_distance(lower(word), lower(candidate));
        const std::size_t near = std::max<std::size_t>(1, std::max(word.size(), candidate.size()) / 3);
        if (distance > near || distance >= std::min(word.size(), candidate.size()) ||
            distance >= best_distance)
            continue;
        best = candidate;
        best_distance = distance;
    }
    return best;
}

}  // namespace tw
