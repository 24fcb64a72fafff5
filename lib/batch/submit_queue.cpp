// Parsing of the queue line itself.
#include "batch/submit_queue.hpp"

#include <fmt/format.h>

#include <charconv>

#include "base/text.hpp"

namespace tw {

namespace {

constexpr std::string_view separators = " \t,";

Error mistake(std::string what, std::string hint = {}) {
    return Error{Code::invalid, std::move(what), {}, {}, 0, std::move(hint)};
}

bool read_number(std::string_view text, std::int64_t& out) {
    text = trim(text);
    auto [stop, failure] = std::from_chars(text.data(), text.data() + text.size(), out);
    return !text.empty() && failure == std::errc() && stop == text.data() + text.size();
}

// The next word, which ends at white space, a comma or an opening parenthesis.
std::string_view take_word(std::string_view& text) {
    text.remove_prefix(std::min(text.find_first_not_of(separators), text.size()));
    std::size_t end = std::min(text.find_first_of(" \t,("), text.size());
    std::string_view word = text.substr(0, end);
    text.remove_prefix(end);
    return word;
}

bool mode_of(std::string_view word, SubmitQueue::Mode& mode) {
    const std::string lower = lower_case(word);
    if (lower == "in") mode = SubmitQueue::Mode::in;
    if (lower == "from") mode = SubmitQueue::Mode::from;
    if (lower == "matching") mode = SubmitQueue::Mode::matching;
    return mode != SubmitQueue::Mode::count;
}

void take_which(std::string_view& text, SubmitQueue& queue) {
    std::string_view after = text;
    const std::string lower = lower_case(take_word(after));
    if (lower == "files") queue.which = SubmitQueue::Which::files;
    if (lower == "dirs") queue.which = SubmitQueue::Which::dirs;
    if (lower == "files" || lower == "dirs" || lower == "any") text = after;
}

Result<std::optional<std::int64_t>> slice_bound(const std::string& text) {
    std::int64_t value = 0;
    if (trim(text).empty()) return std::optional<std::int64_t>{};
    if (read_number(text, value)) return std::optional<std::int64_t>{value};
    return fail(mistake(fmt::format("'{}' is not a whole number in the slice", text)));
}

// "[1:5]" before white space or a parenthesis. "[0-9]*.json" is no slice but a pattern.
Status take_slice(std::string_view& text, SubmitQueue& queue) {
    text = trim(text);
    std::size_t close = text.find(']');
    if (!text.starts_with("[") || close == text.npos) return {};
    std::string_view inner = text.substr(1, close - 1), after = text.substr(close + 1);
    if (inner.find_first_not_of("0123456789:- \t") != inner.npos) return {};
    if (!after.empty() && after.find_first_of(" \t(") != 0) return {};
    const std::vector<std::string> parts = split(inner, ':');
    if (parts.size() > 3) return fail(mistake("a slice has at most three parts"));
    std::vector<std::optional<std::int64_t>> bounds(3);
    for (std::size_t i = 0; i < parts.size(); ++i) {
        auto bound = slice_bound(parts[i]);
        if (!bound) return fail(bound.error());
        bounds[i] = *bound;
    }
    queue.slice = {bounds[0], bounds[1], bounds[2].value_or(1)};
    if (queue.slice.step < 1) return fail(mistake("a slice's step must be above 0"));
    text = trim(after);
    return {};
}

Status read_count(std::string_view word, SubmitQueue& queue) {
    if (!read_number(word, queue.count)) {
        return fail(mistake(fmt::format("'{}' is not a whole number of jobs", word),
                            "expressions are not computed here"));
    }
    if (queue.count < 0) return fail(mistake(fmt::format("cannot queue {} jobs", queue.count)));
    if (queue.count > most_submit_items)
        return fail(
            mistake(fmt::format("{} jobs are too many, the most is {}", queue.count, most_submit_items)));
    return {};
}

bool begins_count(std::string_view word) {
    return !word.empty() && std::string_view("0123456789-+").find(word[0]) != std::string_view::npos;
}

// [COUNT] [VARIABLE...] up to the keyword; `text` is left behind that.
Status take_head(std::string_view& text, SubmitQueue& queue) {
    for (bool first = true; !(text = trim(text)).empty(); first = false) {
        if (text[0] == '(') return fail(mistake("a list needs 'in' or 'from' before it"));
        std::string_view word = take_word(text);
        if (mode_of(word, queue.mode)) return {};
        if (word.empty()) continue;
        if (first && begins_count(word)) {
            if (auto read = read_count(word, queue); !read) return read;
        } else if (is_submit_name(word)) {
            queue.variables.emplace_back(word);
        } else {
            return fail(
                mistake(fmt::format("'{}' is neither a number of jobs nor the name of a variable", word)));
        }
    }
    if (queue.variables.empty()) return {};
    return fail(
        mistake(fmt::format("'in', 'from' or 'matching' is missing after '{}'", queue.variables.back())));
}

}  // namespace

bool SubmitSlice::takes(std::int64_t index, std::int64_t count) const {
    auto from_begin = [&](std::int64_t bound) { return bound < 0 ? bound + count : bound; };
    std::int64_t first = std::max<std::int64_t>(0, from_begin(start.value_or(0)));
    std::int64_t last = end ? from_begin(*end) : count;
    return index >= first && index < last && (index - first) % step == 0;
}

bool is_queue_line(std::string_view line) {
    constexpr std::size_t length = 5;
    if (lower_case(line.substr(0, length)) != "queue") return false;
    return line.size() == length || line[length] == ' ' || line[length] == '\t' || line[length] == '(';
}

Result<SubmitQueue> parse_submit_queue(std::string_view text) {
    SubmitQueue queue;
    if (auto head = take_head(text, queue); !head) return fail(head.error());
    if (queue.mode == SubmitQueue::Mode::matching) take_which(text, queue);
    if (queue.mode != SubmitQueue::Mode::count) {
        if (queue.variables.empty()) queue.variables.emplace_back("Item");
        if (auto slice = take_slice(text, queue); !slice) return fail(slice.error());
    }
    queue.rest = std::string(trim(text));
    if (queue.mode != SubmitQueue::Mode::count && queue.rest.empty()) {
        return fail(mistake("nothing follows to queue for", "write a list in ( ), a pattern or a file name"));
    }
    return queue;
}

}  // namespace tw
