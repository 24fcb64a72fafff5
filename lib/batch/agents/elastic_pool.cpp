#include "batch/agents/elastic_pool.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/counted.hpp"
#include "base/text.hpp"
#include "trialdir/agents.hpp"
#include "trialdir/layout.hpp"
#include "trialdir/pool.hpp"
#include "trialdir/publish.hpp"

namespace tw {

namespace {

constexpr Seconds first_wait{30}, longest_wait{1800};

// One that takes jobs for so long is no failure, whatever comes then.
constexpr Seconds lives{60};

// What the last agents said is kept.
constexpr std::int64_t kept_logs = 100;

JobRef job_of(std::int64_t number) {
    return {pool_trial, pool_key(number)};
}

PoolCensus count(const std::vector<PoolEntry>& pool) {
    PoolCensus census;
    for (auto& entry : pool) {
        census.waiting += entry.state == PoolEntry::State::wanted;
        census.begun += entry.state == PoolEntry::State::begun;
        census.withdrawn += entry.state == PoolEntry::State::withdrawn;
    }
    return census;
}

}  // namespace

ElasticPool::ElasticPool(const PoolPorts& ports, PoolSpec spec, std::unique_ptr<Scheduler> scheduler)
    : ports_(ports),
      spec_(std::move(spec)),
      backend_(pool_backend(spec_.backend, ports.host)),
      scheduler_(std::move(scheduler)),
      backoff_(first_wait, longest_wait) {
}

// What was wrong may be mended by that.
void ElasticPool::change(const PoolSpec& spec) {
    spec_ = spec;
    backoff_.worked();
    refused_until_.reset();
    surplus_since_.reset();
}

// Unknown is never gone: where the pool, or the scheduler's jobs, cannot be listed as a whole nothing is
// concluded, nothing submitted, and nothing taken back.
void ElasticPool::tick(const std::vector<AgentWork>& work, const std::function<Status()>& still_owner,
                       bool full) {
    scheduler_->pump();
    auto pool = list_pool(ports_.fs);
    bool told = std::exchange(told_unreadable_, !pool);
    if (!pool && !told) ports_.log.warn("the pool of agents cannot be read: {}", pool.error().text());
    if (!pool) return;
    adopt(*pool);
    Listing listing = scheduler_->list();
    if (!listing.complete) return;
    int needed = agents_for(work, spec_.resources);
    PoolCensus before = count(*pool);
    judge(*pool, needed > before.waiting + before.begun);
    conclude(*pool, listing);
    cancel_withdrawn(*pool);
    PoolCensus census = count(*pool);
    PoolPlan plan = plan_pool(needed, census, spec_);
    retire(*pool, plan.surplus);
    if (full) return;
    hand_over(std::exchange(not_yet_, {}));
    submit(allowed(plan.submit, census), still_owner);
}

// Those of an earlier watcher. The scheduler looks whether their jobs are there.
void ElasticPool::adopt(const std::vector<PoolEntry>& pool) {
    for (auto& entry : pool) {
        highest_ = std::max(highest_, entry.number);
        if (!ours(entry) || entry.state == State::over || known_.contains(entry.number)) continue;
        scheduler_->adopt(job_of(entry.number), std::nullopt, spec_.resources);
        known_[entry.number] = {entry.state, now()};
    }
}

void ElasticPool::conclude(std::vector<PoolEntry>& pool, const Listing& listing) {
    std::set<JobRef> listed;
    for (auto& status : listing.jobs) listed.insert(status.job);
    for (auto& [number, known] : known_) known.there = known.there || listed.contains(job_of(number));
    std::map<std::int64_t, std::string> failed;
    std::erase_if(pool, [&](PoolEntry& entry) {
        if (entry.state == State::over && entry.number == highest_) return true;
        if (!is_gone(entry, listed)) return false;
        auto known = known_.find(entry.number);
        bool never_began = entry.state == State::wanted;
        if (never_began) {  // one that begins at this moment is not gone, one that comes later is not wanted
            auto withdrawn = change_in_pool(ports_.fs, entry, State::withdrawn);
            if (!withdrawn || !*withdrawn) return false;
            auto end = listing.ends.find(job_of(entry.number));
            if (known != known_.end() && known->second.there)
                failed[entry.number] = end == listing.ends.end() ? "" : end->second.detail;
        }
        if (entry.state == State::begun) note_death(entry);
        close(entry, never_began);
        return true;
    });
    if (!failed.empty()) tell_failed(failed);
}

void ElasticPool::note_death(const PoolEntry& entry) {
    auto known = known_.find(entry.number);
    if (known != known_.end() && !known->second.worked) backoff_.failed(now());
    ports_.log.info("agent {} is gone without having left", entry.agent);
}

bool ElasticPool::is_gone(PoolEntry& entry, const std::set<JobRef>& listed) {
    if (entry.state == State::over) return true;
    return ours(entry) ? !listed.contains(job_of(entry.number)) : stranger_is_gone(entry);
}

// Submitted to a backend that experiment.json does not name any more: nobody is asked for its job. One that
// has not begun is taken back, and leaves when it comes; one that has goes with its folder.
bool ElasticPool::stranger_is_gone(PoolEntry& entry) {
    if (entry.state == State::wanted) {
        auto withdrawn = change_in_pool(ports_.fs, entry, State::withdrawn);
        if (!withdrawn || !*withdrawn) return false;
    }
    if (entry.state != State::begun) return true;
    auto agents = list_agents(ports_.fs);
    return agents && !std::binary_search(agents->begin(), agents->end(), entry.agent);
}

// The highest number stays, so that it is not given again: a late job of that name must not be taken for
// another one's. What the batch system wrote is kept where it may say what was wrong.
void ElasticPool::close(PoolEntry entry, bool failed) {
    std::int64_t number = entry.number;
    if (ours(entry)) scheduler_->ended(job_of(number));
    std::erase(not_yet_, number);
    cancelled_.erase(number);
    known_.erase(number);
    if (number < highest_)
        (void)remove_from_pool(ports_.fs, entry);
    else if (entry.state != State::over)
        (void)change_in_pool(ports_.fs, entry, State::over);
    if (!failed) (void)remove_tree(ports_.fs, layout::jobs_of(pool_trial, number));
    if (number <= kept_logs) return;
    (void)remove_if_there(ports_.fs, pool_log(number - kept_logs));
    (void)remove_tree(ports_.fs, layout::jobs_of(pool_trial, number - kept_logs));
}

void ElasticPool::tell_failed(const std::map<std::int64_t, std::string>& failed) {
    backoff_.failed(now());
    auto& [number, why] = *failed.begin();
    std::string where = pool_log(number), more = layout::jobs_of(pool_trial, number);
    if (is_listed(ports_.fs, more)) where += " and " + more;
    ports_.log.warn("{} ended before {} began{}; see {} in {}; the next comes in {}",
                    counted(failed.size(), "agent"), failed.size() == 1 ? "it" : "they",
                    why.empty() ? "" : ": " + why, where, ports_.fs.root(),
                    format_duration(backoff_.wait(now())));
}

// Agents that come, find nothing that they can do and leave, while jobs wait, would come without end.
void ElasticPool::judge(const std::vector<PoolEntry>& pool, bool missing) {
    for (auto& entry : pool) {
        auto found = known_.find(entry.number);
        if (found == known_.end()) continue;
        Known& known = found->second;
        bool news = std::exchange(known.state, entry.state) != entry.state;
        if (news) known.since = now();
        bool works =
            entry.state == State::left || (entry.state == State::begun && now() - known.since >= lives);
        if (works && !std::exchange(known.worked, true)) backoff_.worked();
        if (!news || entry.state != State::unused || !missing) continue;
        backoff_.failed(now());
        ports_.log.warn(
            "agent {} left and had run nothing, while jobs wait; see {} in {}; the next comes in {}",
            entry.agent, pool_log(entry.number), ports_.fs.root(), format_duration(backoff_.wait(now())));
    }
}

// Once: the scheduler owes it from then on.
void ElasticPool::cancel_withdrawn(const std::vector<PoolEntry>& pool) {
    std::vector<JobRef> jobs;
    for (auto& entry : pool)
        if (ours(entry) && entry.state == State::withdrawn && cancelled_.insert(entry.number).second)
            jobs.push_back(job_of(entry.number));
    if (!jobs.empty()) scheduler_->cancel(jobs, CancelHow::terminate);
}

// After a failure one at a time, until one works.
int ElasticPool::allowed(int wanted, const PoolCensus& census) const {
    if (wanted < 1 || !backoff_.over(now()) || (refused_until_ && now() < *refused_until_)) return 0;
    int most = std::min(scheduler_->room(spec_.resources), scheduler_->requests());
    if (backoff_.active()) most = std::min(most, census.waiting > 0 ? 0 : 1);
    return std::clamp(most, 0, wanted);
}

// First the word, then the question whether we still may, then the job: who takes over lists the pool after
// it has told us so, and sees every word that we had given before.
void ElasticPool::submit(int count, const std::function<Status()>& still_owner) {
    if (count < 1) return;
    std::vector<std::int64_t> numbers;
    for (int i = 0; i < count; ++i) {
        if (auto added = add_to_pool(ports_.fs, entry_of(highest_ + 1)); !added) {
            ports_.log.warn("no agent can be submitted: {}", added.error().text());
            break;
        }
        numbers.push_back(++highest_);
        known_[highest_] = {State::wanted, now()};
    }
    if (auto owner = still_owner(); !owner) {
        for (std::int64_t number : numbers) {
            (void)remove_from_pool(ports_.fs, entry_of(number));
            known_.erase(number);
        }
        highest_ -= static_cast<std::int64_t>(numbers.size());
        return;
    }
    hand_over(numbers);
}

void ElasticPool::hand_over(const std::vector<std::int64_t>& numbers) {
    if (numbers.empty()) return;
    std::vector<JobRequest> requests;
    for (std::int64_t number : numbers) {
        requests.push_back(request(number));
        known_[number].there = true;
    }
    auto answers = scheduler_->submit(requests);
    std::size_t taken = 0;
    std::vector<std::string> ids;  // that people could know
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        taken += answers[i].has_value();
        if (answers[i] && *answers[i] != requests[i].token) ids.push_back(*answers[i]);
        if (answers[i]) continue;
        if (answers[i].error().code == Code::not_yet)
            not_yet_.push_back(numbers[i]);
        else
            take_refusal(numbers[i], answers[i].error());
    }
    if (taken > 0)
        ports_.log.info("{} submitted to {}{}{}", counted(taken, "agent"), spec_.backend.type,
                        ids.empty() ? "" : ": ", shortened(join(ids, ", "), 200));
}

