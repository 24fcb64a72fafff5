#include "trialdir/journal_digest.hpp"

#include <vector>

#include "records/event_brief.hpp"
#include "trialdir/frames.hpp"
#include "trialdir/segment_bytes.hpp"

namespace tw {

namespace {

struct Record {
    std::string_view payload;
    TrialId trial;
};

// Ended, or settled after it: the last that was said of the trial. Anything else makes it one to be replayed.
void fold(const EventBrief& brief, JournalDigest& digest) {
    if (brief.trial.empty()) return;
    bool identity = brief.kind == EventKind::snapshot || brief.kind == EventKind::created;
    if (identity && brief.run.empty()) digest.proposals.erase(brief.trial);
    if (identity && !brief.run.empty()) digest.proposals[brief.trial] = {brief.run, brief.k};
    bool ends = brief.kind == EventKind::concluded || (brief.kind == EventKind::snapshot && brief.ended);
    if (ends)
        digest.ended[brief.trial] = brief.seq;
    else if (brief.kind != EventKind::settled)
        digest.ended.erase(brief.trial);
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
        fold(*brief, digest);
        records.push_back({*payload, std::move(brief->trial)});
    }
    for (auto& record : records) {
        if (digest.ended.contains(record.trial)) continue;
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
