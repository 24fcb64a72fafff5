#include "parts.hpp"

#include <unistd.h>

#include <cstdlib>

#include "app/agent/host_helper.hpp"
#include "app/agent/ranks.hpp"
#include "base/environment.hpp"
#include "posix/conversation.hpp"
#include "posix/marked.hpp"
#include "posix/processes.hpp"
#include "posix/spawn.hpp"
#include "posix/topology.hpp"
#include "records/documents.hpp"
#include "runners.hpp"
#include "support/real_ports.hpp"
#include "trialdir/publish.hpp"

namespace tw {

namespace {

const char* name_of_program = "trialagent";

// The script's own TMPDIR is on the script's host.
void leave_foreign_tmp(const std::string& tmp) {
    if (tmp.empty() || ::access(tmp.c_str(), F_OK) == 0) return;
    std::string beside = tmp.substr(0, tmp.rfind('/'));
    ::setenv("TMPDIR", ::access(beside.c_str(), W_OK) == 0 ? beside.c_str() : "/tmp", 1);
}

// This process, and what descends from it, can be found by the mark before it looks whether it may start: one
// that a search for them misses finds no places.
Status be_marked(const RankOf& rank, int argc, char** argv) {
    std::string mark = rank_mark(rank.agent, rank.job), name = mark.substr(0, mark.find('='));
    std::string value = mark.substr(name.size() + 1);
    const char* now = std::getenv(name.c_str());
    if (now && now == value) return {};
    ::setenv(name.c_str(), value.c_str(), 1);
    std::vector<std::string> words{argv + 1, argv + argc};
    words.insert(words.begin(), sibling_program("trialagent"));
    return fail(become(words));  // others see the environment that a program began with
}

std::vector<int> settle_in(const RankPlaces& places) {
    PosixProcesses processes;
    auto environment = processes.environment();
    ::setenv("OMP_NUM_THREADS", std::to_string(places.cpus).c_str(), 0);
    const RankPlaces::Host* host = host_of_rank(places, processes.self().name, environment);
    leave_foreign_tmp(variable_of(environment, "TMPDIR"));
    if (!host) return {};
    if (host->gpus)
        for (auto* variable : {"CUDA_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES"})
            ::setenv(variable, host->gpus->c_str(), 1);
    return cpus_of_rank(places, *host, local_rank(environment));
}

}  // namespace

// Signals are the agent's affair: what a batch system sends to all of an allocation's processes ends no
// helper.
int run_as_host(int argc, char** argv) {
    if (argc != 5) return 2;
    std::string id = argv[3], tmp = argv[4];
    auto real = RealPorts::open(argv[2], name_of_program, false);
    if (!real) return report(name_of_program, {real.error()});
    Ports ports = (*real)->ports();
    PosixMarkedProcesses marked;
    auto agent = talk_with_parent();
    HostRunner jobs(ports, LocalRunner::without_books(ports.processes, id), tmp == "none" ? "" : tmp);
    HostHelper helper(*agent, jobs.runner(), marked, ports.clock);
    helper.greet(size_of_this_host(ports.processes));
    while (!helper.over()) {
        (void)ports.waker.wait(Seconds(helper.sweeps() ? 0.02 : 0.5));
        helper.tick();
    }
    return 0;
}

int run_as_rank(int argc, char** argv) {
    auto rank = argc > 3 ? parse_rank_word(argv[2]) : std::nullopt;
    if (!rank)
        return report(name_of_program, {{Code::usage, "no rank is named", {}, {}, 0, "use $TRIAL_MPIEXEC"}});
    if (auto marked = be_marked(*rank, argc, argv); !marked) return report(name_of_program, {marked.error()});
    auto fs = open_directory(rank->experiment);
    if (!fs) return report(name_of_program, {fs.error()});
    std::string path = ranks_path(rank->agent, rank->job);
    auto text = read_document(**fs, path, document_limit);
    if (!text && text.error().code == Code::not_found)
        return report(name_of_program, {{Code::refused, "the job of this rank is over", {}, {}, 0, {}}});
    auto places = text ? read_rank_places(*text, path) : Result<RankPlaces>(fail(text.error()));
    if (!places) return report(name_of_program, {places.error()});
    Confined confined(settle_in(*places));
    return report(name_of_program, {become({argv + 3, argv + argc})});
}

}  // namespace tw
