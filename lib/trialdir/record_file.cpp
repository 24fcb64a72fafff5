#include "trialdir/record_file.hpp"

#include <algorithm>

#include "trialdir/epoch_documents.hpp"
#include "trialdir/frames.hpp"
#include "trialdir/layout.hpp"
#include "trialdir/publish.hpp"

namespace tw {

namespace {

const std::string stem = "record.";
constexpr std::string_view magic = "trialwatch record 1\n";
constexpr std::int64_t longest = std::int64_t(1) << 32;

// Smaller files are always taken up: a start reads all there are.
constexpr std::size_t smallest = 64 << 10;

constexpr std::size_t usual_entry = 512;

std::string head_of(const std::string& experiment) {
    return std::string(magic) + frame(experiment);
}

}  // namespace

RecordRead::RecordRead(FileSystem& fs, const std::string& experiment) {
    auto names = list_by_epoch(fs, stem);
    if (!names) return;
    const std::string head = head_of(experiment);
    for (auto& name : *names) {
        auto bytes = fs.read(layout::optimizer + "/" + name, 0, longest);
        bool ours = bytes && bytes->starts_with(head);
        files_.push_back({name, ours ? std::move(*bytes) : std::string()});
        if (ours) index(files_.size() - 1, head.size());
    }
}

// The names keep their place when the file, or all of this, is moved: its bytes are more than a string holds
// within itself, so they are on the heap.
void RecordRead::index(std::size_t file, std::size_t at) {
    const std::string& bytes = files_[file].bytes;
    places_.reserve(places_.size() + bytes.size() / usual_entry);
    for (std::size_t begin = at; auto payload = next_frame(bytes, at); begin = at)
        places_.insert_or_assign(recorded_id(*payload), Place{file, begin, at - payload->size(), at});
}

std::string_view RecordRead::bytes(const Place& place, std::size_t begin) const {
    return std::string_view(files_[place.file].bytes).substr(begin, place.end - begin);
}

std::optional<RecordedTrial> RecordRead::find(const TrialId& id) const {
    auto found = places_.find(id);
    if (found == places_.end()) return std::nullopt;
    return read_recorded(bytes(found->second, found->second.payload));
}

RecordRead::Absorbed RecordRead::absorb(const std::vector<TrialId>& kept, std::size_t bytes) const {
    std::size_t first = files_.size();
    for (; first > 0 && files_[first - 1].bytes.size() <= std::max(2 * bytes, smallest); --first)
        bytes += files_[first - 1].bytes.size();
    Absorbed absorbed;
    for (std::size_t i = first; i < files_.size(); ++i) absorbed.names.push_back(files_[i].name);
    for (auto& id : kept)
        if (auto place = places_.find(id); place != places_.end() && place->second.file >= first)
            absorbed.frames += this->bytes(place->second, place->second.begin);
    return absorbed;
}

Result<RecordFile> RecordFile::begin(FileSystem& fs, const std::string& experiment, std::int64_t epoch,
                                     const std::string& nonce, const std::string& frames,
                                     const RecordRead::Absorbed& absorbed) {
    const std::string path = layout::optimizer + "/" + stem + layout::epoch(epoch);
    const std::string aside = layout::optimizer + "/." + stem + layout::epoch(epoch) + "." + nonce + ".tmp";
    if (auto removed = remove_if_there(fs, aside); !removed) return fail(removed.error());
    auto file = fs.create_appender(aside);
    if (!file) return fail(file.error());
    Status status = (*file)->append(head_of(experiment) + absorbed.frames + frames);
    if (status) status = link_surely(fs, aside, path);
    (void)remove_if_there(fs, aside);
    if (!status) return fail(status.error());
    for (auto& name : absorbed.names) (void)remove_if_there(fs, layout::optimizer + "/" + name);
    return RecordFile(std::move(*file));
}

}  // namespace tw
