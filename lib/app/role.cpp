#include "app/role.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "trialdir/lease.hpp"

namespace tw {

namespace {

Error another_lives(const Role& role, const Owner& owner, std::string hint) {
    return {Code::busy,     "another " + role.program + " lives: " + describe(owner), role.place, {}, 0,
            std::move(hint)};
}

Status wait_for_silence(Ports ports, const Role& role, const Owner& owner) {
    ports.log.info("the experiment's {} is {}; waiting {} for a sign of life (--takeover does not wait)",
                   role.name, describe(owner), format_duration(silence));
    auto beat = last_beat(ports.fs, role.name, owner.epoch);
    if (!beat) return fail(beat.error());
    Seconds begin = ports.clock.monotonic();
    while (ports.clock.monotonic() - begin < silence) {
        ports.waker.wait(Seconds(5));
        if (ports.waker.interrupts() > 0) return fail(Code::busy, "interrupted while waiting");
        auto newest = last_beat(ports.fs, role.name, owner.epoch);
        if (!newest) return fail(newest.error());
        if (*newest != *beat) return fail(another_lives(role, owner, "stop it there first"));
    }
    return {};
}

}  // namespace

Status may_take(Ports ports, const Role& role, const Owner& owner, Patience patience) {
    switch (standing_of(owner, ports.processes)) {
        case Standing::dead: return {};
        case Standing::alive:
            return fail(another_lives(role, owner, fmt::format("to stop it: kill {}", owner.pid)));
        case Standing::elsewhere: break;
    }
    if (patience.takeover) return {};
    if (!patience.once) return wait_for_silence(ports, role, owner);
    return fail({Code::busy,
                 fmt::format("the experiment's {} is {}", role.name, describe(owner)),
                 role.place,
                 {},
                 0,
                 "one tick cannot tell whether it lives; use --takeover if you know that it does not"});
}

}  // namespace tw
