// Who was handed over and has not ended, as far as the batch system's word goes; and when its silence counts.
//
// Unknown is never gone. A job counts as gone when two whole looks, `visibility` apart and with no failed one in between,
// did not show it; or when the system says that it has ended and its wrapper has had that long to be heard of. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "batch/cluster/batch_system.hpp"

namespace tw {

// Of jobs with the same tag (submitted twice, requeued) one: what runs before what waits before what has ended, and of
// ended ones the one that did not leave by itself, for the other found the attempt taken. It is surely gone where all are.
std::map<JobTag, JobReport> merge(const std::vector<JobReport>& reports);

class Roster {
public:
    explicit Roster(Seconds visibility) : visibility_(visibility) {}

    void add(const JobTag& tag, const JobRef& job, Seconds now);  // again is harmless
    void accepted(const std::string& token, const std::string& id);
    void remove(const JobRef& job);

    bool empty() const { return entries_.empty(); }
    std::size_t size() const { return entries_.size(); }
    std::size_t alive() const;  // of which no end is known
    std::vector<KnownJob> known() const;
    std::optional<KnownJob> find(const JobRef& job) const;

    void take_look(const std::vector<JobReport>& reports, Seconds begun);  // a whole one, that began at `begun`
    std::vector<KnownJob> missing() const;  // whom the last look did not show, and of whose end nothing is known
    void take_ends(const std::vector<JobReport>& reports, Seconds now);
    void look_failed();  // what was missing before may have come back in between

    // Jobs that are held now and were not at the last call, or for another reason.
    std::vector<JobStatus> newly_held();

    Listing listing(Seconds now) const;
    bool undecided(Seconds now) const;  // somebody is missing, or said to have ended, and may yet be heard of

private:
    struct Entry {
        JobRef job;
        std::string id;
        JobState state = JobState::queued;
        std::string host, detail, told;
        Seconds added{};
        std::optional<Seconds> missing;  // since the look that began then
        bool gone = false;               // and a later look did not show it either
        std::optional<JobEnd> end;
        Seconds ended{};  // when that was said
    };
    void show(Entry& entry, const JobReport& report);
    static void note_end(Entry& entry, const JobReport& report, Seconds now);
    bool over(const Entry& entry, Seconds now) const;

    Seconds visibility_;
    std::map<JobTag, Entry> entries_;
    std::map<JobRef, JobTag> tags_;
};

}  // namespace tw
