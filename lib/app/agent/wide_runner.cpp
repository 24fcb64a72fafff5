#include "app/agent/wide_runner.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "app/agent/ranks.hpp"
#include "base/counted.hpp"
#include "base/environment.hpp"
#include "base/text.hpp"
#include "trialdir/publish.hpp"

namespace tw {

namespace {

// Its ranks are started by TRIAL_MPIEXEC, wherever they run.
bool has_ranks(const AgentJobName& job) {
    return job.resources.nodes > 1 || job.resources.ranks > 1;
}

JobRef ref_of(const AgentJobName& job) {
    return {job.trial, job.key};
}

void add(AgentJob& content, const std::string& name, const std::string& value) {
    content.environment.push_back(name + "=" + value);
}

HostOrder order_for(HostOrder::Kind kind, const AgentJobName& job) {
    HostOrder order;
    order.kind = kind;
    order.job = job;
    return order;
}

}  // namespace

Result<std::unique_ptr<WideRunner>> WideRunner::start(Ports ports, Conversations& conversations,
                                                      MarkedProcesses& marked, JobRunner& own,
                                                      WideOptions options, LaunchTemplates templates,
                                                      const std::string& experiment_id) {
    auto reached = reach_hosts(ports, conversations, options, templates, experiment_id);
    if (!reached) return fail(reached.error());
    return std::unique_ptr<WideRunner>(
        new WideRunner(ports, marked, own, std::move(options), std::move(templates), std::move(*reached)));
}

WideRunner::WideRunner(Ports ports, MarkedProcesses& marked, JobRunner& own, WideOptions options,
                       LaunchTemplates templates, ReachedHosts hosts)
    : ports_(ports),
      marked_(marked),
      options_(std::move(options)),
      templates_(std::move(templates)),
      book_(std::move(hosts.sizes)),
      links_(std::move(hosts.links)),
      own_(own) {
}

std::vector<AgentHost> WideRunner::hosts() const {
    std::vector<AgentHost> hosts;
    for (std::size_t i = 0; i < book_.count(); ++i) {
        const HostSize& size = book_.size(i);
        hosts.push_back({size.name, size.cpus, size.memory, static_cast<int>(size.gpus.size())});
    }
    return hosts;
}

// Its wrapper runs beside the agent.
bool WideRunner::is_own(const Job& job) const {
    return job.name.resources.nodes > 1 || !links_[job.shares[0].host];
}

// What cannot be started is over at once: it was never started, and the watcher gives it up.
void WideRunner::start(const AgentJobName& name, const AgentJob& content) {
    Job job{
        name, book_.take(name.resources), variable_of(content.environment, "TRIALWATCH_AGENT"), {}, {}, {},
        false};
    if (job.shares.empty()) return over_.push_back(ref_of(name));
    AgentJob told = content;
    settle(job, told);
    auto opened = has_ranks(name) ? open_ranks(job, told) : Status{};
    if (!opened) {
        ports_.log.warn("{}", opened.error().text());
        book_.give_back(job.shares);
        return over_.push_back(ref_of(name));
    }
    if (is_own(job))
        own_.start(name, told);
    else
        tell_to_start(job, told);
    jobs_.insert_or_assign(ref_of(name), std::move(job));
}

// Where its wrapper runs, the script with it. That of a job of several hosts only starts ranks: it has the
// place of those that run here, if any do.
void WideRunner::settle(const Job& job, AgentJob& content) const {
    const HostShare* place = &job.shares[0];
    if (is_own(job)) {
        auto here = [&](auto& share) { return !links_[share.host]; };
        auto found = std::find_if(job.shares.begin(), job.shares.end(), here);
        place = found == job.shares.end() ? nullptr : &*found;
    }
    if (!place) return;
    content.cpus = place->share.cpu_ids;
    if (book_.size(place->host).gpus.empty()) return;
    for (auto* variable : {"CUDA_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES"})
        add(content, variable, book_.gpu_names(*place));
}

// The files first: a rank that finds no places does not start.
Status WideRunner::open_ranks(const Job& job, AgentJob& content) {
    const Resources part = HostBook::part_of(job.name.resources);
    const std::string word = job_word(ref_of(job.name));
    RanksPlace place{{},         std::max(job.name.resources.nodes, job.name.resources.ranks),
                     part.ranks, std::max(1, part.cpus),
                     part.gpus,  ""};
    RankPlaces places{place.cpus, {}};
    std::string lines;
    for (const HostShare& share : job.shares) {
        const HostSize& size = book_.size(share.host);
        place.hosts.push_back(size.name);
        places.hosts.push_back({size.name, share.share.cpu_ids, std::nullopt});
        if (!size.gpus.empty()) places.hosts.back().gpus = book_.gpu_names(share);
        for (int i = 0; i < part.ranks; ++i) lines += size.name + "\n";
    }
    if (auto made = ports_.fs.create(ranks_path(job.agent, word), write_rank_places(places)); !made)
        return made;
    if (templates_.wants_hostfile()) {
        if (auto made = ports_.fs.create(hostfile_path(job.agent, word), lines); !made) return made;
        place.hostfile = ports_.fs.root() + "/" + hostfile_path(job.agent, word);
        add(content, "TRIAL_HOSTFILE", place.hostfile);
    }
    add(content, "TRIAL_HOSTS", join(place.hosts, ","));
    add(content, "TRIAL_NODES", std::to_string(place.hosts.size()));
    add(content, "TRIAL_RANKS", std::to_string(place.ranks));
    add(content, "TRIAL_MPIEXEC",
        templates_.mpiexec(place,
                           {options_.program, "--as-rank", rank_word({ports_.fs.root(), job.agent, word})}));
    return {};
}

void WideRunner::tell_to_start(const Job& job, const AgentJob& content) {
    HostOrder order = order_for(HostOrder::Kind::start, job.name);
    order.content = content;
    links_[job.shares[0].host]->say(order);
}

void WideRunner::end(const JobRef& ref, CancelHow how) {
    auto found = jobs_.find(ref);
    if (found == jobs_.end()) return;
    Job& job = found->second;
    if (is_own(job)) return own_.end(ref, how);
    job.ended = how;
    tell_to_end(job);
}

void WideRunner::tell_to_end(const Job& job) {
    auto kind = job.ended == CancelHow::kill ? HostOrder::Kind::kill : HostOrder::Kind::terminate;
    links_[job.shares[0].host]->say(order_for(kind, job.name));
}

void WideRunner::tell_to_sweep(const Job& job, std::size_t host) {
    HostOrder order;
    order.kind = HostOrder::Kind::sweep;
    order.mark = rank_mark(job.agent, job_word(ref_of(job.name)));
    links_[host]->say(order);
}

std::vector<JobRef> WideRunner::over(bool thorough) {
    hear();
    for (const JobRef& ref : own_.over(thorough)) wrapper_left(ref);
    sweep_own();
    return std::exchange(over_, {});
}

void WideRunner::hear() {
    for (std::size_t i = 0; i < links_.size(); ++i) {
        if (!links_[i]) continue;
        bool was_up = links_[i]->up();
        for (const HostWord& word : links_[i]->heard()) take_word(i, word);
        if (!was_up || links_[i]->up()) continue;
        book_.close(i);
        ports_.log.warn("the helper on {} is gone: nothing is started there until another one answers",
                        book_.size(i).name);
    }
}

// What the one before was told and had not said to have begun may begin yet, for it may live on: nobody can
// tell. The others are known by their wrappers.
void WideRunner::come_back(std::size_t host) {
    book_.open(host);
    ports_.log.info("on {} another helper answers", book_.size(host).name);
    for (auto& [ref, job] : jobs_) {
        bool wrapper_has_left = !job.sweeping.empty();
        if (job.sweeping.contains(host)) tell_to_sweep(job, host);
        if (wrapper_has_left || is_own(job) || job.shares[0].host != host) continue;
        job.unsure = !job.wrapper;
        if (job.unsure) continue;
        HostOrder order = order_for(HostOrder::Kind::adopt, job.name);
        order.wrapper = *job.wrapper;
        links_[host]->say(order);
        if (job.ended) tell_to_end(job);
    }
}

void WideRunner::take_word(std::size_t host, const HostWord& word) {
    if (word.kind == HostWord::Kind::here) return come_back(host);
    if (word.kind == HostWord::Kind::begun) {
        auto job = jobs_.find(word.job);
        if (job != jobs_.end()) job->second.wrapper = word.wrapper;
        return;
    }
    if (word.kind == HostWord::Kind::over) return wrapper_left(word.job);
    if (word.kind != HostWord::Kind::swept) return;
    auto swept = std::find_if(jobs_.begin(), jobs_.end(), [&](auto& entry) {
        auto& [ref, job] = entry;
        return !job.sweeping.empty() && rank_mark(job.agent, job_word(ref)) == word.mark;
    });
    if (swept == jobs_.end()) return;
    swept->second.sweeping.erase(host);
    if (swept->second.sweeping.empty()) finish(JobRef(swept->first));
}

// Where srun(1) or mpiexec was killed ranks may live on, on any of its hosts, or be about to start. So no
// more may start, then what lives is ended, and only when each host has said that nothing does the job is
// over.
void WideRunner::wrapper_left(const JobRef& ref) {
    auto found = jobs_.find(ref);
    if (found == jobs_.end()) return;
    Job& job = found->second;
    if (!has_ranks(job.name)) return finish(ref);
    (void)remove_if_there(ports_.fs, ranks_path(job.agent, job_word(ref)));
    for (const HostShare& share : job.shares) {
        job.sweeping.insert(share.host);
        if (links_[share.host]) tell_to_sweep(job, share.host);
    }
}

void WideRunner::sweep_own() {
    std::vector<JobRef> swept;
    for (auto& [ref, job] : jobs_)
        for (std::size_t host : std::vector<std::size_t>(job.sweeping.begin(), job.sweeping.end())) {
            if (links_[host] || !marked_.end(rank_mark(job.agent, job_word(ref)))) continue;
            job.sweeping.erase(host);
            if (job.sweeping.empty()) swept.push_back(ref);
        }
    for (const JobRef& ref : swept) finish(ref);
}

void WideRunner::finish(const JobRef& ref) {
    auto job = jobs_.find(ref);
    if (job == jobs_.end()) return;
    if (has_ranks(job->second.name) && templates_.wants_hostfile())
        (void)remove_if_there(ports_.fs, hostfile_path(job->second.agent, job_word(ref)));
    book_.give_back(job->second.shares);
    over_.push_back(ref);
    jobs_.erase(job);
}

// A wrapper beside the agent is known to live; when it has left nobody can tell whether ranks do.
bool WideRunner::lost(const JobRef& ref) const {
    auto found = jobs_.find(ref);
    if (found == jobs_.end()) return false;
    const Job& job = found->second;
    auto is_lost = [&](std::size_t host) { return links_[host] && !links_[host]->up(); };
    return job.unsure || (!is_own(job) && is_lost(job.shares[0].host)) ||
           std::any_of(job.sweeping.begin(), job.sweeping.end(), is_lost);
}

}  // namespace tw
