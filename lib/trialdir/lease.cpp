#include "trialdir/lease.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "trialdir/layout.hpp"
#include "trialdir/publish.hpp"
#include "trialdir/temporaries.hpp"

namespace tw {

namespace {

std::int64_t number_of(const std::string& text) {
    bool digits =
        !text.empty() && text.size() < 18 && text.find_first_not_of("0123456789") == std::string::npos;
    return digits ? std::stoll(text) : -1;
}

struct Beat {
    std::string role;
    std::int64_t epoch = -1, number = -1;
};

std::optional<Beat> read_beat(const std::string& name) {
    auto parts = split(name, '.');
    if (parts.size() != 3) return std::nullopt;
    Beat beat{parts[0], number_of(parts[1]), number_of(parts[2])};
    return beat.epoch >= 0 && beat.number >= 0 ? std::optional(beat) : std::nullopt;
}

// The newest epoch and whether its ".done" is there.
std::pair<std::int64_t, bool> newest_epoch(const std::vector<DirectoryEntry>& entries) {
    std::int64_t newest = 0;
    for (auto& entry : entries) newest = std::max(newest, number_of(entry.name));
    std::string done = layout::epoch(newest) + ".done";
    bool released =
        std::any_of(entries.begin(), entries.end(), [&](auto& entry) { return entry.name == done; });
    return {newest, released};
}

}  // namespace

Standing standing_of(const Owner& owner, Processes& processes) {
    HostIdentity self = processes.self();
    if (owner.host != self.name) return Standing::elsewhere;
    if (owner.boot_id != self.boot_id) return Standing::dead;
    return processes.alive({owner.pid, owner.start_time}) ? Standing::alive : Standing::dead;
}

Owner make_owner(const HostIdentity& self, const std::string& experiment, Instant now) {
    Owner owner;
    owner.experiment = experiment;
    owner.host = self.name;
    owner.boot_id = self.boot_id;
    owner.user = self.user;
    owner.pid = self.pid;
    owner.start_time = self.start_time;
    owner.since = now;
    return owner;
}

std::string describe(const Owner& owner) {
    return fmt::format("pid {} of {} on {}, since {}", owner.pid, owner.user, owner.host,
                       format_instant(owner.since));
}

std::optional<Instant> Heart::beat(Seconds monotonic) {
    if (last_ && monotonic - *last_ < interval) return std::nullopt;
    auto name = [&](std::int64_t count) {
        return fmt::format("{}/{}.{}.{}", layout::beats, role_, epoch_, count);
    };
    // One that exists is ours: an earlier try had worked.
    std::string path = name(count_ + 1);
    auto made = fs_.create(path, "");
    if (!made && made.error().code != Code::exists) return std::nullopt;
    if (count_ > 0)
        (void)fs_.remove(name(count_));
    else
        remove_older();
    count_ += 1;
    last_ = monotonic;
    auto stat = made ? fs_.stat(path) : Result<FileStat>(fail(made.error()));  // one of before tells old time
    return stat ? std::optional(stat->modified) : std::nullopt;
}

// Left by owners that were killed. Whoever waits for silence looks at the newest epoch alone.
void Heart::remove_older() {
    auto entries = fs_.list(layout::beats);
    if (!entries) return;
    for (auto& entry : *entries)
        if (auto beat = read_beat(entry.name); beat && beat->role == role_ && beat->epoch < epoch_)
            (void)fs_.remove(layout::beats + "/" + entry.name);
}

void Heart::go_on(std::int64_t epoch) {
    if (epoch == epoch_) return;
    epoch_ = epoch;
    count_ = 0;
    last_.reset();
}

void Heart::stop() {
    if (count_ > 0) (void)fs_.remove(fmt::format("{}/{}.{}.{}", layout::beats, role_, epoch_, count_));
}

Result<std::int64_t> last_beat(FileSystem& fs, const std::string& role, std::int64_t epoch) {
    auto entries = fs.list(layout::beats);
    if (!entries) return fail(entries.error());
    std::int64_t last = -1;
    for (auto& entry : *entries)
        if (auto beat = read_beat(entry.name); beat && beat->role == role && beat->epoch == epoch)
            last = std::max(last, beat->number);
    return last;
}

// An epoch that is gone when it is read was followed by a newer one.
Result<std::optional<Lease::Holder>> Lease::newest(FileSystem& fs, const std::string& directory) {
    for (int tries = 0;; ++tries) {
        auto entries = fs.list(directory);
        if (!entries && entries.error().code == Code::not_found) return std::optional<Holder>{};
        if (!entries) return fail(entries.error());
        auto [epoch, released] = newest_epoch(*entries);
        if (epoch == 0) return std::optional<Holder>{};
        std::string path = directory + "/" + layout::epoch(epoch);
        auto text = read_document(fs, path, document_limit);
        if (!text && tries < 10 && (text.error().code == Code::not_found || text.error().code == Code::stale))
            continue;
        if (!text) return fail(text.error());
        auto owner = read_owner(*text, path);
        if (!owner) return fail(owner.error());
        return std::optional<Holder>(Holder{*owner, released});
    }
}

Result<Lease> Lease::take(FileSystem& fs, const std::string& directory, Owner owner,
                          const std::optional<Holder>& before) {
    owner.epoch = before ? before->owner.epoch + 1 : 1;
    std::string path = directory + "/" + layout::epoch(owner.epoch);
    std::string nonce = maker_name(owner.host, {owner.pid, owner.start_time});
    auto made = publish(fs, path, write_owner(owner) + "\n", nonce);
    if (!made && made.error().code == Code::exists)
        return fail(Code::busy, "another process took this role at this moment", path);
    if (!made) return fail(made.error());
    if (before) {
        std::string old = directory + "/" + layout::epoch(before->owner.epoch);
        (void)remove_if_there(fs, old + ".done");
        (void)remove_if_there(fs, old);
    }
    return Lease(fs, directory, std::move(owner));
}

Result<bool> Lease::overtaken() {
    auto entries = fs_->list(directory_);
    if (!entries) return fail(entries.error());
    return newest_epoch(*entries).first != owner_.epoch;
}

Status Lease::release() {
    auto made = fs_->create(directory_ + "/" + layout::epoch(owner_.epoch) + ".done", "");
    if (!made && made.error().code == Code::exists) return {};
    return made;
}

}  // namespace tw
