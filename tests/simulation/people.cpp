// What people ask for, and what nature does.
#include <fmt/format.h>

#include <cmath>

#include "simulation/scene.hpp"
#include "trialdir/layout.hpp"
#include "trialdir/publish.hpp"
#include "trialdir/spool.hpp"

namespace tw::simulation {

namespace {

constexpr double hour = 3600;

}  // namespace

std::vector<TrialId> Scene::trials() const {
    std::vector<TrialId> ids;
    if (auto node = world_.disk->find(layout::trials))
        for (auto& [id, directory] : (*node)->entries)
            if (directory->entries.contains("config.json")) ids.push_back(id);
    return ids;
}

void Scene::act_as_people(Process& process) {
    ClientFileSystem fs(process, judge_);
    for (;;) {
        double rate = world_.calm() ? 0 : world_.profile.request / hour;
        double wait = rate > 0 ? -std::log(1 - process.dice.uniform(For::length)) / rate : 600;
        process.pause(std::min(wait, 600.0));
        if (rate > 0 && wait < 600) ask(fs, process);
        resume_if_paused(fs, process);
    }
}

void Scene::ask(ClientFileSystem& fs, Process& process) {
    auto ids = trials();
    if (ids.empty()) return;
    auto id = ids[static_cast<std::size_t>(process.dice.pick(For::target, static_cast<int>(ids.size())))];
    const char* kinds[] = {"stop", "kill", "retry"};
    std::string kind = kinds[process.dice.pick(For::behaviour, 3)];
    if (!world_.fault(process.dice, For::behaviour, 1, [&] { return "somebody asks: " + kind + " " + id; })) return;
    judge_.asked(id, kind);
    std::string nonce = fmt::format("person{}", ++requests_);
    if (kind != "retry") (void)remove_if_there(fs, layout::trial(id) + "/retry");
    (void)publish(fs, layout::trial(id) + "/" + kind, write_request({"person", "because"}), nonce);
    SpoolEvent bell;
    bell.kind = SpoolKind::bell;
    bell.trial = id;
    bell.nonce = nonce;
    (void)Spool(fs).post(bell);
}

void Scene::resume_if_paused(ClientFileSystem& fs, Process& process) {
    if (!is_listed(fs, layout::paused)) return;
    process.pause(300);
    world_.tell("somebody asks: resume");
    std::string nonce = fmt::format("person{}", ++requests_);
    (void)publish(fs, fmt::format("{}/resume.{}", layout::requests, nonce), "", nonce);
}

void Scene::act_as_nature(Process& process) {
    const Profile& profile = world_.profile;
    Dice& dice = process.dice;
    double full_until = 0;
    auto comes = [&](double per_hour, const std::string& words) {
        return world_.fault(dice, For::behaviour, per_hour / 60, [&] { return words; });
    };
    auto some_machine = [&]() -> Machine& {
        return *world_.machines[static_cast<std::size_t>(dice.pick(For::target, static_cast<int>(world_.machines.size())))];
    };
    for (;;) {
        process.pause(dice.between(For::length, 30, 90));
        world_.disk->sync_all();  // as kernels do, who write back what is older than that
        if (full_until > 0 && (world_.now() > full_until || world_.calm())) {
            world_.disk->set_capacity(-1);
            full_until = 0;
            world_.tell("the disk has room again");
        }
        if (comes(profile.full_disk, "the disk is full")) {
            world_.disk->set_capacity(0);
            full_until = world_.now() + dice.between(For::length, 60, 1200);
        }
        if (comes(profile.power_loss, "power is lost")) lose_power();
        Machine& machine = some_machine();
        if (comes(profile.reboot, machine.name + " is rebooted")) reboot(machine);
        double jump = dice.between(For::length, -7200, 7200);
        if (comes(profile.clock_jump, fmt::format("the clock of {} jumps by {:.0f} s", machine.name, jump))) machine.skew += jump;
        double away = dice.between(For::length, 60, 3600);
        if (comes(profile.outage, fmt::format("the scheduler is away for {:.0f} s", away))) cluster_.go_out(away);
    }
}

// All machines and the disk at once: what was not synced may be there, be empty, or not be there.
void Scene::lose_power() {
    judge_.power_is_lost();
    for (auto& machine : world_.machines) reboot(*machine);
    cluster_.forget_all();
    world_.disk->crash([this] { return world_.dice.chance(For::behaviour, 0.5); });
    judge_.power_is_back();
}

void Scene::reboot(Machine& machine) {
    for (auto& other : world_.machines) {  // its containers, too
        if (other->name != machine.name) continue;
        world_.kill_all(*other);
        other->boot = fmt::format("boot-{:.0f}", world_.now());
        other->booted = world_.now();
        other->memories.clear();
    }
}

}  // namespace tw::simulation
