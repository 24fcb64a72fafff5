// Which of Slurm's commands are run, in which environment, and what becomes of their answers.
#include <gmock/gmock.h>

#include "base/text.hpp"
#include "batch/slurm/slurm.hpp"
#include "support/fake_clock.hpp"
#include "support/fake_commands.hpp"
#include "support/fake_processes.hpp"
#include "support/said_log.hpp"
#include "support/virtual_filesystem.hpp"

namespace tw {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

class SlurmSystem : public testing::Test {
protected:
    SlurmSystem() {
        processes.variables = {"PATH=/usr/bin", "HOME=/home/u",     "SLURM_CONF=/etc/s.conf", "TOKEN=s3cret",
                               "SBATCH_WAIT=1", "SQUEUE_FORMAT=%i", "SLURM_MEM_PER_CPU=10",   "MODEL=m"};
        said["sinfo"] = {0, "main*|2|8|4000|(null)\n", ""};
        said["scontrol"] = {0, "MaxArraySize            = 501\n", ""};
        said["sbatch"] = {0, "143\n", ""};
        commands.answer = [this](const Command& command) -> Result<CommandResult> {
            auto known = said.find(command.argv[0]);
            if (known == said.end()) return fail(Code::not_found, "there is no " + command.argv[0]);
            return known->second;
        };
    }

    BatchSystem& system() {
        if (!system_) {
            auto made = make_slurm({files, clock, processes, commands, log, "0123456789abcdef"}, settings);
            EXPECT_TRUE(made) << made.error().text();
            system_ = std::move(*made);
            commands.ran.clear();
        }
        return *system_;
    }

    std::vector<std::string> lines() const {
        std::vector<std::string> lines;
        for (auto& command : commands.ran) lines.push_back(join(command.argv, " "));
        return lines;
    }

    support::VirtualFileSystem files;
    support::FakeClock clock;
    support::FakeProcesses processes;
    support::FakeCommands commands;
    support::SaidLog log;
    SystemSettings settings;
    std::map<std::string, CommandResult> said;

private:
    std::unique_ptr<BatchSystem> system_;
};

JobGroup array_of(int tasks) {
    JobGroup group;
    group.token = "tw";
    for (int task = 1; task <= tasks; ++task) group.indexes.push_back(task);
    group.directory = "/x/trials/000001";
    group.launch = "/x/launch.sh";
    group.log = "/x/log";
    return group;
}

KnownJob job(std::int64_t index, const std::string& token = "tw") {
    return {{token, index}, "", JobState::queued};
}

TEST_F(SlurmSystem, sbatch_gets_the_forwarded_variables_and_no_other) {
    settings.forward = {"MODEL", "ABSENT"};
    EXPECT_EQ(*system().submit(array_of(3)), "143");
    ASSERT_EQ(commands.ran.size(), 1u);
    EXPECT_THAT(commands.ran[0].environment,
                testing::UnorderedElementsAre("PATH=/usr/bin", "SLURM_CONF=/etc/s.conf", "MODEL=m"));
    EXPECT_THAT(commands.ran[0].argv,
                AllOf(Contains("--export=ALL"), Contains("--array=1-3"), Not(Contains(HasSubstr("s3cret")))));
    EXPECT_THAT(commands.ran[0].input, StartsWith("#!/bin/sh\n"));
}

TEST_F(SlurmSystem, variables_that_change_what_sbatch_does_are_not_forwarded) {
    settings.forward = {"SBATCH_PARTITION"};
    auto made = make_slurm({files, clock, processes, commands, log, "id"}, settings);
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().pointer, "/options/forward");
}

TEST_F(SlurmSystem, other_commands_get_what_they_need) {
    said["squeue"] = {};
    ASSERT_TRUE(system().look({job(1)}));
    EXPECT_THAT(commands.ran[0].environment,
                testing::UnorderedElementsAre("PATH=/usr/bin", "HOME=/home/u", "SLURM_CONF=/etc/s.conf",
                                              "LC_ALL=C", "SLURM_BITSTR_LEN=0"));
}

TEST_F(SlurmSystem, a_thousand_jobs_cost_one_look) {
    said["squeue"] = {0, "=143|143|2-1000|PENDING||n/a|tw|Priority|.\n=144|143|1|RUNNING|n1|n1|tw|None|.\n",
                      ""};
    std::vector<KnownJob> jobs;
    for (int index = 1; index <= 1000; ++index) jobs.push_back(job(index));
    auto reports = system().look(jobs);
    ASSERT_TRUE(reports);
    EXPECT_EQ(reports->size(), 1000u);
    EXPECT_THAT(lines(),
                ElementsAre("squeue --noheader --all --states=all --user=" +
                            std::to_string(processes.self().uid) + " --format==%A|%F|%K|%T|%N|%B|%j|%r|."));
}

