// The watcher's write-ahead journal: protocol/07-journal-takeover.md.
//
// A segment is one file `journal/<epoch>`: a magic line, then frames
//     u32 length | u32 crc32c(payload) | payload        (little endian)
// The first payload names the owner (records/owner.hpp), the others are events (records/event.hpp). A segment
// begins with a snapshot, so the newest segment alone tells everything.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lifecycle/ledger.hpp"
#include "ports/filesystem.hpp"
#include "records/event.hpp"
#include "records/owner.hpp"
#include "trialdir/frames.hpp"

namespace tw {

struct Segment {
    Owner owner;
    std::vector<Event> events;
    std::int64_t length = 0;  // bytes up to the end of the last whole frame
    bool torn = false;        // something follows that is no whole frame
    bool outgrown = false;    // `events` are those of the segment before: it grew while this one was begun
};

// Reads the bytes of a segment. A torn tail is not an error; a wrong magic, a newer format, or an event
// that cannot be read inside a whole frame is.
Result<Segment> read_segment(const std::string& bytes, const std::string& file);

// The epochs there are, ascending.
Result<std::vector<std::int64_t>> list_epochs(FileSystem& fs);

// The newest segment, or nothing where no watcher ever was. Also for readers who own nothing: a segment
// that is replaced while being read is looked up again.
Result<std::optional<Segment>> read_newest(FileSystem& fs);

// For who takes over: the newest segment, and what counts of it. Its head may have been written from a
// segment whose owner still went on, and acted, until it saw the new name; whoever began it had not done
// anything yet. Then the events are those of the segment before.
Result<std::optional<Segment>> read_last_word(FileSystem& fs);

Result<Ledger> replay(const Segment& segment);

// The writer. Owner of one epoch.
class Journal {
public:
    // Takes over: makes the next epoch after `before`, beginning with the ledger's snapshot. Code::busy
    // when somebody else made that epoch first.
    static Result<Journal> begin(FileSystem& fs, Owner owner, const Ledger& ledger,
                                 const std::optional<Segment>& before);

    void add(const Event& event);  // buffered until commit
    bool pending() const { return !buffer_.empty(); }

    // Writes and syncs what was added. After an error the caller begins a new epoch: neither the page
    // cache nor the tail of this file can be trusted (fsync(2), "EIO").
    Status commit();

    // Somebody made a later epoch: stop, what is written here is void.
    Result<bool> overtaken();

    const Owner& owner() const { return owner_; }
    std::int64_t length() const { return size_; }  // that is synced
    bool grown() const { return size_ > grown_limit && size_ > 4 * first_size_; }

    static constexpr std::int64_t grown_limit = 8 << 20;

private:
    Journal(FileSystem& fs, Owner owner, std::unique_ptr<Appender> file, std::int64_t size)
        : fs_(&fs), owner_(std::move(owner)), file_(std::move(file)), size_(size), first_size_(size) {}

    FileSystem* fs_;
    Owner owner_;
    std::unique_ptr<Appender> file_;
    std::string buffer_;
    std::int64_t size_;
    std::int64_t first_size_;
};

// Takes over from `last`, as it was read a while ago, and again from what its owner added meanwhile: after
// this, nothing that was acted upon is missing from the ledger.
struct TakenOver {
    Journal journal;
    Ledger ledger;
};
Result<TakenOver> take_over(FileSystem& fs, const Owner& owner, std::optional<Segment> last);

}  // namespace tw
