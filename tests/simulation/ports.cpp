#include "simulation/ports.hpp"

namespace tw::simulation {

Waker::Reason HintedWaker::wait(Seconds longest) {
    if (std::exchange(hinted_, false)) return Reason::hint;
    waits_ = true;
    process_.pause(longest.count());
    waits_ = false;
    return std::exchange(hinted_, false) ? Reason::hint : Reason::timeout;
}

void HintedWaker::appeared(const Process& by, const std::string& directory) {
    if (&by.machine != &process_.machine || &by == &process_ || !watched_.contains(directory)) return;
    hinted_ = true;
    if (waits_) process_.wake();
}

bool MachineProcesses::alive(const ProcessId& id) {
    auto process = process_.world.find(process_.machine, id.pid, id.start_time);
    return process && !process->dying() && !process->over();
}

HostIdentity MachineProcesses::self() {
    HostIdentity self;
    self.name = process_.machine.name;
    self.boot_id = process_.machine.boot;
    self.pid = process_.pid;
    self.start_time = process_.start_time;
    self.user = "user";
    return self;
}

std::string MachineProcesses::random_hex(int digits) {
    std::string text;
    for (int i = 0; i < digits; ++i) text += "0123456789abcdef"[process_.dice.pick(For::identity, 16)];
    return text;
}

}  // namespace tw::simulation