TEST_F(SlurmSystem, a_look_that_fails_is_an_error) {
    said["squeue"] = {1, "", "slurm_load_jobs error: Unable to contact slurm controller (connect failure)\n"};
    auto reports = system().look({job(1)});
    ASSERT_FALSE(reports);
    EXPECT_TRUE(may_pass(reports.error()));
    EXPECT_EQ(reports.error().what,
              "squeue: slurm_load_jobs error: Unable to contact slurm controller (connect failure)");
    said["squeue"] = {137, "=143|143|1|RUNN", ""};
    EXPECT_FALSE(system().look({job(1)}));
    said["squeue"] = {0, "=143|143|1|RUNN", ""};
    EXPECT_FALSE(system().look({job(1)}));
}

TEST_F(SlurmSystem, a_killed_job_has_surely_ended_where_its_nodes_answer) {
    said["squeue"] = {0, "=144|143|1|TIMEOUT|n1|n1|tw|TimeLimit|.\n=145|143|2|COMPLETED|n2|n2|tw|None|.\n",
                      ""};
    said["sinfo"] = {0, "idle\n", ""};
    EXPECT_TRUE(system().look({job(1)})->at(0).end.confirmed);
    EXPECT_THAT(lines(),
                ElementsAre(StartsWith("squeue"), "sinfo --noheader --Node --all --nodes=n1 --format=%T"));
    said["sinfo"] = {0, "down*\n", ""};
    EXPECT_FALSE(system().look({job(1)})->at(0).end.confirmed);
    said["sinfo"] = {1, "", "slurm_load_node: Socket timed out\n"};
    EXPECT_FALSE(system().look({job(1)})->at(0).end.confirmed);
    commands.ran.clear();
    EXPECT_TRUE(system().look({job(2)})->at(0).end.confirmed);
    EXPECT_THAT(lines(), ElementsAre(StartsWith("squeue"))) << "its own daemon told";
}

TEST_F(SlurmSystem, what_waits_is_removed_and_what_runs_is_told) {
    said["squeue"] = {0,
                      "=143|143|2-9|PENDING||n/a|tw|Priority|.\n=144|143|1|RUNNING|n1|n1|tw|None|.\n"
                      "=99|99|N/A|RUNNING|n1|n1|foreign|None|.\n",
                      ""};
    said["scancel"] = {};
    EXPECT_TRUE(system().cancel({job(1), job(2), job(3), job(50)}, CancelHow::terminate));
    EXPECT_THAT(lines(), ElementsAre(StartsWith("squeue"), "scancel 143_[2-3]",
                                     "scancel --batch --signal=TERM 143_[1]"));
    commands.ran.clear();
    EXPECT_TRUE(system().cancel({job(1), job(2)}, CancelHow::kill));
    EXPECT_THAT(lines(), ElementsAre(StartsWith("squeue"), "scancel 143_[2]",
                                     "scancel --batch --signal=KILL 143_[1]", "scancel 143_[1]"));
}

// The id that submit() gave may be another job's by now.
TEST_F(SlurmSystem, only_ids_of_a_fresh_look_are_cancelled) {
    said["squeue"] = {0, "=143|143|N/A|RUNNING|n1|n1|other|None|.\n", ""};
    said["scancel"] = {};
    KnownJob known = job(0);
    known.id = "143";
    EXPECT_TRUE(system().cancel({known}, CancelHow::kill));
    EXPECT_THAT(lines(), ElementsAre(StartsWith("squeue")));
    commands.ran.clear();
    EXPECT_TRUE(system().cancel({}, CancelHow::kill));
    EXPECT_THAT(lines(), IsEmpty());
}

TEST_F(SlurmSystem, jobs_that_were_just_starting_are_looked_up_again) {
    said["squeue"] = {0, "=143|143|1|RUNNING|n1|n1|tw|None|.\n", ""};
    said["scancel"] = {
        228, "",
        "scancel: error: Kill job error on job id 143_[1]: Job can not be altered now, try again later\n"};
    EXPECT_FALSE(system().cancel({job(1)}, CancelHow::terminate));
    EXPECT_EQ(commands.ran.size(), 4u);
    said["squeue"] = {1, "", "slurm_load_jobs error: Socket timed out on send/recv operation\n"};
    EXPECT_FALSE(system().cancel({job(1)}, CancelHow::terminate));
}

