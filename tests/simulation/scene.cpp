#include "simulation/scene.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "app/optimizer.hpp"
#include "app/watcher.hpp"
#include "trialdir/layout.hpp"
#include "trialdir/publish.hpp"

namespace tw::simulation {

namespace {

// So long after the last fault a search of a few trials must have ended, whatever happened.
constexpr double longest_peace = 86400 / 2;

}  // namespace

Scene::Scene(std::uint64_t seed, const std::set<std::uint64_t>& left_out, bool keep_story)
    : world_(seed, left_out), judge_(world_), cluster_(world_, judge_), allocations_(world_, judge_, wakers_) {
    world_.keeps_story = keep_story;
    choose_profile();
    judge_.on_appeared = [this](Process& by, const std::string& path) {
        std::string directory = parent_of(path);
        for (auto* waker : wakers_) waker->appeared(by, directory);
    };
    lay_out();
}

void Scene::lay_out() {
    const Profile& profile = world_.profile;
    support::VirtualFileSystem fs(world_.disk);
    fs.put(layout::experiment_file, experiment_text(profile, world_.seed()));
    (void)fs.sync_all();
    Machine& first = world_.add_machine("node1");
    auto watcher = [this](Process& process) { return watch(process); };
    auto optimizer = [this](Process& process) { return optimize(process); };
    supervise("watcher", first, true, watcher, watched_);
    supervise("optimizer", first, true, optimizer, optimized_);
    if (profile.two_machines) {
        Machine& second = world_.add_machine("node2");
        second.skew = profile.skew;
        supervise("watcher", second, true, watcher, watched_);
        supervise("optimizer", second, true, optimizer, optimized_);
    }
    if (profile.containers) {
        Machine& inside = world_.add_machine("node1");
        supervise("watcher", inside, false, watcher, watched_);
        supervise("optimizer", inside, false, optimizer, optimized_);
    }
    if (profile.agents > 0) lay_out_agents();
    world_.start("people", first, [this](Process& process) { act_as_people(process); })->mortal = false;
    world_.start("nature", first, [this](Process& process) { act_as_nature(process); })->mortal = false;
}

// On the machine of the watcher and, where a server holds the disk, on another.
void Scene::lay_out_agents() {
    const Profile& profile = world_.profile;
    if (!profile.alone && !profile.two_machines) world_.add_machine("node2").skew = profile.skew;
    Machine& other = *std::find_if(world_.machines.rbegin(), world_.machines.rend(), [&](auto& machine) {
        return profile.alone || machine->name == "node2";
    })->get();
    for (int i = 0; i < profile.agents; ++i) allocations_.supervise(i % 2 == 0 ? other : *world_.machines.front());
}

// Starts the program again whenever it ends. The steady ones go on in peace, until it ends well; others only while
// there is trouble.
void Scene::supervise(const std::string& name, Machine& machine, bool steady, const Program& program, bool& done) {
    bool first = &machine == world_.machines.front().get();
    auto body = [this, name, &machine, first, steady, program, &done](Process& process) {
        if (!first) process.pause(process.dice.between(For::length, 10, world_.profile.trouble));
        while (steady || !world_.calm()) {
            auto status = std::make_shared<int>(-1);
            auto child = world_.start(name, machine, [program, status](Process& self) { *status = program(self); });
            while (!child->over()) process.pause(10);
            // A watcher ends when nobody proposes any more; people start it again if there is more to come.
            done = done || (*status == 0 && world_.calm() && (optimized_ || &done == &optimized_));
            if (done) return;
            process.pause(process.dice.between(For::length, 1, *status == 0 ? 3600 : first ? 60 : 900));
        }
    };
    world_.start("supervisor of " + name, machine, body)->mortal = false;
}

int Scene::watch(Process& process) {
    judge_.watcher_starts();
    ClientFileSystem fs(process, judge_);
    ProcessPorts own(process, fs, wakers_);
    WatcherOptions options;
    options.poll = Seconds(world_.profile.poll);
    options.until_done = true;
    auto maker = [&](const BackendSpec&) -> Result<std::unique_ptr<Scheduler>> {
        if (world_.profile.agents > 0) return allocations_.client(fs, own);
        return std::make_unique<ClusterClient>(cluster_, process);
    };
    auto watcher = Watcher::start(own.ports, options, maker);
    if (watcher) return (*watcher)->run();
    for (auto& error : watcher.error()) own.log.error("{}", error.text());
    return 1;
}

int Scene::optimize(Process& process) {
    ClientFileSystem fs(process, judge_);
    ProcessPorts own(process, fs, wakers_);
    OptimizerOptions options;
    options.poll = Seconds(world_.profile.poll);
    auto optimizer = Optimizer::start(own.ports, options);
    if (optimizer) return (*optimizer)->run();
    for (auto& error : optimizer.error()) own.log.error("{}", error.text());
    return 1;
}

Finding Scene::play() {
    auto ended = [this] { return watched_ && optimized_; };
    double limit = world_.profile.trouble + longest_peace;
    bool in_time = world_.run(ended, limit);
    if (!in_time) world_.note({"every search ends when faults stop", "it goes on half a day later"});
    try {
        if (!world_.violation) judge_.at_the_end(world_.profile.trials);
    } catch (const Violation& violation) {
        world_.note(violation);
    }
    return {world_.violation, world_.faults, world_.story, world_.now(), world_.calls};
}

Finding play(std::uint64_t seed, const std::set<std::uint64_t>& left_out, bool keep_story) {
    return Scene(seed, left_out, keep_story).play();
}

}  // namespace tw::simulation
