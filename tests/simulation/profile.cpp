// Which kinds of trouble a seed has, and how much of each.
#include <cmath>

#include "simulation/scene.hpp"

namespace tw::simulation {

namespace {

// Each kind is in a third of the worlds, more or less of it.
double some(Dice& dice, double most) {
    bool there = dice.chance(For::profile, 0.35);
    double much = std::pow(10, -1.5 * dice.uniform(For::profile));
    return there ? most * much : 0;
}

}  // namespace

void Scene::choose_profile() {
    Dice& dice = world_.dice;
    Profile& profile = world_.profile;
    auto one_of = [&](auto... values) {
        std::common_type_t<decltype(values)...> list[] = {values...};
        return list[dice.pick(For::profile, sizeof...(values))];
    };
    profile.interleave = one_of(0.01, 0.05, 0.2);
    profile.trials = one_of(3, 4, 6);
    profile.parallel = one_of(1, 2, 5);
    profile.places = one_of(2, 5, 20);
    profile.poll = one_of(20.0, 45.0);
    profile.trouble = one_of(1800.0, 3600.0, 7200.0);
    profile.stall = some(dice, 0.02);
    profile.kill = some(dice, 0.01);
    profile.failure = some(dice, 0.02);
    profile.lie = some(dice, 0.03);
    profile.torn = some(dice, 0.1);
    profile.reboot = some(dice, 3);
    profile.clock_jump = some(dice, 3);
    profile.full_disk = some(dice, 2);
    profile.outage = some(dice, 2);
    profile.request = some(dice, 20);
    profile.lost_answer = some(dice, 0.3);
    profile.refusal = some(dice, 0.5);
    profile.double_start = some(dice, 0.5);
    profile.lost_job = some(dice, 0.3);
    profile.hidden_job = some(dice, 0.3);
    profile.preemption = some(dice, 0.5);
    profile.straggler = some(dice, 0.5);
    profile.hold = some(dice, 0.2);
    profile.late_news = some(dice, 0.5);
    profile.partial_listing = some(dice, 0.3);
    profile.bad_exit = some(dice, 0.3);
    profile.no_marker = some(dice, 0.1);
    profile.too_long = some(dice, 0.05);
    profile.skew = some(dice, 600);
    // One machine with a disk of its own may lose power; several share a server that does not.
    bool alone = profile.alone = dice.chance(For::profile, 0.4);
    profile.power_loss = alone ? some(dice, 4) : 0;
    profile.caches = !alone && dice.chance(For::profile, 0.6);
    profile.two_machines = !alone && dice.chance(For::profile, 0.5);
    profile.containers = dice.chance(For::profile, 0.3);
    cluster_.confirms_death = dice.chance(For::profile, 0.4);
    if (!dice.chance(For::profile, 0.3)) return;
    profile.agents = one_of(2, 3, 4);
    profile.silence = one_of(60.0, 120.0);
    profile.short_allocation = one_of(0.0, 0.5, 1.0);
    profile.preemption = one_of(0.0, 0.5, 1.0);
    profile.sleep = some(dice, 1);
    profile.poll = 10;
    profile.retries = one_of(0, 3);
    profile.limited = dice.chance(For::profile, 0.3);
}

}  // namespace tw::simulation
