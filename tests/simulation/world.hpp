// The simulated world: machines, one shared disk, processes, and time that passes when all of them wait.
//
// Everything happens in one thread, in an order that the seed decides. Nothing here knows what the programs are.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "simulation/process.hpp"
#include "support/virtual_disk.hpp"

namespace tw::simulation {

struct Violation {
    std::string rule, what;
};

// How bad this world is. Probabilities are per system call, where nothing else is said.
struct Profile {
    double interleave = 0.05, stall = 0, kill = 0, failure = 0, lie = 0, torn = 0;
    double power_loss = 0, reboot = 0, clock_jump = 0, full_disk = 0;  // per hour
    double request = 0;                                                // by people, per hour
    double lost_answer = 0, refusal = 0, double_start = 0, lost_job = 0, hidden_job = 0, preemption = 0,
           hold = 0, late_news = 0, partial_listing = 0, straggler = 0;  // per job, or per listing
    double outage = 0;                                                   // of the scheduler, per hour
    double bad_exit = 0, no_marker = 0, too_long = 0;                    // of a script
    bool caches = false;        // clients of a network filesystem, who remember
    bool containers = false;    // a second watcher that does not see the first one's process
    bool alone = false;         // one machine with a disk of its own
    bool two_machines = false;  // a second watcher and optimizer on another machine
    double skew = 0;            // seconds between clocks
    double trouble = 7200;      // seconds until faults stop
    int trials = 5, parallel = 2, places = 4;
    double poll = 30;
    int agents = 0;               // so many allocations take the place of the cluster; 0: none
    double silence = 120;         // then one is held for dead
    bool limited = true;          // stages say how long they may take; else an agent learns it
    int retries = 3;              // that a script's own failures have
    double short_allocation = 0;  // of an allocation: it ends, and its agent knows when
    double sleep = 0;             // of an allocation: its agent is stopped, and wakes up
};

// What a client of the file server believes about a name.
struct Memory {
    Result<FileStat> stat;
    double until = 0;
};

struct Machine {
    std::string name, boot;
    double booted = 0, skew = 0;
    std::int64_t next_pid = 100;
    std::map<std::string, Memory> memories;  // by path
};

class World {
public:
    World(std::uint64_t seed, std::set<std::uint64_t> left_out);
    ~World() { end(); }
    void end();  // unwinds every process; before what they use goes

    std::uint64_t seed() const { return seed_; }
    Profile profile;
    Dice dice;  // of nature
    std::shared_ptr<support::VirtualDisk> disk = std::make_shared<support::VirtualDisk>();

    double now() const { return now_; }
    bool calm() const { return now_ >= profile.trouble; }  // no fault happens any more
    Instant server_time() const;
    Instant wall(const Machine& machine) const;
    Seconds monotonic(const Machine& machine) const;

    Machine& add_machine(const std::string& name);
    std::vector<std::unique_ptr<Machine>> machines;

    std::shared_ptr<Process> start(const std::string& name, Machine& machine, Process::Body body);
    std::shared_ptr<Process> find(const Machine& machine, std::int64_t pid, std::int64_t start_time) const;
    void kill_all(const Machine& machine);

    // Until `ended` says so, a violation was noted, or `limit` seconds have passed (false).
    bool run(const std::function<bool()>& ended, double limit);

    // Whether a fault with this chance happens now; words() says which, for the story.
    template <class Words>
    bool fault(Dice& whose, For what, double chance, Words words) {
        if (chance <= 0 || !whose.chance(what, chance) || calm() || left_out_.contains(whose.last())) return false;
        faults.push_back({whose.last(), words()});
        tell("* " + faults.back().words);
        return true;
    }
    struct Fault {
        std::uint64_t name;
        std::string words;
    };
    std::vector<Fault> faults;  // that happened
    std::uint64_t calls = 0;    // system calls so far

    void tell(const std::string& line);
    std::string story;  // a line each, if it is kept
    bool keeps_story = false;

    void note(const Violation& violation);
    std::optional<Violation> violation;

private:
    std::shared_ptr<Process> next();

    std::uint64_t seed_;
    std::set<std::uint64_t> left_out_;
    double now_ = 0;
    std::vector<std::shared_ptr<Process>> processes_;
    std::map<std::string, int> names_;
    std::string last_told_;  // what is said again and again is said once
};

}  // namespace tw::simulation
