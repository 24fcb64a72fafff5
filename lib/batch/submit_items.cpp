// The items of a queue statement: lists, tables and patterns.
#include <fmt/format.h>

#include <set>

#include "base/text.hpp"
#include "batch/glob.hpp"
#include "batch/submit_queue.hpp"

namespace tw {

namespace {

constexpr std::string_view separators = " \t,";
constexpr std::size_t most_patterns = 1000;  // each is a listing
constexpr std::int64_t longest_table = std::int64_t{64} << 20;

struct Row {
    std::string text;
    bool is_file = false;
};

using Rows = std::vector<Row>;

Error mistake(std::string what) {
    return Error{Code::invalid, std::move(what), {}, {}, 0, {}};
}

void add_words(std::string_view text, Rows& rows) {
    while (true) {
        text.remove_prefix(std::min(text.find_first_not_of(separators), text.size()));
        if (text.empty()) return;
        std::size_t end = std::min(text.find_first_of(separators), text.size());
        rows.push_back({std::string(text.substr(0, end))});
        text.remove_prefix(end);
    }
}

void add_row(std::string_view text, bool whole_line, Rows& rows) {
    if (!whole_line) return add_words(text, rows);
    if (!trim(text).empty()) rows.push_back({std::string(trim(text))});
}

// ( ... ) on the queue line, or opened there and closed by a line that begins with ")".
Status read_list(const SubmitQueue& queue, const std::vector<SubmitLine>& lines, std::size_t& next,
                 Rows& rows) {
    bool whole_line = queue.mode == SubmitQueue::Mode::from;
    std::string_view text = queue.rest;
    if (text[0] != '(') {
        add_row(text, whole_line, rows);
        return {};
    }
    text.remove_prefix(1);
    if (!text.empty() && text.back() == ')') {
        add_row(text.substr(0, text.size() - 1), whole_line, rows);
        return {};
    }
    add_row(text, whole_line, rows);
    for (; next < lines.size(); ++next) {
        if (lines[next].text == ")") {
            ++next;
            return {};
        }
        if (lines[next].text[0] == ')')
            return fail(mistake("something follows the ')' that closes the list"));
        add_row(lines[next].text, whole_line, rows);
    }
    return fail(mistake("the list is never closed: a line with ')' is missing"));
}

Status read_table(const SubmitQueue& queue, FileSystem& fs, const std::string& directory, Rows& rows) {
    if (queue.rest.back() == '|') return fail(mistake("items from a program's output are not supported"));
    auto path = path_inside(fs, directory, queue.rest);
    if (!path) return fail(path.error());
    auto text = fs.read(*path, 0, longest_table);
    if (!text) {
        return fail(text.error().code,
                    fmt::format("cannot read the items from '{}': {}", queue.rest, text.error().what));
    }
    for (SubmitLine& line : submit_lines(*text)) rows.push_back({std::move(line.text)});
    return {};
}

bool wanted(SubmitQueue::Which which, FileKind kind) {
    if (which == SubmitQueue::Which::any) return true;
    return (kind == FileKind::directory) == (which == SubmitQueue::Which::dirs);
}

Status find_matches(const SubmitQueue& queue, const Rows& patterns, FileSystem& fs,
                    const std::string& directory, Rows& rows) {
    std::set<std::string> seen;  // a file that two patterns match is one item
    for (const Row& pattern : patterns) {
        auto matches = glob_files(fs, directory, pattern.text);
        if (!matches) return fail(matches.error());
        for (GlobMatch& match : *matches) {
            if (!wanted(queue.which, match.kind) || !seen.insert(match.path).second) continue;
            bool directory_found = match.kind == FileKind::directory;
            rows.push_back({match.path + (directory_found ? "/" : ""), !directory_found});
        }
    }
    return {};
}

Status read_rows(const SubmitQueue& queue, const std::vector<SubmitLine>& lines, std::size_t& next,
                 FileSystem& fs, const std::string& directory, Rows& rows) {
    if (queue.mode == SubmitQueue::Mode::from && queue.rest[0] != '(')
        return read_table(queue, fs, directory, rows);
    if (queue.mode != SubmitQueue::Mode::matching) return read_list(queue, lines, next, rows);
    Rows patterns;
    if (auto read = read_list(queue, lines, next, patterns); !read) return read;
    if (patterns.size() > most_patterns)
        return fail(mistake(fmt::format("more than {} patterns", most_patterns)));
    return find_matches(queue, patterns, fs, directory, rows);
}

// A word of a command can hold no NUL, and the frozen list no other bytes than UTF-8.
Status check_rows(const Rows& rows) {
    for (const Row& row : rows)
        if (row.text.find('\0') != row.text.npos || !valid_utf8(row.text))
            return fail(mistake("an item is not UTF-8, or contains a NUL byte"));
    return {};
}

// The last variable takes what is left of the line.
std::vector<std::string> split_values(std::string_view text, std::size_t count) {
    std::vector<std::string> values;
    while (values.size() + 1 < count) {
        std::size_t end = std::min(text.find_first_of(separators), text.size());
        values.emplace_back(text.substr(0, end));
        text = trim(text.substr(end));
        if (text.starts_with(",")) text = trim(text.substr(1));
    }
    values.emplace_back(text);
    return values;
}

}  // namespace

Result<std::vector<SubmitQueueItem>> submit_queue_items(const SubmitQueue& queue,
                                                        const std::vector<SubmitLine>& lines,
                                                        std::size_t& next, FileSystem& fs,
                                                        const std::string& directory) {
    std::vector<SubmitQueueItem> items;
    if (queue.mode == SubmitQueue::Mode::count) {
        items.emplace_back();
        return items;
    }
    Rows rows;
    if (auto read = read_rows(queue, lines, next, fs, directory, rows); !read) return fail(read.error());
    if (auto good = check_rows(rows); !good) return fail(good.error());
    std::int64_t count = static_cast<std::int64_t>(rows.size());
    if (count > most_submit_values / std::ssize(queue.variables))
        return fail(mistake(fmt::format("more than {} values of variables", most_submit_values)));
    for (std::int64_t i = 0; i < count; ++i) {
        const Row& row = rows[static_cast<std::size_t>(i)];
        if (queue.slice.takes(i, count))
            items.push_back({i, split_values(row.text, queue.variables.size()), row.is_file});
    }
    return items;
}

}  // namespace tw