// It proves nothing: the job may be there, so it is taken back. A scheduler that takes nothing for a while
// says so and waits by itself.
void ElasticPool::take_refusal(std::int64_t number, const Error& error) {
    PoolEntry entry = entry_of(number);
    auto withdrawn = change_in_pool(ports_.fs, entry, State::withdrawn);
    if (may_pass(error) || !withdrawn || !*withdrawn) return;
    close(entry, true);
    if (refused_until_ && now() < *refused_until_) return;
    refused_until_ = now() + longest_wait;
    ports_.log.error(
        "{}: /agents/submit: no agent can be submitted: {}; tried again in {}, or when this changes",
        layout::experiment_file, error.text(), format_duration(longest_wait));
}

// An agent that runs leaves by itself when it has nothing to do for `idle`; one that waits is taken back when
// it was not needed for as long, so that a search that proposes by and by does not lose its place in the
// queue.
void ElasticPool::retire(const std::vector<PoolEntry>& pool, int surplus) {
    if (surplus < 1 || spec_.idle <= Seconds(0)) return surplus_since_.reset();
    least_surplus_ = surplus_since_ ? std::min(least_surplus_, surplus) : surplus;
    if (!surplus_since_) surplus_since_ = now();
    if (now() - *surplus_since_ < spec_.idle) return;
    surplus_since_.reset();
    int left = least_surplus_;
    for (auto entry = pool.rbegin(); entry != pool.rend() && left > 0; ++entry) {
        if (entry->state != State::wanted) continue;
        PoolEntry withdrawn = *entry;
        (void)change_in_pool(ports_.fs, withdrawn, State::withdrawn);
        --left;
    }
    ports_.log.info("{} taken out of the queue: there is no work for {}", counted(least_surplus_, "agent"),
                    least_surplus_ == 1 ? "it" : "them");
}

