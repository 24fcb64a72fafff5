// Who the agents are and which of them live, by what their folders show. protocol/11-agents.md.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "batch/host_book.hpp"
#include "batch/scheduler.hpp"
#include "ports/clock.hpp"
#include "ports/filesystem.hpp"
#include "records/agent_files.hpp"

namespace tw {

// Where one look saw a job.
struct JobPlace {
    AgentJobName job;
    std::string agent;  // "": in the queue
};

class AgentPool {
public:
    // `silence`: without a new beat for so long of looks an agent counts as dead; at least four of its beats.
    AgentPool(FileSystem& fs, Clock& clock, Seconds silence) : fs_(fs), clock_(clock), silence_(silence) {}

    // The queue first, then the folders, for that is the way that jobs go: one that is on its way is seen. An
    // error where something could not be listed: then nobody is missing.
    Result<std::map<JobRef, JobPlace>> look();

    enum class Standing { unknown, lives, silent, left };
    Standing standing(const std::string& id) const;

    // Of a silent agent, or one that left, nothing may be taken for its own any more: its folder goes once no
    // job that is `wanted` was seen in it.
    void remove_dead(const std::map<JobRef, JobPlace>& places,
                     const std::function<bool(const JobRef&)>& wanted);

    std::string host(const std::string& id) const;
    int cpus() const;                                  // of those that live
    int count() const;                                 // of those that live
    bool could_run(const Resources& resources) const;  // one that lives has so much, on as many hosts

private:
    struct Agent {
        std::optional<AgentCard> card;
        std::optional<HostBook> room;  // what the card says
        std::int64_t beat = -1;
        Seconds still{0};  // since the beat changed, as far as looks saw it
        bool left = false;
    };
    Status look_at(const std::string& id, Seconds since_last, std::map<JobRef, JobPlace>& places);
    bool remove_folder(const std::string& id, const std::map<JobRef, JobPlace>& places,
                       const std::function<bool(const JobRef&)>& wanted);
    bool silent(const Agent& agent) const;

    FileSystem& fs_;
    Clock& clock_;
    Seconds silence_;
    std::map<std::string, Agent> agents_;
    std::optional<Seconds> looked_;  // when the last look had seen everything
};

}  // namespace tw
