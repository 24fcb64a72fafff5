// What the job event log has told of each job. Pure: events in, states out; telling it an event twice changes
// nothing but counts, so a log may be read again from its beginning into an empty book.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "batch/cluster/batch_system.hpp"
#include "batch/htcondor/condor_event.hpp"

namespace tw {

// submit_event_notes of our jobs: the log alone tells whose a job is, also where submit's answer was never
// read.
std::string condor_notes(const std::string& token, const std::string& index);
std::optional<JobTag> read_condor_notes(std::string_view notes);

// What a removal by ourselves says in -reason, and the log then repeats: the cause outlives a restart.
std::string removal_reason(EndCause cause);
std::optional<EndCause> read_removal_reason(std::string_view reason);

struct CondorJob {
    enum class Phase { idle, running, held, ended };

    CondorId id;
    JobTag tag;
    Phase phase = Phase::idle;
    std::string host;    // of the last start, or where it could not be started
    std::string detail;  // of the hold or the trouble
    int hold_code = 0, hold_subcode = 0;
    int starts = 0;
    int releases = 0;
    bool alive = false;               // started, and nobody has said that this start is gone
    bool doubled = false;             // started again while the start before may have been alive
    std::optional<Seconds> removing;  // by ourselves, since then
    bool vanished = false;            // not in the queue, though the log has not told of its end
    // Set once a start is over and the job is not: how the attempt has ended, whatever HTCondor makes of the
    // job.
    std::optional<JobEnd> fate;
    std::optional<JobEnd> end;
    std::vector<CondorEvent> history;  // the last ones, for the advisor
    std::int64_t from = 0;             // offset of its first event; -1: not in the log yet
    Seconds ended_at{0};               // when that was seen
};

class JobBook {
public:
    // From the answer of a submission.
    void learn(const CondorId& id, const JobTag& tag);
    void take(const CondorEvent& event, std::int64_t at, Seconds now);

    CondorJob* find(const CondorId& id);
    // The job of a tag: one that is there, else the last that ended. An attempt may have been submitted
    // twice.
    const CondorJob* of(const JobTag& tag) const;
    bool makes_more(const std::string& token) const;  // a cluster of it makes its jobs one after another

    std::map<CondorId, CondorJob>& jobs() { return jobs_; }
    const std::map<CondorId, CondorJob>& jobs() const { return jobs_; }
    bool anything_lives() const;

    // Drops what ended before, and tells from where on the log is needed; `end`: its length as read.
    std::int64_t forget(Seconds before, std::int64_t end);

private:
    CondorJob& entry(const CondorId& id, std::int64_t at);
    void take_factory(const CondorEvent& event, std::int64_t at, Seconds now);
    void drop_tag(const CondorJob& job);

    struct Factory {
        std::string token;
        std::int64_t from = 0;
    };
    std::map<CondorId, CondorJob> jobs_;
    std::map<JobTag, std::vector<CondorId>> by_tag_;
    std::map<std::int64_t, Factory> factories_;
};

}  // namespace tw