void ElasticPool::dismiss() {
    auto pool = list_pool(ports_.fs);
    if (!pool) return;
    for (auto& entry : *pool)
        if (entry.state == State::wanted) (void)change_in_pool(ports_.fs, entry, State::withdrawn);
    cancel_withdrawn(*pool);
    scheduler_->pump();
}

JobRequest ElasticPool::request(std::int64_t number) const {
    JobRequest request;
    AttemptKey key = pool_key(number);
    std::string log = ports_.fs.root() + "/" + pool_log(number);
    request.token = make_token(ports_.experiment_id, pool_trial, key);
    request.trial = pool_trial;
    request.directory = ports_.fs.root();
    request.resources = spec_.resources;
    request.tasks.push_back({key, arguments(number), {}, log, log});
    return request;
}

// It fills what was asked for, whatever else it finds on the node. The local backend knows an agent again by
// the three words after --pool.
std::vector<std::string> ElasticPool::arguments(std::int64_t number) const {
    const Resources& size = spec_.resources;
    std::vector<std::string> words{ports_.program,
                                   ports_.fs.root(),
                                   "--pool",
                                   ports_.experiment_id,
                                   pool_trial,
                                   pool_key(number).name(),
                                   std::to_string(spec_.min),
                                   "--idle",
                                   fmt::format("{}s", spec_.idle.count()),
                                   "--slots",
                                   std::to_string(size.cpus)};
    auto add = [&](const char* option, std::string value) {
        words.insert(words.end(), {option, std::move(value)});
    };
    if (size.memory > 0) add("--memory", std::to_string(size.memory));
    if (size.time) add("--walltime", fmt::format("{}s", size.time->count()));
    bool says_gpus = std::any_of(spec_.arguments.begin(), spec_.arguments.end(),
                                 [](auto& word) { return word == "--gpus" || word.starts_with("--gpus="); });
    if (size.gpus == 0 && !says_gpus) add("--gpus", "none");
    words.insert(words.end(), spec_.arguments.begin(), spec_.arguments.end());
    return words;
}

}  // namespace tw
