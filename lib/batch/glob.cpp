#include "batch/glob.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "ports/path.hpp"
#include "records/event_name.hpp"

namespace tw {

namespace {

// Matches the set at pattern[0] == '[' and sets `length` to its extent; 0 when it is no set.
bool set_matches(std::string_view pattern, char c, std::size_t& length) {
    std::size_t i = 1;
    bool negated = i < pattern.size() && (pattern[i] == '!' || pattern[i] == '^'), found = false;
    if (negated) ++i;
    for (std::size_t first = i; i < pattern.size(); ++i) {
        if (pattern[i] == ']' && i > first) {
            length = i + 1;
            return found != negated;
        }
        char low = pattern[i], high = low;
        if (i + 2 < pattern.size() && pattern[i + 1] == '-' && pattern[i + 2] != ']') high = pattern[i += 2];
        found = found || (low <= c && c <= high);
    }
    length = 0;
    return false;
}

// One character of the name against the head of the pattern; `length` is what it used of that.
bool head_matches(std::string_view pattern, char c, std::size_t& length) {
    length = 1;
    if (pattern[0] == '?') return true;
    if (pattern[0] == '[') {
        bool matches = set_matches(pattern, c, length);
        if (length > 0) return matches;
        length = 1;
    }
    if (pattern[0] == '\\' && pattern.size() > 1) {
        length = 2;
        return pattern[1] == c;
    }
    return pattern[0] == c;
}

struct Place {
    std::string shown, path;  // as written by the user; as a path of the file system
};

bool has_wildcard(std::string_view text) {
    return text.find_first_of("*?[\\") != text.npos;
}

Place below(const Place& place, std::string_view name) {
    return {place.shown + std::string(name),
            place.path + (place.path.empty() ? "" : "/") + std::string(name)};
}

// Entries of one place that match one component. A directory that is not there has none.
Status expand(FileSystem& fs, const Place& place, const std::string& component, bool last,
              std::vector<std::pair<Place, FileKind>>& out) {
    auto entries = fs.list(place.path);
    if (!entries && entries.error().code == Code::not_found) return {};
    if (!entries) return fail(entries.error());
    std::size_t begin = out.size();
    bool literal = !has_wildcard(component);
    for (const DirectoryEntry& entry : *entries) {
        if (!last && entry.kind != FileKind::directory) continue;
        bool matches = literal ? entry.name == component
                               : !is_temporary(entry.name) && glob_match(component, entry.name);
        if (matches) out.push_back({below(place, entry.name), entry.kind});
    }
    std::sort(out.begin() + static_cast<std::ptrdiff_t>(begin), out.end(),
              [](const auto& a, const auto& b) { return a.first.shown < b.first.shown; });
    return {};
}

}  // namespace

// Only the latest '*' is ever taken back, so the time is bounded by the product of the lengths.
bool glob_match(std::string_view pattern, std::string_view name) {
    if (!name.empty() && name[0] == '.' && !pattern.starts_with(".") && !pattern.starts_with("\\."))
        return false;
    std::size_t p = 0, n = 0, star = pattern.npos, resume = 0;
    while (n < name.size()) {
        std::size_t length = 0;
        if (p < pattern.size() && pattern[p] == '*') {
            star = ++p;
            resume = n;
        } else if (p < pattern.size() && head_matches(pattern.substr(p), name[n], length)) {
            p += length;
            ++n;
        } else if (star != pattern.npos) {
            p = star;
            n = ++resume;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '*') ++p;
    return p == pattern.size();
}

Result<std::string> path_inside(FileSystem& fs, const std::string& directory, const std::string& path) {
    if (!path.starts_with("/")) return normal_path(directory + "/" + path);
    const std::string root = fs.root() == "/" ? "/" : fs.root() + "/";
    if (path.starts_with(root)) return normal_path(path.substr(root.size()));
    return fail(Code::refused, fmt::format("'{}' is outside the experiment", path));
}

Result<std::vector<GlobMatch>> glob_files(FileSystem& fs, const std::string& directory,
                                          const std::string& pattern) {
    // The part before the first wildcard is a directory to start from, kept as it was written.
    std::size_t wild = std::min(pattern.find_first_of("*?[\\"), pattern.size());
    std::size_t slash = pattern.rfind('/', wild);
    std::string start = slash == pattern.npos ? "" : pattern.substr(0, slash + 1);
    auto base = path_inside(fs, directory, start.empty() ? "." : start);
    if (!base) return fail(base.error());

    std::vector<std::pair<Place, FileKind>> places{{{start, *base}, FileKind::directory}};
    const std::vector<std::string> components = split(pattern.substr(start.size()), '/');
    for (std::size_t i = 0; i < components.size(); ++i) {
        bool last = i + 1 == components.size();
        if (components[i] == "..")
            return fail(Code::refused, fmt::format("'..' in the pattern '{}'", pattern));
        std::vector<std::pair<Place, FileKind>> next;
        for (const auto& [place, kind] : places) {
            Place parent = i == 0 ? place : Place{place.shown + "/", place.path};
            if (auto done = expand(fs, parent, components[i], last, next); !done) return fail(done.error());
        }
        places = std::move(next);
    }
    std::vector<GlobMatch> matches;
    for (auto& [place, kind] : places) matches.push_back({std::move(place.shown), kind});
    return matches;
}

}  // namespace tw
