#include "trialdir/quarantine.hpp"

#include <fmt/format.h>

#include "trialdir/layout.hpp"
#include "trialdir/publish.hpp"

namespace tw {

namespace {

constexpr std::int64_t piece = std::int64_t(16) << 20;

// Piece by piece: checkpoints may be larger than memory.
Status copy_large_file(FileSystem& fs, const std::string& from, const std::string& to, std::string& bytes) {
    auto copy = fs.create_appender(to);
    if (!copy) return fail(copy.error());
    for (std::int64_t at = 0; !bytes.empty();) {
        if (auto appended = (*copy)->append(bytes); !appended) return appended;
        at += std::ssize(bytes);
        auto next = fs.read(from, at, piece);
        if (!next) return fail(next.error());
        bytes = std::move(*next);
    }
    return {};
}

Status copy_file(FileSystem& fs, const std::string& from, const std::string& to) {
    auto stat = fs.stat(from);
    if (!stat) return fail(stat.error());
    auto bytes = fs.read(from, 0, piece);
    if (!bytes) return fail(bytes.error());
    if (std::ssize(*bytes) == piece) return copy_large_file(fs, from, to, *bytes);
    return fs.create(to, *bytes, stat->mode & 0777);
}

Status copy_tree(FileSystem& fs, const std::string& from, const std::string& to) {
    if (auto made = make_directory_if_absent(fs, to); !made) return made;
    auto entries = fs.list(from);
    if (!entries) return fail(entries.error());
    for (auto& entry : *entries) {
        bool open_only = entry.name.starts_with(".nfs");  // removed, but some process has it open
        if (open_only || entry.kind == FileKind::symlink || entry.kind == FileKind::other) continue;
        std::string source = from + "/" + entry.name, target = to + "/" + entry.name;
        auto copied =
            entry.kind == FileKind::directory ? copy_tree(fs, source, target) : copy_file(fs, source, target);
        if (!copied) return copied;
    }
    return {};
}

std::string zombie_name(const Trial& trial) {
    return fmt::format("{}/{}.{}", layout::zombies, trial.id, trial.inode);
}

}  // namespace

// The copy is made aside and takes the name by one rename, so that the directory is the old one, absent
// for a moment, or whole. Found absent: the rename to zombies/ had happened, the copy follows.
Result<std::uint64_t> set_aside(FileSystem& fs, const Trial& trial) {
    std::string home = layout::trial(trial.id), zombie = zombie_name(trial);
    std::string aside = layout::zombies + "/." + trial.id + ".tmp";
    auto gone_aside = listed(fs, zombie);
    if (!gone_aside) return fail(gone_aside.error());
    if (!*gone_aside)
        if (auto moved = fs.rename(home, zombie); !moved) return fail(moved.error());
    auto made_anew = listed(fs, home);
    if (!made_anew) return fail(made_anew.error());
    if (!*made_anew) {
        if (auto removed = remove_tree(fs, aside); !removed) return fail(removed.error());
        if (auto copied = copy_tree(fs, zombie, aside); !copied) return fail(copied.error());
        if (auto synced = fs.sync_all(); !synced) return fail(synced.error());
        if (auto renamed = fs.rename(aside, home); !renamed) return fail(renamed.error());
        if (auto synced = fs.sync(parent_of(home)); !synced) return fail(synced.error());
    }
    auto stat = fs.stat(home);
    if (!stat) return fail(stat.error());
    return stat->inode;
}

bool is_being_set_aside(FileSystem& fs, const Trial& trial) {
    return trial.quarantine && !is_surely_gone(fs, zombie_name(trial));
}

}  // namespace tw
