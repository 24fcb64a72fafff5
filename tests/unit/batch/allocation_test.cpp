#include "batch/allocation.hpp"

#include <gmock/gmock.h>

#include "support/fake_commands.hpp"

namespace tw {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const Instant now{Seconds(1767225600)};

struct AllocationTest : testing::Test {
    support::FakeCommands commands;

    Allocation find(const std::vector<std::string>& environment, const std::string& said = "",
                    int status = 0) {
        commands.answer = [=](const Command&) { return Result<CommandResult>({status, said, ""}); };
        return find_allocation(environment, now, commands);
    }
};

TEST_F(AllocationTest, a_login_by_ssh_is_none) {
    Allocation found = find({"JOB_ID=5"});
    EXPECT_EQ(found.name, "");
    EXPECT_FALSE(found.ends);
    EXPECT_EQ(found.cpus, 0);
    EXPECT_THAT(commands.ran, IsEmpty());
}

TEST_F(AllocationTest, slurm_says_its_end) {
    Allocation found = find({"SLURM_JOB_ID=77", "SLURM_JOB_END_TIME=1764150060", "SLURM_CPUS_ON_NODE=18",
                             "SLURM_MEM_PER_NODE=4096"});
    EXPECT_EQ(found.name, "slurm 77");
    EXPECT_EQ(found.ends, Instant(Seconds(1764150060)));
    EXPECT_EQ(found.cpus, 18);
    EXPECT_EQ(found.memory, std::int64_t{4} << 30);
    EXPECT_THAT(commands.ran, IsEmpty());
}

// Before 23.02 it does not.
TEST_F(AllocationTest, slurm_is_asked_where_it_does_not_say) {
    for (auto& [said, left] :
         {std::pair{"1:02\n", 62.0}, std::pair{"3:00:00\n", 10800.0}, std::pair{"2-00:00:01\n", 172801.0}})
        EXPECT_EQ(find({"SLURM_JOB_ID=77"}, said).ends, now + Seconds(left)) << said;
    EXPECT_THAT(commands.ran.back().argv, ElementsAre("squeue", "-h", "-j", "77", "-o", "%L"));
    for (auto* said : {"UNLIMITED", "NOT_SET", "", "x:y"})
        EXPECT_FALSE(find({"SLURM_JOB_ID=77"}, said).ends) << said;
    EXPECT_FALSE(find({"SLURM_JOB_ID=77"}, "1:02\n", 1).ends);
}

// As HTCondor 23 writes it.
TEST_F(AllocationTest, htcondor_says_it_in_the_job_ad) {
    const std::string ad =
        "AllowedExecuteDuration = 900\nAllowedJobDuration = 1000\nClusterId = 12\nCpusProvisioned = 2\n"
        "JobCurrentStartDate = 1767225590\nJobStartDate = 1767225590\nMemoryProvisioned = 128\nProcId = 3\n"
        "Requirements = (TARGET.Arch == \"X86_64\") && (TARGET.Cpus >= RequestCpus)\n";
    Allocation found = find({"_CONDOR_JOB_AD=/scratch/.job.ad"}, ad);
    EXPECT_THAT(commands.ran.back().argv, ElementsAre("cat", "/scratch/.job.ad"));
    EXPECT_EQ(found.name, "htcondor 12.3");
    EXPECT_EQ(found.ends, now + Seconds(900));
    EXPECT_EQ(found.cpus, 2);
    EXPECT_EQ(found.memory, std::int64_t{128} << 20);
    EXPECT_EQ(find({"_CONDOR_JOB_AD=/x"}, ad.substr(ad.find("AllowedJob"))).ends, now + Seconds(990));
    EXPECT_FALSE(find({"_CONDOR_JOB_AD=/x"}, "CpusProvisioned = 2\n").ends);
    EXPECT_FALSE(find({"_CONDOR_JOB_AD=/x"}, "", 1).ends);
}

// As qstat 8.1.9 writes it.
TEST_F(AllocationTest, gridengine_is_asked) {
    const std::string xml =
        "<?xml "
        "version='1.0'?><detailed_job_info><djob_info><element><JB_hard_resource_list><qstat_l_requests>"
        "<CE_name>h_vmem</CE_name><CE_stringval>2G</CE_stringval></qstat_l_requests><qstat_l_requests>"
        "<CE_name>h_rt</CE_name><CE_valtype>3</CE_valtype><CE_stringval>1000</CE_stringval></"
        "qstat_l_requests>"
        "</JB_hard_resource_list><JB_ja_tasks><element><JAT_task_number>1</JAT_task_number>"
        "<JAT_start_time>1767225500</JAT_start_time></element><element><JAT_task_number>5</JAT_task_number>"
        "<JAT_start_time>1767225550</JAT_start_time></element>"
        "</JB_ja_tasks></element></djob_info></detailed_job_info>";
    std::vector<std::string> environment{"SGE_ROOT=/opt/sge", "JOB_ID=9", "SGE_TASK_ID=undefined", "NSLOTS=4",
                                         "SGE_BINARY_PATH=/opt/sge/bin/lx"};
    Allocation found = find(environment, xml);
    EXPECT_THAT(commands.ran.back().argv, ElementsAre("qstat", "-j", "9", "-xml"));
    EXPECT_EQ(found.name, "gridengine 9");
    EXPECT_EQ(found.ends, now + Seconds(900));
    EXPECT_EQ(found.cpus, 4);
    environment[2] = "SGE_TASK_ID=5";
    environment.push_back("NHOSTS=2");  // its slots lie on several hosts
    EXPECT_EQ(find(environment, xml).name, "gridengine 9.5");
    EXPECT_EQ(find(environment, xml).ends, now + Seconds(950));
    EXPECT_EQ(find(environment, xml).cpus, 0);
    EXPECT_THAT(commands.ran.size(), 4u);
    EXPECT_FALSE(find(environment, "", 127).ends);
    EXPECT_EQ(commands.ran.back().argv[0], "/opt/sge/bin/lx/qstat");
    for (auto* said : {"", "<unknown_jobs/>", "not XML"}) EXPECT_FALSE(find(environment, said).ends) << said;
}

TEST_F(AllocationTest, pbs_has_a_name) {
    EXPECT_EQ(find({"PBS_JOBID=33.server"}).name, "pbs 33.server");
}

}  // namespace
}  // namespace tw
