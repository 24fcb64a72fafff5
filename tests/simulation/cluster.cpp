#include "simulation/cluster.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "simulation/judge.hpp"

namespace tw::simulation {

namespace {

std::string describe(const JobRef& job) { return job.trial + " " + job.key.name(); }

}  // namespace

bool Cluster::happens(double chance, const Job& job, const char* words) {
    return world_.fault(dice_, For::behaviour, chance, [&] { return "the scheduler: job of " + describe(job.ref) + " " + words; });
}

Cluster::Job* Cluster::find(int number) {
    auto found = std::find_if(jobs_.begin(), jobs_.end(), [&](auto& job) { return job.number == number; });
    return found == jobs_.end() ? nullptr : &*found;
}

int Cluster::room() const { return world_.profile.places - static_cast<int>(jobs_.size()); }

Result<std::string> Cluster::submit(Process& by, const JobRequest& request) {
    const Profile& profile = world_.profile;
    for (auto& task : request.tasks) judge_.submitted({request.trial, task.key});
    if (out()) return fail(Code::io, "the scheduler cannot be reached");
    auto lies = [&](double chance, const char* words) {
        return world_.fault(dice_, For::behaviour, chance, [&] { return "the scheduler " + std::string(words) + " " + request.trial; });
    };
    if (lies(profile.refusal, "refuses a job of")) return fail(Code::io, "refused");
    for (auto& task : request.tasks) enqueue({request.trial, task.key}, task);
    by.pause(dice_.between(For::pace, 0, 0.5));
    if (lies(profile.lost_answer, "takes, and its answer is lost, a job of")) {
        by.pause(dice_.between(For::length, 0, 60));  // until the client gives up; what was queued may start by then
        return fail(Code::io, "socket time-out");
    }
    return fmt::format("{}", last_number_ % 1000);  // numbers come again
}

void Cluster::enqueue(const JobRef& ref, const TaskLaunch& launch) {
    Job job;
    job.number = ++last_number_;
    job.ref = ref;
    auto nodes = static_cast<int>(world_.machines.size());
    Machine& node = *world_.machines[static_cast<std::size_t>(dice_.pick(For::target, nodes))];
    job.node = node.name;
    auto wrapper = world_.start("job", node, [this, number = job.number](Process& process) { live(process, number); });
    wrapper->on_end = [this, number = job.number] { end(number); };
    job.run = std::make_shared<JobRun>(JobRun{ref, launch.argv, wrapper});
    bool twice = happens(world_.profile.double_start, job, "will start twice");
    jobs_.push_back(std::move(job));
    if (twice) {
        double again = dice_.between(For::length, 1, 1200);
        world_.start("requeue", node, [this, ref, launch, again](Process& process) {
            process.pause(again);
            enqueue(ref, launch);
        });
    }
}

void Cluster::live(Process& process, int number) {
    wait_in_queue(process, number);
    Job* job = find(number);
    if (!job || happens(world_.profile.lost_job, *job, "is lost")) return;
    job->state = JobState::running;
    if (happens(world_.profile.hidden_job, *job, "runs and is not shown any more") && !confirms_death) job->hidden = true;
    plan_fate(number);
    auto run = job->run;
    int status = run_job(process, judge_, run);
    if (find(number) && status == 0 && run->did_well) judge_.good_end(run->job);
    if ((job = find(number)) && happens(world_.profile.late_news, *job, "has ended and is still shown"))
        process.pause(dice_.between(For::length, 1, 300));
}

void Cluster::wait_in_queue(Process& process, int number) {
    process.pause(dice_.between(For::length, 0, dice_.chance(For::behaviour, 0.1) ? 600 : 30));
    Job* job = find(number);
    if (!job || !happens(world_.profile.hold, *job, "is held")) return;
    job->state = JobState::held;
    process.pause(dice_.between(For::length, 60, 3600));
}

// Its node may go down, taking all of it; or its wrapper alone may die.
void Cluster::plan_fate(int number) {
    Job* job = find(number);
    bool preempted = happens(world_.profile.preemption, *job, "is preempted soon");
    bool straggles = !preempted && happens(world_.profile.straggler, *job, "loses its wrapper soon");
    if (!preempted && !straggles) return;
    double when = dice_.between(For::length, 0, 300);
    world_.start("fate", *world_.machines.front(), [this, number, when, preempted](Process& process) {
        process.pause(when);
        Job* victim = find(number);
        if (!victim) return;
        world_.tell("job of " + describe(victim->ref) + (preempted ? " is preempted" : " loses its wrapper"));
        if (preempted && victim->run->script) victim->run->script->kill();
        if (auto wrapper = victim->run->wrapper.lock()) wrapper->kill();
    });
}

// A scheduler that confirms deaths has killed the script, too, before the job leaves its list.
void Cluster::end(int number) {
    Job* job = find(number);
    if (!job) return;
    if (confirms_death && job->run->script) job->run->script->kill();
    jobs_.remove_if([&](auto& other) { return other.number == number; });
}

Listing Cluster::list() {
    if (out()) return {};
    Listing listing{true, {}};
    bool partial = world_.fault(dice_, For::behaviour, world_.profile.partial_listing, [] { return std::string("the scheduler lists a part only"); });
    listing.complete = !partial;
    for (auto& job : jobs_)
        if (!job.hidden && !(partial && dice_.chance(For::target, 0.5)))
            listing.jobs.push_back({job.ref, job.state, job.node, ""});
    return listing;
}

void Cluster::cancel(const JobRef& ref, CancelHow how) {
    if (out()) return;
    std::vector<int> numbers;
    for (auto& job : jobs_)
        if (job.ref == ref) numbers.push_back(job.number);
    for (int number : numbers) {
        Job* job = find(number);
        bool runs = job->state == JobState::running;
        if (runs && how == CancelHow::terminate)
            terminate(*job->run);
        else
            kill(*job->run);
    }
}

std::vector<Result<std::string>> ClusterClient::submit(const std::vector<JobRequest>& requests) {
    std::vector<Result<std::string>> answers;
    for (auto& request : requests) answers.push_back(cluster_.submit(process_, request));
    return answers;
}

Listing ClusterClient::list() {
    process_.pause(process_.dice.between(For::pace, 0, 0.1));
    Listing listing = cluster_.list();
    process_.pause(process_.dice.between(For::pace, 0, 0.1));  // old when it arrives
    return listing;
}

void ClusterClient::cancel(const std::vector<JobRef>& jobs, CancelHow how) {
    for (auto& job : jobs) cluster_.cancel(job, how);
}

}  // namespace tw::simulation
