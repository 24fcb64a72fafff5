#include "app/ended_record.hpp"

#include <utility>

#include "trialdir/frames.hpp"

namespace tw {

EndedRecord::EndedRecord(Ports ports, std::string experiment, std::int64_t epoch, std::string nonce)
    : ports_(ports), experiment_(std::move(experiment)), epoch_(epoch), nonce_(std::move(nonce)) {
}

void EndedRecord::read() {
    read_ = RecordRead(ports_.fs, experiment_);
}

std::optional<RecordedTrial> EndedRecord::find(const TrialId& id, const FileStat& directory) const {
    auto trial = read_.find(id);
    bool same = trial && trial->inode == directory.inode && trial->modified == directory.modified;
    return same ? std::move(trial) : std::nullopt;
}

void EndedRecord::add(const RecordedTrial& trial) {
    if (!broken_) added_ += frame(write_recorded(trial));
}

void EndedRecord::write() {
    if (added_.empty() || broken_) return;
    Status written = file_ ? file_->append(added_) : begin();
    added_.clear();
    broken_ = !written;
    if (broken_)
        ports_.log.warn("{}; the record of ended trials is not kept, and the next start is slower",
                        written.error().text());
}

Status EndedRecord::begin() {
    auto file =
        RecordFile::begin(ports_.fs, experiment_, epoch_, nonce_, added_, read_.absorb(kept_, added_.size()));
    if (!file) return fail(file.error());
    file_ = std::move(*file);
    read_ = {};
    kept_ = {};
    return {};
}

}  // namespace tw
