// The optimizer's record of ended trials: .trialwatch/optimizer/record.<epoch>, protocol/07, 7.9. A cache
// that may be damaged, old or missing; whoever reads it compares each entry with the directory that it is
// about.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "ports/filesystem.hpp"
#include "records/trial_record.hpp"

namespace tw {

// All that there are. Of two entries of a trial the later counts, that is the one of the higher epoch. What
// is damaged, or belongs to another experiment, is left out without an error.
class RecordRead {
public:
    RecordRead() = default;
    RecordRead(FileSystem& fs, const std::string& experiment);
    RecordRead(RecordRead&&) = default;
    RecordRead& operator=(RecordRead&&) = default;

    std::size_t size() const { return places_.size(); }
    std::optional<RecordedTrial> find(const TrialId& id) const;

    // For a new record of `bytes` bytes: the files that are not much larger than all that follows them,
    // which it is to take up. So an entry is written again once each time that it doubles, however often
    // a new record is begun.
    struct Absorbed {
        std::vector<std::string> names;  // to be removed when it is there
        std::string frames;              // the entries in them of `kept`
    };
    Absorbed absorb(const std::vector<TrialId>& kept, std::size_t bytes) const;

private:
    struct File {
        std::string name, bytes;  // none where they are not of this experiment
    };
    struct Place {
        std::size_t file = 0, begin = 0, payload = 0, end = 0;
    };

    void index(std::size_t file, std::size_t at);
    std::string_view bytes(const Place& place, std::size_t begin) const;

    std::vector<File> files_;                             // oldest first
    std::unordered_map<std::string_view, Place> places_;  // by names that lie in files_
};

// The record of one epoch of the optimizer's role. Nothing is synced: what a power loss takes is read from
// the directories again.
class RecordFile {
public:
    // `frames`: of frame(write_recorded()), in any number. It appears whole, with those that it absorbs, and
    // then these go.
    static Result<RecordFile> begin(FileSystem& fs, const std::string& experiment, std::int64_t epoch,
                                    const std::string& nonce, const std::string& frames,
                                    const RecordRead::Absorbed& absorbed = {});

    Status append(const std::string& frames) { return file_->append(frames); }

private:
    explicit RecordFile(std::unique_ptr<Appender> file) : file_(std::move(file)) {}

    std::unique_ptr<Appender> file_;
};

}  // namespace tw
