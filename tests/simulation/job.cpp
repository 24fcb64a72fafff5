#include "simulation/job.hpp"

#include <fmt/format.h>

#include "simulation/judge.hpp"
#include "support/wrapper_twin.hpp"
#include "trialdir/layout.hpp"

namespace tw::simulation {

namespace {

constexpr double for_ever = 1e12;

// Longer than any script works that does not hang: who is told to end by then was not told for its own time
// limit.
constexpr double longest_work = 900;

int run_command(Process& wrapper, Judge& judge, JobRun& run, std::uint64_t inode,
                const std::function<void()>& told) {
    auto end = std::make_shared<ScriptEnd>();
    Script script{run.job, {run.argv.begin() + 8, run.argv.end()}, inode};
    double begin = wrapper.world.now();
    auto process = wrapper.world.start("script", wrapper.machine, [&judge, script, end](Process& self) {
        run_script(self, judge, script, *end);
    });
    run.script = process;
    process->on_end = [parent = run.wrapper] {
        if (auto waiting = parent.lock()) waiting->wake();
    };
    for (int passed_on = 0; !process->over();) {
        if (wrapper.interrupts > passed_on) {
            passed_on = wrapper.interrupts;
            process->interrupts = passed_on;
            process->wake();
            told();
        }
        if (!process->over()) wrapper.pause_until(for_ever);
    }
    bool obeyed = run.obeys && process->interrupts > 0 && wrapper.world.now() - begin < longest_work;
    if (!end->good && !obeyed) judge.bad_end(script.job);
    run.did_well = end->good;
    return end->status;
}

}  // namespace

int run_job(Process& wrapper, Judge& judge, const std::shared_ptr<JobRun>& run) {
    support::WrapperArguments arguments{run->argv[3], run->job.trial, run->job.key, run->argv[6],
                                        run->argv[7]};
    ClientFileSystem fs(wrapper, judge);
    std::uint64_t inode = 0;
    support::WrapperSite site;
    site.self = {false,       wrapper.machine.name, wrapper.machine.boot,
                 wrapper.pid, wrapper.start_time,   fmt::format("{}x{}", wrapper.pid, wrapper.start_time)};
    site.told_to_end = [&] { return wrapper.interrupts > 0; };
    site.entered = [&] {
        auto home = wrapper.world.disk->find(layout::trial(arguments.trial));
        inode = home ? (*home)->inode : 0;
    };
    site.command = [&](const std::function<void()>& told) {
        return run_command(wrapper, judge, *run, inode, told);
    };
    int status = support::run_wrapper(fs, arguments, site);
    run->left = true;
    return status;
}

void terminate(JobRun& run) {
    auto wrapper = run.wrapper.lock();
    if (!wrapper) return;
    wrapper->interrupts++;
    wrapper->wake();
}

void kill(JobRun& run) {
    if (run.script) run.script->kill();
    if (auto wrapper = run.wrapper.lock()) wrapper->kill();
}

}  // namespace tw::simulation
