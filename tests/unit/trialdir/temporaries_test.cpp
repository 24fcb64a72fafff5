#include "trialdir/temporaries.hpp"

#include <gmock/gmock.h>

#include "support/fake_processes.hpp"
#include "support/virtual_filesystem.hpp"

namespace tw::test {
namespace {

using support::FakeProcesses;

TEST(Temporaries, AreAbandonedWhenTheirMakerIsNotThereAnyMore) {
    FakeProcesses processes("a-host");
    ProcessId other = processes.add({"trialctl"});
    std::string name = ".stop.00ff." + maker_name("a-host", other) + ".tmp";
    EXPECT_FALSE(is_abandoned(name, processes));
    processes.finish(other.pid, 0);
    EXPECT_TRUE(is_abandoned(name, processes));
    EXPECT_TRUE(
        is_abandoned("." + maker_name(processes.self()) + ".tmp", processes));  // ours, and not in the making
}

TEST(Temporaries, OfOtherHostsAndOfUnknownMakersAreLeftAlone) {
    FakeProcesses here("n1"), there("n2"), longer("n1-a");
    std::string others[]{".stop." + maker_name(there.self()) + ".tmp",
                         ".stop." + maker_name(longer.self()) + ".tmp"};
    here.restart();
    for (auto& name : others) EXPECT_FALSE(is_abandoned(name, here)) << name;
    for (auto* name : {"stop.n1-9x9.tmp", ".stop.n1-9x9", ".stop.n1-9.tmp", ".stop.n1-9x.tmp",
                       ".stop.n1-9x9a.tmp", ".stop.n1.tmp", ".config.json.swp", ".tmp", "", ".n1-x.tmp"})
        EXPECT_FALSE(is_abandoned(name, here)) << name;
    EXPECT_TRUE(is_abandoned(".stop.n1-9x9.tmp", here));
}

TEST(Temporaries, NothingElseIsRemoved) {
    FakeProcesses processes("n1");
    support::VirtualFileSystem fs;
    fs.put("d/.stop.n1-9x9.tmp", "");
    fs.put("d/.retry." + maker_name("n1", processes.add({"trialctl"})) + ".tmp", "");
    fs.put("d/stop", "");
    fs.make_directories("d/.folder.n1-9x9.tmp");
    remove_abandoned(fs, "d", processes);
    EXPECT_FALSE(fs.exists("d/.stop.n1-9x9.tmp"));
    EXPECT_EQ(fs.list("d")->size(), 3u);
    remove_abandoned(fs, "missing", processes);
}

}  // namespace
}  // namespace tw::test