// Then it goes on trying for longer than it is given.
TEST_F(SlurmSystem, an_sbatch_that_says_the_queue_is_full_and_is_killed_found_it_full) {
    commands.answer = [](const Command&) -> Result<CommandResult> {
        return fail(Code::io,
                    "sbatch did not answer within 30 s; it said: sbatch: error: Slurm temporarily unable to "
                    "accept job, sleeping and retrying.");
    };
    EXPECT_EQ(system().submit(array_of(3)).error().code, Code::busy);
    commands.answer = [](const Command&) -> Result<CommandResult> {
        return fail(Code::io, "sbatch did not answer within 30 s");
    };
    EXPECT_EQ(system().submit(array_of(3)).error().code, Code::io);
}

TEST_F(SlurmSystem, what_is_forgotten_is_looked_up_in_the_accounts) {
    said["sacct"] = {
        0, "143_1|NODE_FAIL|0:0|n1|tw\n143_2|COMPLETED|0:0|n1|tw\n143_2|COMPLETED|0:0|n1|foreign\n", ""};
    auto reports = system().recall({job(1), job(2), job(3)});
    ASSERT_TRUE(reports);
    ASSERT_EQ(reports->size(), 2u);
    EXPECT_EQ(reports->at(0).end.cause, EndCause::node);
    EXPECT_FALSE(reports->at(0).end.confirmed);
    EXPECT_TRUE(reports->at(1).end.confirmed);
    said["sacct"] = {1, "", "sacct: error: Problem talking to the database: Connection refused\n"};
    EXPECT_FALSE(system().recall({job(1)}));
}

TEST_F(SlurmSystem, a_site_without_accounts_is_asked_for_them_once) {
    settings.options["jobcomp"] = "/var/log/jobcomp";
    said["sacct"] = {1, "", "Slurm accounting storage is disabled\n"};
    said["grep"] = {1, "", ""};
    EXPECT_TRUE(system().recall({job(1)})->empty());
    EXPECT_TRUE(system().recall({job(1)})->empty());
    EXPECT_THAT(lines(), ElementsAre(StartsWith("sacct"), StartsWith("grep"), StartsWith("grep")));
    said["grep"] = {2, "", "grep: /var/log/jobcomp: Permission denied\n"};
    EXPECT_FALSE(system().recall({job(1)}));
}

TEST_F(SlurmSystem, what_the_site_has) {
    EXPECT_EQ(system().largest_array(), 500);
    EXPECT_EQ(system().slots(), 16);
    EXPECT_FALSE(system().possible(Resources{.cpus = 9}));
    EXPECT_TRUE(system().possible(Resources{.cpus = 8}));
    EXPECT_THAT(lines(), IsEmpty());
}

TEST_F(SlurmSystem, a_controller_that_is_away_at_the_start_refuses_nothing) {
    said["sinfo"] = {1, "", "slurm_load_partitions: Unable to contact slurm controller (connect failure)\n"};
    EXPECT_EQ(system().largest_array(), 1000);
    EXPECT_TRUE(system().possible(Resources{.cpus = 1000000}));
    EXPECT_EQ(log.count("nothing is known of the cluster's size"), 1);
}

TEST_F(SlurmSystem, hosts_that_slurm_does_not_know_are_no_reason_to_refuse) {
    commands.answer = [](const Command& command) -> Result<CommandResult> {
        for (auto& word : command.argv)
            if (word.starts_with("--exclude"))
                return CommandResult{
                    1, "", "sbatch: error: Batch job submission failed: Invalid node name specified\n"};
        return CommandResult{0, "7\n", ""};
    };
    JobGroup group = array_of(1);
    group.avoid = {"laptop"};
    EXPECT_EQ(*system().submit(group), "7");
}

TEST_F(SlurmSystem, files_of_other_systems_are_left_to_the_common_reader) {
    EXPECT_FALSE(system().read_generated({"000001", "trials/000001/run_flow.cmd", "queue 3\n"}));
    auto read = system().read_generated(
        {"000001", "trials/000001/run_flow.sbatch", "#!/bin/sh\n#SBATCH -a 1-4\ntrue\n"});
    ASSERT_TRUE(read && *read);
    EXPECT_EQ((*read)->items.size(), 4u);
}

}  // namespace
}  // namespace tw
