#include "app/ctl/log_files.hpp"

#include <algorithm>
#include <tuple>

#include "base/text.hpp"

namespace tw {

namespace {

bool read_number(const std::string& text, std::int64_t& out) {
    if (text.empty() || text.size() > 18 || text.find_first_not_of("0123456789") != std::string::npos)
        return false;
    out = std::stoll(text);
    return true;
}

}  // namespace

std::optional<LogFile> parse_log_name(const std::string& name) {
    auto parts = split(name, '.');
    if (parts.size() < 3 || parts.size() > 4) return std::nullopt;
    LogFile file;
    file.name = name;
    file.stage = parts[0];
    file.error = parts.back() == "err";
    if (parts.back() != "out" && parts.back() != "err") return std::nullopt;
    if (parts[0].empty() || !read_number(parts[parts.size() - 2], file.attempt)) return std::nullopt;
    if (parts.size() == 4 && !read_number(parts[1], file.task)) return std::nullopt;
    return file;
}

Result<std::vector<LogFile>> list_logs(FileSystem& fs, const std::string& trial_directory,
                                       const std::vector<std::string>& stages, const LogFilter& filter) {
    auto entries = fs.list(trial_directory + "/logs");
    if (!entries && entries.error().code == Code::not_found) return std::vector<LogFile>{};
    if (!entries) return fail(entries.error());
    std::vector<LogFile> files;
    for (auto& entry : *entries) {
        auto file = parse_log_name(entry.name);
        bool wanted = file && (filter.stage.empty() || file->stage == filter.stage) &&
                      (!filter.task || file->task == *filter.task);
        if (wanted && entry.kind == FileKind::file) files.push_back(std::move(*file));
    }
    std::map<std::pair<std::string, std::int64_t>, std::int64_t> newest;
    for (auto& file : files) {
        auto& last = newest[{file.stage, file.task}];
        last = std::max(last, file.attempt);
    }
    for (auto& file : files) file.newest = newest[{file.stage, file.task}];
    auto place = [&](const LogFile& file) {
        auto stage = std::find(stages.begin(), stages.end(), file.stage) - stages.begin();
        return std::tuple(stage, file.stage, file.attempt, file.task, file.error);
    };
    std::sort(files.begin(), files.end(), [&](auto& a, auto& b) { return place(a) < place(b); });
    return files;
}

// Piece by piece: logs may be larger than the memory.
bool LogReader::print_file(const LogFile& file, std::ostream& out) {
    constexpr std::int64_t piece = 1 << 20;
    std::int64_t& offset = offsets_[file.name];
    for (bool any = false;; any = true) {
        auto bytes = fs_.read(directory_ + "/logs/" + file.name, offset, piece);
        if (!bytes || bytes->empty()) return any;
        if (last_ != file.name) {
            if (!at_line_start_) out << "\n";
            out << (last_.empty() ? "==> " : "\n==> ") << file.name;
            if (file.newest > 1) out << " (attempt " << file.attempt << " of " << file.newest << ")";
            out << " <==\n";
            last_ = file.name;
        }
        offset += static_cast<std::int64_t>(bytes->size());
        at_line_start_ = bytes->back() == '\n';
        out << *bytes;
    }
}

// What was begun is read to its end, also when the next attempt has begun.
bool LogReader::wanted(const LogFile& file) const {
    if (filter_.attempt) return file.attempt == *filter_.attempt;
    return filter_.every_attempt || file.attempt == file.newest || offsets_.contains(file.name);
}

Result<bool> LogReader::print(std::ostream& out) {
    auto files = list_logs(fs_, directory_, stages_, filter_);
    if (!files) return fail(files.error());
    bool any = false;
    for (auto& file : *files)
        if (wanted(file)) any = print_file(file, out) || any;
    if (any) out << std::flush;
    return any;
}

}  // namespace tw
