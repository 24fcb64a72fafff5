// One search in one world: the real watcher and optimizer, supervised by people who start them again, on a cluster that
// lies, under a nature that takes away power, time and room; and a judge.
#pragma once

#include "simulation/allocations.hpp"
#include "simulation/cluster.hpp"
#include "simulation/judge.hpp"
#include "simulation/ports.hpp"

namespace tw::simulation {

struct Finding {
    std::optional<Violation> violation;
    std::vector<World::Fault> faults;
    std::string story;
    double simulated = 0;  // seconds
    std::uint64_t calls = 0;
};

// `left_out`: faults that do not happen this time. The same arguments give the same finding.
Finding play(std::uint64_t seed, const std::set<std::uint64_t>& left_out = {}, bool keep_story = false);

class Scene {
public:
    Scene(std::uint64_t seed, const std::set<std::uint64_t>& left_out, bool keep_story);
    ~Scene() { world_.end(); }
    Scene(const Scene&) = delete;
    Scene& operator=(const Scene&) = delete;
    Finding play();

private:
    using Program = std::function<int(Process&)>;

    void choose_profile();
    void lay_out();
    void lay_out_agents();
    void supervise(const std::string& name, Machine& machine, bool steady, const Program& program, bool& done);
    int watch(Process& process);
    int optimize(Process& process);
    void act_as_people(Process& process);
    void ask(ClientFileSystem& fs, Process& process);
    void act_as_nature(Process& process);
    void lose_power();
    void reboot(Machine& machine);
    void resume_if_paused(ClientFileSystem& fs, Process& process);
    std::vector<TrialId> trials() const;

    World world_;
    Judge judge_;
    Cluster cluster_;
    std::set<HintedWaker*> wakers_;
    Allocations allocations_;
    bool watched_ = false, optimized_ = false;  // ended with 0 since the faults stopped
    int requests_ = 0;
};

}  // namespace tw::simulation
