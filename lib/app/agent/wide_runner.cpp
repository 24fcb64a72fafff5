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

// What a person or the batch system said outweighs what a helper found. Where somebody else fills a part of
// its CPUs nobody knows which of them are whose.
HostSize size_of(const HostCount& host, HostSize found, const WideOptions& options) {
    int places = static_cast<int>(found.places.size()), given = host.cpus > 0 ? host.cpus : options.slots;
    bool ours = given == 0 || given >= places;
    found.name = host.name;
    if (host.cpus > 0) found.cpus = host.cpus;
    if (options.slots > 0) found.cpus = std::min(found.cpus, options.slots);
    if (options.memory > 0) found.memory = options.memory;
    if (options.gpus) found.gpus = *options.gpus;
    if (!options.pin || !ours) found.places.clear();
    return found;
}

// The helpers, until each has said what its host has.
struct Greeting {
    HostCount host;
    std::unique_ptr<Conversation> helper;
    std::optional<HostSize> size;
    bool refused = false;

    bool open() const { return !size && !refused; }
    void listen() {
        if (!open()) return;
        for (const std::string& line : helper->heard())
            if (auto word = parse_host_word(line); word && word->kind == HostWord::Kind::here)
                size = word->size;
        refused = !size && helper->over();
    }
};

Greeting greet(Ports ports, Conversations& conversations, const WideOptions& options,
               const LaunchTemplates& templates, const HostCount& host, const std::string& experiment_id) {
    Greeting greeting{host, nullptr, std::nullopt};
    if (!options.own.empty() && same_host(host.name, options.own)) {
        greeting.size = size_of_this_host(ports.processes);
        return greeting;
    }
    Spawn spawn;
    spawn.argv = templates.remote(host.name, {options.program, "--as-host", ports.fs.root(), experiment_id,
                                              options.tmp.empty() ? "none" : options.tmp});
    spawn.environment = ports.processes.environment();
    auto helper = conversations.begin(std::move(spawn));
    if (!helper) ports.log.warn("{}", helper.error().text());
    greeting.refused = !helper;
    if (helper) greeting.helper = std::move(*helper);
    return greeting;
}

void wait_for(Ports ports, std::vector<Greeting>& greetings, Seconds patience) {
    Seconds end = ports.clock.monotonic() + patience;
    auto open = [](auto& greeting) { return greeting.open(); };
    while (std::any_of(greetings.begin(), greetings.end(), open) && ports.clock.monotonic() < end &&
           ports.waker.interrupts() == 0) {
        (void)ports.waker.wait(Seconds(0.5));
        for (Greeting& greeting : greetings) greeting.listen();
    }
}

}  // namespace

HostSize size_of_this_host(Processes& processes) {
    return {"", std::max(1, processes.cpus()), processes.memory(), processes.gpus(), processes.cpu_places()};
}

Result<std::unique_ptr<WideRunner>> WideRunner::start(Ports ports, Conversations& conversations,
                                                      MarkedProcesses& marked, JobRunner& own,
                                                      WideOptions options, LaunchTemplates templates,
                                                      const std::string& experiment_id) {
    std::vector<Greeting> greetings;
    for (const HostCount& host : options.hosts)
        greetings.push_back(greet(ports, conversations, options, templates, host, experiment_id));
    wait_for(ports, greetings, options.patience);
    std::vector<HostSize> sizes;
    std::vector<Host> hosts;
    for (Greeting& greeting : greetings) {
        if (!greeting.size) {
            ports.log.warn("nothing runs on {}: its helper does not answer", greeting.host.name);
            continue;
        }
        sizes.push_back(size_of(greeting.host, std::move(*greeting.size), options));
        hosts.push_back({std::move(greeting.helper), false});
        ports.log.info("on {}: {}", sizes.back().name, counted(sizes.back().cpus, "CPU"));
    }
    if (sizes.empty())
        return fail(
            {Code::io, "no host can be reached", {}, {}, 0, "try the command of --remote-template by hand"});
    return std::unique_ptr<WideRunner>(new WideRunner(ports, marked, own, std::move(options),
                                                      std::move(templates), HostBook(std::move(sizes)),
                                                      std::move(hosts)));
}

WideRunner::WideRunner(Ports ports, MarkedProcesses& marked, JobRunner& own, WideOptions options,
                       LaunchTemplates templates, HostBook book, std::vector<Host> hosts)
    : ports_(ports),
      marked_(marked),
      options_(std::move(options)),
      templates_(std::move(templates)),
      book_(std::move(book)),
      hosts_(std::move(hosts)),
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
    return job.name.resources.nodes > 1 || !hosts_[job.shares[0].host].helper;
}

// What cannot be started is over at once: it was never started, and the watcher gives it up.
void WideRunner::start(const AgentJobName& name, const AgentJob& content) {
    Job job{name, book_.take(name.resources), variable_of(content.environment, "TRIALWATCH_AGENT"), {}};
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
        say(job.shares[0].host, {HostOrder::Kind::start, name, told, ""});
    jobs_.insert_or_assign(ref_of(name), std::move(job));
}

// Where its wrapper runs, the script with it. That of a job of several hosts only starts ranks: it has the
// place of those that run here, if any do.
void WideRunner::settle(const Job& job, AgentJob& content) const {
    const HostShare* place = &job.shares[0];
    if (is_own(job)) {
        auto here = [&](auto& share) { return !hosts_[share.host].helper; };
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

void WideRunner::end(const JobRef& ref, CancelHow how) {
    auto job = jobs_.find(ref);
    if (job == jobs_.end()) return;
    if (is_own(job->second)) return own_.end(ref, how);
    auto kind = how == CancelHow::kill ? HostOrder::Kind::kill : HostOrder::Kind::terminate;
    say(job->second.shares[0].host, {kind, job->second.name, {}, ""});
}

void WideRunner::say(std::size_t host, const HostOrder& order) {
    hosts_[host].helper->say(host_order_text(order));
}

std::vector<JobRef> WideRunner::over(bool thorough) {
    hear();
    for (const JobRef& ref : own_.over(thorough)) wrapper_left(ref);
    sweep_own();
    return std::exchange(over_, {});
}

void WideRunner::hear() {
    for (std::size_t i = 0; i < hosts_.size(); ++i) {
        Host& host = hosts_[i];
        if (!host.helper || host.lost) continue;
        for (const std::string& line : host.helper->heard())
            if (auto word = parse_host_word(line)) take_word(i, *word);
        if (!host.helper->over()) continue;
        host.lost = true;
        book_.close(i);
        ports_.log.warn("the helper on {} is gone: nothing is started there any more", book_.size(i).name);
    }
}

void WideRunner::take_word(std::size_t host, const HostWord& word) {
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
    HostOrder sweep;
    sweep.kind = HostOrder::Kind::sweep;
    sweep.mark = rank_mark(job.agent, job_word(ref));
    for (const HostShare& share : job.shares) {
        job.sweeping.insert(share.host);
        if (hosts_[share.host].helper) say(share.host, sweep);
    }
}

void WideRunner::sweep_own() {
    std::vector<JobRef> swept;
    for (auto& [ref, job] : jobs_)
        for (std::size_t host : std::vector<std::size_t>(job.sweeping.begin(), job.sweeping.end())) {
            if (hosts_[host].helper || !marked_.end(rank_mark(job.agent, job_word(ref)))) continue;
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
    auto is_lost = [&](std::size_t host) { return hosts_[host].lost; };
    return (!is_own(job) && is_lost(job.shares[0].host)) ||
           std::any_of(job.sweeping.begin(), job.sweeping.end(), is_lost);
}

}  // namespace tw
