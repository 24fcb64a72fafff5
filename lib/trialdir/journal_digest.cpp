#include "trialdir/journal_digest.hpp"

#include <vector>

#include "records/event_brief.hpp"
#include "trialdir/frames.hpp"
#include "trialdir/segment_bytes.hpp"

namespace tw {

namespace {

struct Record {
    std::string_view payload;
    const DigestedTrial* trial = nullptr;  // that it is about
};

// Ended, or settled after it: the last that was said of the trial. Anything else makes it one to be replayed.
const DigestedTrial* fold(EventBrief brief, JournalDigest& digest) {
    if (brief.trial.empty()) return nullptr;
    DigestedTrial& trial = digest.trials[std::move(brief.trial)];
    if (brief.kind == EventKind::snapshot || brief.kind == EventKind::created) {
        trial.run = std::move(brief.run);
        trial.k = brief.k;
    }
    bool ends = brief.kind == EventKind::concluded || (brief.kind == EventKind::snapshot && brief.ended);
    if (ends)
        trial.ended = brief.seq;
    else if (brief.kind != EventKind::settled)
        trial.ended.reset();
    return &trial;
}

Error at_file(Error error, const std::string& file) {
    error.file = file;
    return error;
}

}  // namespace

Result<JournalDigest> digest_segment(const std::string& bytes, const std::string& file) {
    std::size_t at = 0;
    if (auto owner = read_head(bytes, file, at); !owner) return fail(owner.error());
    JournalDigest digest;
    std::vector<Record> records;
    while (auto payload = next_frame(bytes, at)) {
        auto brief = read_event_brief(*payload);
        if (!brief) return fail(at_file(brief.error(), file));
        records.push_back({*payload, fold(std::move(*brief), digest)});
    }
    for (auto& record : records) {
        if (record.trial && record.trial->ended) continue;
        auto event = read_event(std::string(record.payload));
        if (!event) return fail(at_file(event.error(), file));
        if (auto applied = digest.others.apply(*event); !applied) return fail(applied.error());
    }
    return digest;
}

Result<std::optional<JournalDigest>> read_digest(FileSystem& fs) {
    auto newest = read_newest_bytes(fs);
    if (!newest) return fail(newest.error());
    if (!*newest) return std::optional<JournalDigest>{};
    auto digest = digest_segment((*newest)->bytes, (*newest)->file);
    if (!digest) return fail(digest.error());
    return std::optional(std::move(*digest));
}

}  // namespace tw
