// The ended trials that the optimizer has in one file, so that a start does not open them all:
// protocol/07, 7.9. It is asked before the directories, and never believed against them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/ports.hpp"
#include "trialdir/record_file.hpp"

namespace tw {

class EndedRecord {
public:
    // `epoch`: of the optimizer's role, which the caller holds. `nonce`: for a temporary name.
    EndedRecord(Ports ports, std::string experiment, std::int64_t epoch, std::string nonce);

    void read();

    // What was read of a trial whose directory is as it was then.
    std::optional<RecordedTrial> find(const TrialId& id, const FileStat& directory) const;

    // That of find() is believed, and stays in the record.
    void keep(const TrialId& id) { kept_.push_back(id); }

    void add(const RecordedTrial& trial);

    // What was added; with it, for the first time, what is kept of small files of before. A failure costs
    // time at the next start, no more.
    void write();

private:
    Status begin();

    Ports ports_;
    std::string experiment_;
    std::int64_t epoch_;
    std::string nonce_;
    RecordRead read_;  // until it is written anew
    std::vector<TrialId> kept_;
    std::string added_;  // frames
    std::optional<RecordFile> file_;
    bool broken_ = false;  // given up; what is behind its last whole frame is not known
};

}  // namespace tw
