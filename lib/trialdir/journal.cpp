#include "trialdir/journal.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "trialdir/layout.hpp"
#include "trialdir/publish.hpp"
#include "trialdir/segment_bytes.hpp"

namespace tw {

namespace {

constexpr std::string_view magic = "trialwatch journal 1\n";
constexpr std::int64_t segment_limit = std::int64_t(1) << 32;

bool same_process(const Owner& a, const Owner& b) {
    return a.host == b.host && a.boot_id == b.boot_id && a.pid == b.pid && a.start_time == b.start_time;
}

Status check_magic(const std::string& bytes, const std::string& file) {
    if (bytes.starts_with(magic)) return {};
    if (bytes.starts_with("trialwatch journal "))
        return fail({Code::newer_version,
                     "a journal of a newer trialwatch",
                     file,
                     {},
                     0,
                     "use that version or a newer one"});
    return fail(Code::invalid, "not a trialwatch journal", file);
}

}  // namespace

Result<Owner> read_head(const std::string& bytes, const std::string& file, std::size_t& at) {
    if (auto good = check_magic(bytes, file); !good) return fail(good.error());
    at = magic.size();
    auto first = next_frame(bytes, at);
    if (!first) return fail(Code::invalid, "the journal has no header", file);
    return read_owner(std::string(*first), file);
}

Result<Segment> read_segment(const std::string& bytes, const std::string& file) {
    std::size_t at = 0;
    auto owner = read_head(bytes, file, at);
    if (!owner) return fail(owner.error());
    Segment segment;
    segment.owner = *owner;
    while (auto payload = next_frame(bytes, at)) {
        auto event = read_event(std::string(*payload));
        if (!event) {
            event.error().file = file;
            return fail(event.error());
        }
        segment.events.push_back(std::move(*event));
    }
    segment.length = static_cast<std::int64_t>(at);
    segment.torn = at < bytes.size();
    return segment;
}

Result<std::vector<std::int64_t>> list_epochs(FileSystem& fs) {
    auto entries = fs.list(layout::journal);
    if (!entries && entries.error().code == Code::not_found) return std::vector<std::int64_t>{};
    if (!entries) return fail(entries.error());
    std::vector<std::int64_t> epochs;
    for (auto& entry : *entries)
        if (entry.name.size() == 10 && entry.name.find_first_not_of("0123456789") == std::string::npos)
            epochs.push_back(std::stoll(entry.name));
    std::sort(epochs.begin(), epochs.end());
    return epochs;
}

Result<std::optional<SegmentBytes>> read_newest_bytes(FileSystem& fs) {
    for (int tries = 0;; ++tries) {
        auto epochs = list_epochs(fs);
        if (!epochs) return fail(epochs.error());
        if (epochs->empty()) return std::optional<SegmentBytes>{};
        std::string path = layout::journal + "/" + layout::epoch(epochs->back());
        auto bytes = fs.read(path, 0, segment_limit);
        if (!bytes && tries < 10 &&
            (bytes.error().code == Code::not_found || bytes.error().code == Code::stale))
            continue;
        if (!bytes) return fail(bytes.error());
        return std::optional(SegmentBytes{std::move(*bytes), path});
    }
}

Result<std::optional<Segment>> read_newest(FileSystem& fs) {
    auto newest = read_newest_bytes(fs);
    if (!newest) return fail(newest.error());
    if (!*newest) return std::optional<Segment>{};
    auto segment = read_segment((*newest)->bytes, (*newest)->file);
    if (!segment) return fail(segment.error());
    return std::optional<Segment>(std::move(*segment));
}

Result<std::optional<Segment>> read_last_word(FileSystem& fs) {
    auto newest = read_newest(fs);
    if (!newest || !*newest) return newest;
    Segment& segment = **newest;
    if (std::ssize(segment.events) != segment.owner.head) return newest;
    std::string path = layout::journal + "/" + layout::epoch(segment.owner.epoch - 1);
    auto bytes = fs.read(path, 0, segment_limit);
    if (!bytes && bytes.error().code == Code::not_found) return newest;
    auto before = bytes ? read_segment(*bytes, path) : Result<Segment>(fail(bytes.error()));
    if (!before) return fail(before.error());
    if (before->length <= segment.owner.sealed) return newest;
    segment.events = std::move(before->events);
    segment.outgrown = true;
    return newest;
}

Result<Ledger> replay(const Segment& segment) {
    Ledger ledger;
    for (auto& event : segment.events) {
        auto applied = ledger.apply(event);
        if (!applied) return fail(applied.error());
    }
    return ledger;
}

// Until the new segment has a record of its own, what the owner before appends would count. One that says
// nothing new will do: part of the snapshot, once more.
static Status keep_own_record(Journal& journal, const Ledger& ledger, const Owner& owner,
                              const std::optional<Segment>& last) {
    auto snapshot = ledger.snapshot();
    if (!last || same_process(owner, last->owner) || snapshot.empty()) return {};
    journal.add(snapshot.back());
    return journal.commit();
}

Result<TakenOver> take_over(FileSystem& fs, const Owner& owner, std::optional<Segment> last) {
    for (;;) {
        auto ledger = last ? replay(*last) : Result<Ledger>(Ledger{});
        if (!ledger) return fail(ledger.error());
        auto journal = Journal::begin(fs, owner, *ledger, last);
        if (!journal) return fail(journal.error());
        auto now = read_last_word(fs);
        if (!now) return fail(now.error());
        // Whoever took over from us meanwhile knows more, and may have removed what we should have looked at.
        auto overtaken = journal->overtaken();
        if (!overtaken) return fail(overtaken.error());
        if (*overtaken) return fail(Code::busy, "another watcher took over at this moment", layout::journal);
        if (!*now || !(*now)->outgrown) {
            if (auto own = keep_own_record(*journal, *ledger, owner, last); !own) return fail(own.error());
            return TakenOver{std::move(*journal), std::move(*ledger)};
        }
        last = std::move(*now);
    }
}

// The whole head is written aside and synced before it gets its name: whoever sees the new epoch sees
// who owns it, where the old one ends, and the state between. Only then do older segments go.
Result<Journal> Journal::begin(FileSystem& fs, Owner owner, const Ledger& ledger,
                               const std::optional<Segment>& before) {
    auto snapshot = ledger.snapshot();
    owner.epoch = before ? before->owner.epoch + 1 : 1;
    owner.sealed = before ? before->length : 0;
    // Nobody but us wrote to an epoch of our own: what we know counts, not what may stand there.
    owner.head = before && !same_process(owner, before->owner) ? std::ssize(snapshot) : -1;
    std::string bytes = std::string(magic) + frame(write_owner(owner));
    for (auto& event : snapshot) bytes += frame(write_event(event));
    std::string path = layout::journal + "/" + layout::epoch(owner.epoch);
    std::string temporary =
        fmt::format("{}/.{}.{}-{}.tmp", layout::journal, owner.epoch, owner.host, owner.pid);
    if (auto removed = remove_if_there(fs, temporary); !removed) return fail(removed.error());
    auto file = fs.create_appender(temporary);
    if (!file) return fail(file.error());
    Status status = (*file)->append(bytes);
    if (status) status = (*file)->sync();
    if (status) status = link_surely(fs, temporary, path);
    (void)remove_if_there(fs, temporary);
    if (status && !(status = fs.sync(layout::journal))) (void)remove_if_there(fs, path);  // to be tried again
    if (!status && status.error().code == Code::exists)
        return fail(Code::busy, "another watcher took over at this moment", path);
    if (!status) return fail(status.error());
    auto epochs = list_epochs(fs);
    if (epochs)
        for (auto epoch : *epochs)
            if (epoch < owner.epoch - 1)
                (void)remove_if_there(fs, layout::journal + "/" + layout::epoch(epoch));
    return Journal(fs, std::move(owner), std::move(*file), static_cast<std::int64_t>(bytes.size()));
}

void Journal::add(const Event& event) {
    buffer_ += frame(write_event(event));
}

Status Journal::commit() {
    if (buffer_.empty()) return {};
    if (!file_) return fail(Code::io, "an earlier write to this journal segment failed", layout::journal);
    Status status = file_->append(buffer_);
    if (status) status = file_->sync();
    if (!status) file_.reset();
    if (!status) return status;
    size_ += static_cast<std::int64_t>(buffer_.size());
    buffer_.clear();
    return {};
}

Result<bool> Journal::overtaken() {
    auto epochs = list_epochs(*fs_);
    if (!epochs) return fail(epochs.error());
    return epochs->empty() || epochs->back() > owner_.epoch;
}

}  // namespace tw
