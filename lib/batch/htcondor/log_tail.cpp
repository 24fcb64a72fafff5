#include "batch/htcondor/log_tail.hpp"

#include <fmt/format.h>

#include <sstream>
#include <utility>

namespace tw {

namespace {

constexpr std::int64_t chunk = std::int64_t{4} << 20;        // read at once; no event is nearly so long
constexpr std::int64_t mark_step = std::int64_t{256} << 10;  // reading so much again takes milliseconds

}  // namespace

void LogTail::start(std::uint64_t inode) {
    inode_ = inode;
    offset_ = kept_ = 0;
    auto text = fs_.read(path_ + ".mark", 0, 100);
    std::istringstream words(text ? *text : "");
    std::uint64_t of = 0;
    std::int64_t from = 0;
    if (words >> of >> from && of == inode && from > 0) offset_ = kept_ = from;
}

Result<LogTail::News> LogTail::read() {
    while (true) {
        auto more = read_chunk();
        if (!more) return fail(more.error());
        if (!*more) return std::exchange(news_, {});
    }
}

// Reading comes first: the open makes a network filesystem's attributes fresh, so that the size is a true
// one.
Result<bool> LogTail::read_chunk() {
    auto text = fs_.read(path_, offset_, chunk);
    if (!text) return fail(text.error());
    auto stat = fs_.stat(path_);
    if (!stat) return fail(stat.error());
    if (stat->inode != inode_ || stat->size < offset_) {
        bool first = inode_ == 0;
        start(stat->inode);
        if (stat->size < offset_) offset_ = kept_ = 0;
        news_.anew = !first;
        news_.events.clear();
        return true;
    }
    EventsRead read = read_events(*text);
    for (EventsRead::Entry& entry : read.events) {
        entry.at += static_cast<std::size_t>(offset_);
        news_.events.push_back(std::move(entry));
    }
    bool full = static_cast<std::int64_t>(text->size()) == chunk;
    if (full && read.used == 0) return fail(Code::io, "an event of the job event log has no end", path_);
    offset_ += static_cast<std::int64_t>(read.used);
    return full;
}

void LogTail::keep_from(std::int64_t offset) {
    if (inode_ == 0 || offset < kept_ + mark_step) return;
    const std::string mark = path_ + ".mark", aside = mark + ".new";
    (void)fs_.remove(aside);
    if (!fs_.create(aside, fmt::format("{} {}\n", inode_, offset))) return;
    if (fs_.rename(aside, mark)) kept_ = offset;
}

}  // namespace tw
