#include "app/agent/wide_settings.hpp"

#include <gmock/gmock.h>

#include "support/fake_clock.hpp"
#include "support/fake_commands.hpp"
#include "support/fake_processes.hpp"
#include "support/said_log.hpp"
#include "support/virtual_filesystem.hpp"

namespace tw {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

struct WideSettingsTest : testing::Test {
    support::VirtualFileSystem fs;
    support::FakeClock clock;
    support::FakeWaker waker{&clock};
    support::FakeProcesses processes{"a"};
    support::SaidLog log;
    support::FakeCommands commands;
    AgentSettings settings;
    WideSettings wide;
    std::map<std::string, std::string> files;

    Result<WidePlan> plan() {
        Ports ports{fs, clock, waker, processes, log};
        EXPECT_TRUE(complete(settings, ports, commands));
        return plan_wide(wide, settings, ports, commands,
                         [&](const std::string& path) -> Result<std::string> {
                             if (files.contains(path)) return files[path];
                             return fail(Code::io, "no such file");
                         });
    }
};

TEST_F(WideSettingsTest, hosts_that_are_given) {
    wide.hosts = "a:18,b:4";
    settings.slots = 3;
    settings.memory = "2G";
    settings.gpus = "0,1";
    auto made = plan();
    ASSERT_TRUE(made);
    EXPECT_THAT(made->options.hosts, ElementsAre(HostCount{"a", 18}, HostCount{"b", 4}));
    EXPECT_EQ(made->options.own, "a");
    EXPECT_EQ(made->options.slots, 3);
    EXPECT_EQ(made->options.memory, std::int64_t{2} << 30);
    EXPECT_THAT(*made->options.gpus, ElementsAre("0", "1"));
    EXPECT_EQ(made->templates.remote("b", {})[0], "ssh");
}

TEST_F(WideSettingsTest, what_nobody_says_each_helper_finds) {
    wide.hosts = "a,b";
    auto made = plan();
    ASSERT_TRUE(made);
    EXPECT_EQ(made->options.slots, 0);
    EXPECT_EQ(made->options.memory, 0);
    EXPECT_FALSE(made->options.gpus);
}

TEST_F(WideSettingsTest, hosts_of_slurm) {
    for (auto* entry : {"SLURM_JOB_ID=7", "SLURM_JOB_END_TIME=1767229200", "SLURM_JOB_NODELIST=n[1-3]",
                        "SLURM_JOB_CPUS_PER_NODE=18(x2),4", "SLURMD_NODENAME=n1"})
        processes.variables.push_back(entry);
    commands.answer = [](const Command&) { return CommandResult{0, "n1\nn2\nn3\n", ""}; };
    wide.hosts = "auto";
    auto made = plan();
    ASSERT_TRUE(made) << made.error().text();
    EXPECT_THAT(made->options.hosts,
                ElementsAre(HostCount{"n1", 18}, HostCount{"n2", 18}, HostCount{"n3", 4}));
    EXPECT_EQ(made->options.own, "n1");
    EXPECT_EQ(made->templates.remote("n2", {})[0], "srun");
}

TEST_F(WideSettingsTest, hosts_of_grid_engine_and_pbs) {
    wide.hosts = "auto";
    files["/spool/pe"] = "a 8 all.q@a UNDEFINED\nb 4 all.q@b UNDEFINED\n";
    files["/spool/nodes"] = "a\nb\n";
    processes.variables.push_back("PBS_NODEFILE=/spool/nodes");
    EXPECT_THAT(plan()->options.hosts, ElementsAre(HostCount{"a", 0}, HostCount{"b", 0}));
    processes.variables.push_back("PE_HOSTFILE=/spool/pe");
    EXPECT_THAT(plan()->options.hosts, ElementsAre(HostCount{"a", 8}, HostCount{"b", 4}));
    files.clear();
    EXPECT_EQ(plan().error().code, Code::io);
}

TEST_F(WideSettingsTest, where_nothing_says_which_hosts_there_are_it_is_told_how) {
    wide.hosts = "auto";
    auto made = plan();
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, Code::usage);
    EXPECT_THAT(made.error().hint, HasSubstr("--hosts a:18"));
}

}  // namespace
}  // namespace tw
