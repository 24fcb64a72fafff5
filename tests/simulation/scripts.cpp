#include "simulation/scripts.hpp"

#include <fmt/format.h>

#include "simulation/judge.hpp"
#include "simulation/world.hpp"
#include "support/virtual_filesystem.hpp"
#include "trialdir/layout.hpp"
#include "trialdir/publish.hpp"

namespace tw::simulation {

namespace {

constexpr int inputs = 2;
constexpr double time_limit = 1800;

struct Failed {
    int status;
};

// Relative paths of a directory that may be renamed under the script.
class Here {
public:
    Here(Process& process, Judge& judge, std::uint64_t inode) : process_(process), fs_(process, judge), inode_(inode) {}

    // Written as scripts do it: not synced, not by a rename.
    void write(const std::string& name, const std::string& text) {
        std::string path = place() + "/" + name;
        (void)remove_if_there(fs_, path);
        if (!fs_.create(path, text)) throw Failed{1};
    }
    void make_directory(const std::string& name) {
        auto made = fs_.make_directory(place() + "/" + name);
        if (!made && made.error().code != Code::exists) throw Failed{1};
    }
    std::string read(const std::string& name) {
        auto text = fs_.read(place() + "/" + name, 0, 1 << 20);
        if (!text) throw Failed{1};
        return *text;
    }

private:
    std::string place() const {
        for (auto& directory : {layout::trials, layout::zombies}) {
            auto node = process_.world.disk->find(directory);
            if (!node) continue;
            for (auto& [name, child] : (*node)->entries)
                if (child->inode == inode_) return directory + "/" + name;
        }
        throw Failed{1};
    }

    Process& process_;
    ClientFileSystem fs_;
    std::uint64_t inode_;
};

// Work that ends early when it is told to.
void work(Process& process, double seconds) {
    double end = process.world.now() + seconds;
    while (process.world.now() < end) {
        if (process.interrupts > 0) throw Failed{143};
        process.pause_until(end);
    }
}

void train(Here& here, bool marks) {
    here.make_directory("flows");
    for (int i = 1; i <= inputs; ++i) here.write(fmt::format("flows/{}.json", i), fmt::format("{{\"input\":{}}}", i));
    if (marks) here.write("training_done", "");
}

void flow(Here& here, const std::string& input, bool marks) {
    if (here.read(input).empty()) throw Failed{1};
    here.make_directory("flows/results");
    if (marks) here.write("flows/results/" + name_of(input), "{}");
}

void metric(Here& here, const JobRef& job, bool marks) {
    auto config = read_config(here.read("config.json"), "config.json");
    if (!config) throw Failed{1};
    if (marks)
        here.write("result.json", fmt::format("{{\"cost\":{},\"attempt\":{},\"incarnation\":{}}}", cost_of(*config),
                                              job.key.attempt, job.key.incarnation));
}

int act(Process& process, Judge& judge, const Script& script) {
    const Profile& profile = process.world.profile;
    Here here(process, judge, script.inode);
    auto happens = [&](double chance, const char* words) {
        return process.world.fault(process.dice, For::behaviour, chance,
                                   [&] { return script.job.trial + " " + script.job.key.name() + " " + words; });
    };
    bool marks = !happens(profile.no_marker, "forgets its marker");
    bool long_one = happens(profile.too_long, "hangs");
    bool bad = happens(profile.bad_exit, "fails");
    work(process, long_one ? time_limit * 3 : process.dice.between(For::length, 5, 300));
    if (bad) return 1;
    const std::string& name = script.command.front();
    if (name == "train") train(here, marks);
    if (name == "flow") flow(here, script.command.back(), marks);
    if (name == "metric") metric(here, script.job, marks);
    return marks ? 0 : throw Failed{0};
}

}  // namespace

std::string experiment_text(const Profile& profile, std::uint64_t seed) {
    std::string limit = profile.limited ? fmt::format(R"(,"resources":{{"time":{}}})", time_limit) : "";
    return fmt::format(R"({{"format":1,"name":"simulation","space":{{"x":{{"type":"float","low":0,"high":1}}}},
"optimizer":{{"sampler":"random","trials":{0},"parallel":{1},"seed":{2}}},
"limits":{{"infra_delay":"30s","infra_retries":1000}},
"stages":[
{{"name":"train","command":["train"],"done":"training_done","retries":{4}{3}}},
{{"name":"flow","command":["flow"],"array":"flows/*.json","done":"flows/results/{{stem}}.json","retries":{4}{3}}},
{{"name":"metric","command":["metric"],"done":"result.json","retries":{4}{3}}}]}})",
                       profile.trials, profile.parallel, seed % 1000, limit, profile.retries);
}

double cost_of(const Config& config) {
    auto x = config.params.find("x");
    return x == config.params.end() ? 0 : std::get<double>(x->second) / 2;
}

// Tells the judge of its end however it comes.
class Watched {
public:
    Watched(Judge& judge, const Script& script) : judge_(judge), script_(script) {
        judge_.script_starts(script_.job, script_.inode);
    }
    ~Watched() { judge_.script_ends(script_.job, script_.inode); }
    Watched(const Watched&) = delete;
    Watched& operator=(const Watched&) = delete;

private:
    Judge& judge_;
    const Script& script_;
};

void run_script(Process& process, Judge& judge, const Script& script, ScriptEnd& end) {
    Watched watched(judge, script);
    try {
        end = {act(process, judge, script), true};
    } catch (const Failed& failure) {
        end = {failure.status, false};
    }
    if (end.status != 0) end.good = false;
}

}  // namespace tw::simulation
