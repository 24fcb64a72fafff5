#include "simulation/world.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace tw::simulation {

namespace {

constexpr Instant beginning{Seconds(1767225600)};  // 2026-01-01T00:00:00Z

}  // namespace

World::World(std::uint64_t seed, std::set<std::uint64_t> left_out)
    : dice(seed, "nature"), seed_(seed), left_out_(std::move(left_out)) {
    disk->follow([this] { return server_time(); });
}

void World::end() {
    while (!processes_.empty()) processes_.pop_back();
}

Instant World::server_time() const { return beginning + Seconds(now_); }
Instant World::wall(const Machine& machine) const { return server_time() + Seconds(machine.skew); }
Seconds World::monotonic(const Machine& machine) const { return Seconds(now_ - machine.booted + 1); }

Machine& World::add_machine(const std::string& name) {
    machines.push_back(std::make_unique<Machine>());
    machines.back()->name = name;
    machines.back()->boot = "boot-1";
    return *machines.back();
}

std::shared_ptr<Process> World::start(const std::string& name, Machine& machine, Process::Body body) {
    std::string called = fmt::format("{}#{}", name, ++names_[name]);
    std::int64_t pid = machine.next_pid++;
    auto started = static_cast<std::int64_t>(monotonic(machine).count() * 100);
    auto process = std::make_shared<Process>(*this, machine, called, pid, started, std::move(body));
    processes_.push_back(process);
    return process;
}

std::shared_ptr<Process> World::find(const Machine& machine, std::int64_t pid, std::int64_t start_time) const {
    for (auto& process : processes_)
        if (&process->machine == &machine && process->pid == pid && process->start_time == start_time) return process;
    return nullptr;
}

void World::kill_all(const Machine& machine) {
    for (auto& process : processes_)
        if (&process->machine == &machine && process->mortal) process->kill();
}

// Who waits for the earliest moment; chance decides between those of one moment.
std::shared_ptr<Process> World::next() {
    std::shared_ptr<Process> first;
    int equals = 0;
    for (auto& process : processes_) {
        double wakes = std::max(process->wakes(), now_);
        double best = first ? std::max(first->wakes(), now_) : 0;
        if (first && wakes > best) continue;
        equals = first && wakes == best ? equals + 1 : 1;
        if (equals == 1 || dice.pick(For::interleave, equals) == 0) first = process;
    }
    return first;
}

bool World::run(const std::function<bool()>& ended, double limit) {
    for (;;) {
        std::erase_if(processes_, [](auto& process) { return process->over(); });
        if (violation || ended()) return true;
        auto process = next();
        if (!process || std::max(process->wakes(), now_) > limit) return false;
        now_ = std::max(now_, process->wakes());
        process->resume();
    }
}

void World::tell(const std::string& line) {
    if (!keeps_story || line == last_told_) return;
    last_told_ = line;
    auto seconds = static_cast<long>(now_);
    story += fmt::format("{:02}:{:02}:{:05.2f}  {}\n", seconds / 3600, seconds / 60 % 60,
                         now_ - static_cast<double>(seconds / 60 * 60), line);
}

void World::note(const Violation& found) {
    if (violation) return;
    violation = found;
    tell("! " + found.rule + ": " + found.what);
}

}  // namespace tw::simulation
