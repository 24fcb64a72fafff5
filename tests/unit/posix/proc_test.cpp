#include "posix/proc.hpp"

#include <gtest/gtest.h>

#include "posix/filesystem.hpp"
#include "posix/limits.hpp"
#include "support/temp_directory.hpp"

namespace tw {
namespace {

using Strings = std::vector<std::string>;

TEST(ProcStat, SurvivesAnyCommandName) {
    const std::string rest = " S 1 77 78 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 5550 2 3\n";
    for (const char* name : {"(sh)", "(a b)", "() 1 2 (x))", "(a\n) R 1 2 3 4)"}) {
        ProcStat stat;
        ASSERT_TRUE(parse_proc_stat("42 " + std::string(name) + rest, stat)) << name;
        EXPECT_EQ(stat.pid, 42);
        EXPECT_EQ(stat.state, 'S');
        EXPECT_EQ(stat.session, 78);
        EXPECT_EQ(stat.start_time, 5550);
    }
}

TEST(ProcStat, TellsWhereTheEnvironmentLies) {
    const std::string before = "42 (sh) S 1 77 78 0 -1 ", between = " 1 0 0 0 0 0 0 0 20 0 1 0 5550",
                      numbers = " 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28",
                      end = " 0\n";
    ProcStat stat;
    ASSERT_TRUE(parse_proc_stat(before + "4194304" + between + numbers + " 501 602" + end, stat));
    EXPECT_EQ(stat.environment_begin, 501);
    EXPECT_EQ(stat.environment_end, 602);
    EXPECT_TRUE(stat.has_memory);
    ASSERT_TRUE(parse_proc_stat(before + "4194308" + between + "\n", stat));
    EXPECT_EQ(stat.environment_end, 0);
    EXPECT_FALSE(stat.has_memory) << "it ends";
    ASSERT_TRUE(look_at_process(::getpid(), stat) == Look::found);
    EXPECT_GT(stat.environment_end, stat.environment_begin);
}

TEST(ProcStat, RefusesHalfATable) {
    ProcStat stat;
    for (const char* text : {"", "42", "42 (sh)", "42 (sh) S 1 2 3", "x (sh) S 1 77 78"}) {
        EXPECT_FALSE(parse_proc_stat(text, stat)) << text;
    }
}

TEST(ProcStat, TellsGoneFromFound) {
    ProcStat stat;
    EXPECT_EQ(look_at_process(1, stat), Look::found);
    EXPECT_EQ(look_at_process(0, stat), Look::gone);
    EXPECT_EQ(look_at_process(std::int64_t{1} << 40, stat), Look::gone);
}

TEST(UserListed, IsFoundByNumber) {
    const char* text = "root:x:0:0:root:/root:/bin/sh\n# no line\n\nann:x:1000:100::/home/ann:\nlast:x:7:7";
    EXPECT_EQ(user_listed(text, 0), "root");
    EXPECT_EQ(user_listed(text, 1000), "ann");
    EXPECT_EQ(user_listed(text, 7), "last");
    EXPECT_EQ(user_listed(text, 100), "");  // a group
    EXPECT_EQ(user_listed(text, 70), "");
}

class CgroupTest : public ::testing::Test {
protected:
    void put(const std::string& path, const std::string& text) {
        for (std::size_t slash = 0; (slash = path.find('/', slash)) != path.npos; ++slash) {
            (void)fs->make_directory(path.substr(0, slash));
        }
        ASSERT_TRUE(fs->create(path, text));
    }
    CgroupLimits limits(const std::string& text) { return read_cgroup_limits(text, temp.path()); }

    support::TempDirectory temp;
    std::unique_ptr<FileSystem> fs = PosixFileSystem::open(temp.path()).value();
};

TEST_F(CgroupTest, NothingKnownIsUnlimited) {
    EXPECT_EQ(limits("").cpus, 0);
    EXPECT_EQ(limits("0::/\n").memory, 0);
    EXPECT_EQ(limits("nonsense").cpus, 0);
}

TEST_F(CgroupTest, VersionTwoTakesTheTightestLevel) {
    put("slurm/cpu.max", "250000 100000\n");
    put("slurm/memory.max", "2147483648\n");
    put("slurm/job/cpu.max", "max 100000\n");
    put("slurm/job/memory.max", "max\n");
    put("slurm/job/step/memory.max", "4294967296\n");
    auto found = limits("0::/slurm/job/step\n");
    EXPECT_EQ(found.cpus, 3);
    EXPECT_EQ(found.memory, 2147483648);
}

TEST_F(CgroupTest, InsideAContainerThePathMayNotExist) {
    put("cpu.max", "50000 100000\n");
    EXPECT_EQ(limits("0::/system.slice/docker-1234.scope\n").cpus, 1);
}

TEST_F(CgroupTest, VersionOne) {
    put("cpu,cpuacct/job/cpu.cfs_quota_us", "400000\n");
    put("cpu,cpuacct/job/cpu.cfs_period_us", "100000\n");
    put("memory/job/memory.limit_in_bytes", "1073741824\n");
    put("memory/memory.limit_in_bytes", "9223372036854771712\n");
    auto found = limits("4:cpu,cpuacct:/job\n3:memory:/job\n1:name=systemd:/x\n");
    EXPECT_EQ(found.cpus, 4);
    EXPECT_EQ(found.memory, 1073741824);
}

TEST_F(CgroupTest, VersionOneWithoutQuota) {
    put("cpu/cpu.cfs_quota_us", "-1\n");
    put("cpu/cpu.cfs_period_us", "100000\n");
    EXPECT_EQ(limits("4:cpu:/\n").cpus, 0);
}

TEST(Gpus, FromTheVariable) {
    EXPECT_EQ(find_gpus("0,2", "/none"), (Strings{"0", "2"}));
    EXPECT_EQ(find_gpus("GPU-8f2b", "/none"), Strings{"GPU-8f2b"});
    for (const char* none : {"", "-1", "NoDevFiles"}) EXPECT_EQ(find_gpus(none, "/none"), Strings{}) << none;
    EXPECT_EQ(find_gpus("1,-1,2", "/none"), Strings{"1"});
}

TEST(Gpus, FromTheDevices) {
    support::TempDirectory temp;
    auto fs = PosixFileSystem::open(temp.path()).value();
    EXPECT_EQ(find_gpus(nullptr, temp.path()), Strings{});
    EXPECT_EQ(find_gpus(nullptr, temp / "none"), Strings{});
    for (const char* name : {"nvidia0", "nvidia3", "nvidiactl", "nvidia-uvm", "nvidia"}) {
        ASSERT_TRUE(fs->create(name, ""));
    }
    EXPECT_EQ(find_gpus(nullptr, temp.path()), (Strings{"0", "1"}));
}

}  // namespace
}  // namespace tw
