#include "batch/agents/agent_pool.hpp"

#include <algorithm>
#include <set>

#include "trialdir/agents.hpp"
#include "trialdir/layout.hpp"

namespace tw {

namespace {

// A watcher that slept, or could not look, knows nothing of that time: it counts for no more than this.
constexpr Seconds longest_gap{10};

JobRef ref_of(const AgentJobName& job) {
    return {job.trial, job.key};
}

// More GPUs than that one host never had: the card is somebody's word.
constexpr int most_gpus = 1000;

HostSize size_of(const AgentHost& host) {
    auto gpus = static_cast<std::size_t>(std::clamp(host.gpus, 0, most_gpus));
    return {host.name, host.cpus, host.memory, std::vector<std::string>(gpus)};
}

// Nothing is ever taken of them: only what could run is asked.
std::vector<HostSize> sizes_of(const AgentCard& card) {
    if (card.hosts.empty()) return {size_of({card.host, card.cpus, card.memory, card.gpus})};
    std::vector<HostSize> sizes;
    for (const AgentHost& host : card.hosts) sizes.push_back(size_of(host));
    return sizes;
}

}  // namespace

// Two looks at one beat are as far apart as the end of the first and the begin of the second: a look may take
// long.
Result<std::map<JobRef, JobPlace>> AgentPool::look() {
    std::map<JobRef, JobPlace> places;
    Seconds since = looked_ ? std::min(clock_.monotonic() - *looked_, longest_gap) : Seconds(0);
    for (int shard = 0; shard < layout::shards; ++shard) {
        auto names = list_queue(fs_, shard);
        if (!names) return fail(names.error());
        for (auto& name : *names)
            if (auto job = parse_job_file_name(name))
                places.insert_or_assign(ref_of(*job), JobPlace{*job, ""});
    }
    auto ids = list_agents(fs_);
    if (!ids) return fail(ids.error());
    std::erase_if(agents_,
                  [&](auto& agent) { return !std::binary_search(ids->begin(), ids->end(), agent.first); });
    for (auto& id : *ids)
        if (auto seen = look_at(id, since, places); !seen) return fail(seen.error());
    looked_ = clock_.monotonic();
    return places;
}

// What an agent holds was taken out of the queue: where both show the job, a lost answer had it published
// again.
Status AgentPool::look_at(const std::string& id, Seconds since_last, std::map<JobRef, JobPlace>& places) {
    auto contents = list_agent_folder(fs_, id);
    if (!contents && contents.error().code == Code::not_found) return {};  // removed at this moment
    if (!contents) return fail(contents.error());
    Agent& agent = agents_[id];
    if (!agent.card)
        if (auto card = read_card(fs_, id)) {
            agent.card = *card;
            agent.room.emplace(sizes_of(*card));
        }
    agent.still = contents->beat == agent.beat ? agent.still + since_last : Seconds(0);
    agent.beat = contents->beat;
    agent.left = contents->left;
    for (auto& job : contents->jobs) places.insert_or_assign(ref_of(job), JobPlace{job, id});
    return {};
}

bool AgentPool::silent(const Agent& agent) const {
    Seconds beat = agent.card ? agent.card->beat : Seconds(0);
    return agent.still > longest_silence(silence_, beat);
}

AgentPool::Standing AgentPool::standing(const std::string& id) const {
    auto agent = agents_.find(id);
    if (agent == agents_.end()) return Standing::unknown;
    if (agent->second.left) return Standing::left;
    return silent(agent->second) ? Standing::silent : Standing::lives;
}

void AgentPool::remove_dead(const std::map<JobRef, JobPlace>& places,
                            const std::function<bool(const JobRef&)>& wanted) {
    for (auto agent = agents_.begin(); agent != agents_.end();) {
        bool over = agent->second.left || silent(agent->second);
        bool removed = over && remove_folder(agent->first, places, wanted);
        agent = removed ? agents_.erase(agent) : std::next(agent);
    }
}

bool AgentPool::remove_folder(const std::string& id, const std::map<JobRef, JobPlace>& places,
                              const std::function<bool(const JobRef&)>& wanted) {
    std::set<std::string> seen;
    for (auto& [job, place] : places) {
        if (place.agent != id) continue;
        if (wanted(job)) return false;
        seen.insert(job_file_name(place.job));
    }
    return remove_agent_folder(fs_, id, agents_[id].beat, seen).has_value();
}

std::string AgentPool::host(const std::string& id) const {
    auto agent = agents_.find(id);
    return agent != agents_.end() && agent->second.card ? agent->second.card->host
                                                        : id.substr(0, id.rfind('.'));
}

int AgentPool::cpus() const {
    int sum = 0;
    for (auto& [id, agent] : agents_)
        if (agent.card && !agent.left && !silent(agent)) sum += agent.card->cpus;
    return sum;
}

int AgentPool::count() const {
    return static_cast<int>(std::count_if(agents_.begin(), agents_.end(), [&](auto& agent) {
        return !agent.second.left && !silent(agent.second);
    }));
}

bool AgentPool::could_run(const Resources& resources) const {
    return std::any_of(agents_.begin(), agents_.end(), [&](auto& entry) {
        auto& agent = entry.second;
        return agent.card && !agent.left && !silent(agent) && agent.room->possible(resources);
    });
}

}  // namespace tw
