// .trialwatch/agents: the queue of jobs, and a folder for each agent. protocol/11-agents.md.
//
// Nothing here is durable on purpose: what the power takes is missing from a listing, and is given up by its
// claim.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "ports/filesystem.hpp"
#include "records/agent_files.hpp"

namespace tw {

// Made by whoever needs them first.
Status make_agent_directories(FileSystem& fs);

// Which of the 16 directories of the queue: trials and tasks in turn, so that agents that begin at the same
// moment do not all look at one.
int queue_shard(const TrialId& trial, const AttemptKey& key);
std::string queue_path(const AgentJobName& job);

// The name appears with the whole content. `nonce`: of the temporary name.
Status queue_job(FileSystem& fs, const AgentJobName& job, const AgentJob& content, const std::string& nonce);

// Tells agents of this machine that jobs were published: a file that comes and goes. A hint only.
void ring_agents(FileSystem& fs, const std::string& nonce);

// Names as they stand, in no order, temporary ones left out. A shard that is not there is empty.
Result<std::vector<std::string>> list_queue(FileSystem& fs, int shard);

struct AgentFolderContents {
    std::vector<AgentJobName> jobs;
    std::vector<AgentNote> orders;  // end and kill
    std::int64_t beat = -1;         // the newest; -1: none yet
    bool drain = false, left = false;
};
Result<std::vector<std::string>> list_agents(FileSystem& fs);
Result<AgentFolderContents> list_agent_folder(FileSystem& fs, const std::string& id);
Result<AgentCard> read_card(FileSystem& fs, const std::string& id);
Status put_note(FileSystem& fs, const std::string& id, const AgentNote& note);  // again is harmless
std::string job_path(const std::string& id, const AgentJobName& job);           // in the agent's folder

// Of an agent that is over, or was silent: a look had shown its newest beat and the names of its jobs.
// Code::busy, and nothing is removed, where there is more by now: it woke up, and what it claimed since is
// its own.
Status remove_agent_folder(FileSystem& fs, const std::string& id, std::int64_t beat,
                           const std::set<std::string>& jobs);

// What the agent itself does with its folder.
class AgentFolder {
public:
    // Code::exists where the id is taken. No job may be taken before the first beat().
    static Result<AgentFolder> make(FileSystem& fs, const std::string& id, const AgentCard& card);

    const std::string& id() const { return id_; }

    Status beat();

    // Out of the queue, by a rename. false: somebody was faster, or so it looks: where the answer was lost
    // the next contents() shows the job.
    Result<bool> take(const AgentJobName& job);
    Result<AgentJob> read(const AgentJobName& job);
    Status hand_back(const AgentJobName& job);  // one that was never started
    Status finish(const AgentJobName& job);     // nothing of it lives, and its end was posted if it could be
    Result<AgentFolderContents> contents() { return list_agent_folder(*fs_, id_); }
    Status obeyed(const AgentNote& order);
    Status leave();  // all jobs are finished or handed back

private:
    AgentFolder(FileSystem& fs, std::string id) : fs_(&fs), id_(std::move(id)) {}

    FileSystem* fs_;
    std::string id_;
    std::int64_t beats_ = 0;
};

}  // namespace tw
