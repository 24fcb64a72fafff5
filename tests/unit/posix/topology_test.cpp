#include "posix/topology.hpp"

#include <gmock/gmock.h>
#include <sys/wait.h>

#include <boost/filesystem.hpp>
#include <fstream>

#include "posix/processes.hpp"
#include "support/temp_directory.hpp"

namespace tw {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

void put(const std::string& path, const std::string& text) {
    boost::filesystem::create_directories(boost::filesystem::path(path).parent_path());
    std::ofstream(path) << text;
}

TEST(CpuLists, are_read_as_the_kernel_writes_them) {
    EXPECT_THAT(parse_cpu_list("0-3,8,10-11\n"), ElementsAre(0, 1, 2, 3, 8, 10, 11));
    EXPECT_THAT(parse_cpu_list("5"), ElementsAre(5));
    for (auto* text : {"", "\n", "x", "-1"}) EXPECT_THAT(parse_cpu_list(text), IsEmpty()) << text;
    EXPECT_THAT(parse_cpu_list("3-1,7"), IsEmpty());
    EXPECT_THAT(parse_cpu_list("0-4000000000"), IsEmpty());
    EXPECT_THAT(parse_cpu_list("0-2000000000"), SizeIs(65536));
}

TEST(CpuPlaces, are_what_the_kernel_says) {
    support::TempDirectory system;
    put(system / "node/online", "0-1\n");
    put(system / "node/node0/cpulist", "0,2\n");
    put(system / "node/node1/cpulist", "1,3\n");
    put(system / "cpu/cpu0/topology/core_cpus_list", "0,2\n");
    put(system / "cpu/cpu2/topology/core_cpus_list", "0,2\n");
    put(system / "cpu/cpu1/topology/thread_siblings_list", "1,3\n");  // before Linux 5.3
    put(system / "cpu/cpu3/topology/thread_siblings_list", "1,3\n");
    EXPECT_THAT(read_cpu_places({0, 1, 2, 3}, system.path()),
                ElementsAre(CpuPlace{0, 0, 0}, CpuPlace{1, 1, 1}, CpuPlace{2, 0, 0}, CpuPlace{3, 1, 1}));
    EXPECT_THAT(read_cpu_places({4}, system / "nowhere"), ElementsAre(CpuPlace{4, 4, 0}));
}

TEST(Pinning, a_child_runs_where_it_is_told_and_its_parent_where_it_was) {
    auto own = own_cpus();
    ASSERT_FALSE(own.empty());
    support::TempDirectory home;
    PosixProcesses processes;
    Spawn spawn;
    spawn.argv = {"/bin/sh", "-c", "grep Cpus_allowed_list /proc/self/status"};
    spawn.environment = {"PATH=/usr/bin:/bin"};
    spawn.output = home / "out";
    spawn.cpus = {own.back()};
    auto child = processes.spawn(spawn);
    ASSERT_TRUE(child);
    ::waitpid(static_cast<pid_t>(child->pid), nullptr, 0);
    std::ifstream file(home / "out");
    std::string word, list;
    file >> word >> list;
    EXPECT_THAT(parse_cpu_list(list), ElementsAre(own.back()));
    EXPECT_EQ(own_cpus(), own);
}

}  // namespace
}  // namespace tw
