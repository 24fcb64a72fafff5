// Who owns a role (watcher, optimizer), whether it lives, and how to become it.
// protocol/07-journal-takeover.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "ports/clock.hpp"
#include "ports/filesystem.hpp"
#include "ports/process.hpp"
#include "records/documents.hpp"
#include "records/owner.hpp"

namespace tw {

enum class Standing {
    alive,      // its process lives on this host
    dead,       // its process was on this host and is gone, or this host was booted since
    elsewhere,  // on another host: only silence can tell
};

Standing standing_of(const Owner& owner, Processes& processes);

Owner make_owner(const HostIdentity& self, const std::string& experiment, Instant now);

// "pid 4711 of anna on login2, since 2026-11-20T13:05:07Z"
std::string describe(const Owner& owner);

// Shows life to other hosts: an empty file whose name is new each time, the one before removed.
class Heart {
public:
    Heart(FileSystem& fs, std::string role, std::int64_t epoch)
        : fs_(fs), role_(std::move(role)), epoch_(epoch) {}

    // At most once in `interval`; errors are left to the next beat. The first of an epoch removes those of
    // the epochs before. The time that the server gave to a beat that was made.
    std::optional<Instant> beat(Seconds monotonic);
    void go_on(std::int64_t epoch);  // the same owner has begun another one
    void stop();

    static constexpr Seconds interval{10};

private:
    void remove_older();

    FileSystem& fs_;
    std::string role_;
    std::int64_t epoch_;
    std::int64_t count_ = 0;
    std::optional<Seconds> last_;
};

// The newest beat of that epoch, or -1. An error is no silence.
Result<std::int64_t> last_beat(FileSystem& fs, const std::string& role, std::int64_t epoch);

// How long a beat must be missing, on the looker's own monotonic clock: 3 x acdirmax (nfs(5)).
inline constexpr Seconds silence{180};

// A role whose epochs are files of their own: .trialwatch/optimizer/<epoch>, and <epoch>.done once it
// was given back. (The watcher's role is the journal itself.)
class Lease {
public:
    struct Holder {
        Owner owner;
        bool released = false;
    };
    static Result<std::optional<Holder>> newest(FileSystem& fs, const std::string& directory);

    // Code::busy when somebody else was faster.
    static Result<Lease> take(FileSystem& fs, const std::string& directory, Owner owner,
                              const std::optional<Holder>& before);

    Result<bool> overtaken();
    Status release();  // that it was not given back is no harm where the next process is on this host
    const Owner& owner() const { return owner_; }

private:
    Lease(FileSystem& fs, std::string directory, Owner owner)
        : fs_(&fs), directory_(std::move(directory)), owner_(std::move(owner)) {}

    FileSystem* fs_;
    std::string directory_;
    Owner owner_;
};

}  // namespace tw
