// What squeue, jobcomp, sinfo and scancel print, as Slurm 22.05.8 printed it; lines of sacct are after its
// manual.
#include <gmock/gmock.h>

#include "batch/cluster/roster.hpp"
#include "batch/slurm/accounting.hpp"
#include "batch/slurm/job_state.hpp"
#include "batch/slurm/scancel.hpp"
#include "batch/slurm/site.hpp"
#include "batch/slurm/squeue.hpp"
#include "batch/slurm/task_list.hpp"

namespace tw::slurm {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

KnownJob known(const std::string& token, std::int64_t index) {
    return {{token, index}, "", JobState::queued};
}

std::vector<KnownJob> elements(const std::string& token, std::int64_t last) {
    std::vector<KnownJob> jobs;
    for (std::int64_t index = 1; index <= last; ++index) jobs.push_back(known(token, index));
    return jobs;
}

const char* queue =
    "=143|143|7,9,20-400%3|PENDING||n/a|twabc|JobArrayTaskLimit|.\n"
    "=144|143|1|RUNNING|n1|n1|twabc|None|.\n"
    "=145|143|3|COMPLETING|n2|n2|twabc|None|.\n"
    "=146|143|5|CANCELLED|n1|n1|twabc|None|.\n"
    "=151|151|N/A|COMPLETED|n1|n1|nl\nev|il|None|.\n"
    "=152|152|N/A|PENDING||n/a|twheld|JobHeldUser|.\n"
    "=147|147|N/A|FAILED|n1|n1|twfail|NonZeroExitCode|.\n"
    "=160|160|N/A|RUNNING|n1|n1|interactive|None|.\n";

std::vector<JobReport> look(const std::string& output, const std::vector<KnownJob>& jobs) {
    auto rows = read_squeue(output);
    EXPECT_TRUE(rows) << rows.error().text();
    auto found = find_jobs(*rows, jobs);
    EXPECT_TRUE(found) << found.error().text();
    std::vector<JobReport> reports;
    for (auto& [tag, report] : merge(reports_of(*found))) reports.push_back(report);
    return reports;
}

TEST(slurm_squeue, elements_are_found_by_name_and_index) {
    auto reports = look(queue, elements("twabc", 400));
    ASSERT_EQ(reports.size(), 386u);  // 3 started, 7, 9, and 20 to 400
    EXPECT_EQ(reports[0].tag, (JobTag{"twabc", 1}));
    EXPECT_EQ(reports[0].id, "143_1");
    EXPECT_EQ(reports[0].state, JobState::running);
    EXPECT_EQ(reports[0].host, "n1");
    EXPECT_EQ(reports[1].state, JobState::running) << "completing is still there";
    EXPECT_EQ(reports[2].state, std::nullopt);
    EXPECT_EQ(reports[2].end.cause, EndCause::cancelled);
    EXPECT_EQ(reports[3].id, "143_7");
    EXPECT_EQ(reports[3].state, JobState::queued);
    EXPECT_EQ(reports[3].detail, "JobArrayTaskLimit");
    EXPECT_EQ(reports[3].host, "");
}

TEST(slurm_squeue, only_what_is_asked_for) {
    EXPECT_EQ(look(queue, {known("twabc", 2), known("twabc", 0), known("other", 1)}).size(), 0u);
    auto reports = look(queue, {known("twheld", 0), known("twfail", 0), known("twfail", 1)});
    ASSERT_EQ(reports.size(), 2u);
    EXPECT_EQ(reports[0].id, "147");
    EXPECT_EQ(reports[0].end.cause, EndCause::exited);
    EXPECT_TRUE(reports[0].end.confirmed);
    EXPECT_EQ(reports[0].end.status, 1);
    EXPECT_EQ(reports[1].state, JobState::held);
    EXPECT_EQ(reports[1].detail, "JobHeldUser");
}

TEST(slurm_squeue, of_a_job_that_was_submitted_twice_the_living_one_counts) {
    auto reports = look(
        "=5|5|N/A|COMPLETED|n1|n1|tw|None|.\n=4|4|N/A|RUNNING|n1|n1|tw|None|.\n=6|6|N/A|PENDING||n/"
        "a|tw|Priority|.\n",
        {known("tw", 0)});
    ASSERT_EQ(reports.size(), 1u);
    EXPECT_EQ(reports[0].id, "4");
    reports =
        look("=5|5|N/A|COMPLETED|n1|n1|tw|None|.\n=4|4|N/A|NODE_FAIL|n1|n1|tw|None|.\n", {known("tw", 0)});
    EXPECT_EQ(reports[0].end.cause, EndCause::node);
}

TEST(slurm_squeue, nothing_is_no_error_and_half_an_answer_is) {
    EXPECT_TRUE(look("", {known("tw", 0)}).empty());
    for (const char* text : {"=143|143|7,9", "=143|143|7|RUNNING|n1|n1|tw|None|.", "=143|143|7\n",
                             "slurm_load_jobs: what\n", "=1|2|.\n"})
        EXPECT_FALSE(read_squeue(text)) << text;
    auto rows = read_squeue("=143|143|1-9,...|PENDING||n/a|tw|None|.\n");
    ASSERT_TRUE(rows);
    ASSERT_FALSE(find_jobs(*rows, {known("tw", 1)})) << "an abridged list";
    EXPECT_TRUE(find_jobs(*rows, {known("other", 1)}));
}

TEST(slurm_states, ends) {
    auto cause = [](const char* state) {
        auto end = end_of(state, "None", "");
        return end ? std::pair(end->cause, end->confirmed) : std::pair(EndCause::unknown, false);
    };
    EXPECT_EQ(cause("COMPLETED"), std::pair(EndCause::exited, true));
    EXPECT_EQ(cause("FAILED"), std::pair(EndCause::exited, true));
    EXPECT_EQ(cause("TIMEOUT"), std::pair(EndCause::time_limit, false));
    EXPECT_EQ(cause("DEADLINE"), std::pair(EndCause::time_limit, false));
    EXPECT_EQ(cause("OUT_OF_MEMORY"), std::pair(EndCause::memory, false));
    EXPECT_EQ(cause("NODE_FAIL"), std::pair(EndCause::node, false));
    EXPECT_EQ(cause("BOOT_FAIL"), std::pair(EndCause::node, false));
    EXPECT_EQ(cause("PREEMPTED"), std::pair(EndCause::preempted, false));
    EXPECT_EQ(cause("CANCELLED by 1000"), std::pair(EndCause::cancelled, false));
    for (const char* state : {"PENDING", "RUNNING", "COMPLETING", "CONFIGURING", "SUSPENDED", "SIGNALING",
                              "STAGE_OUT", "NEW_IN_2030"})
        EXPECT_EQ(cause(state).first, EndCause::unknown) << state;
    EXPECT_EQ(end_of("FAILED", "", "7:0")->status, 7);
    EXPECT_EQ(end_of("FAILED", "", "0:9")->status, 137);
    EXPECT_EQ(end_of("FAILED", "JobLaunchFailure", "0:53")->detail, "FAILED (JobLaunchFailure)");
}

TEST(slurm_states, whatever_has_not_ended_is_there) {
    EXPECT_EQ(state_of("PENDING", "Priority"), JobState::queued);
    EXPECT_EQ(state_of("CONFIGURING", "None"), JobState::queued);
    EXPECT_EQ(state_of("PENDING", "JobHeldAdmin"), JobState::held);
    EXPECT_EQ(state_of("PENDING", "launch failed requeued held"), JobState::held);
    EXPECT_EQ(state_of("PENDING", "user env retrieval failed requeued held"), JobState::held);
    EXPECT_EQ(state_of("PENDING", "DependencyNeverSatisfied"), JobState::held);
    EXPECT_EQ(state_of("SPECIAL_EXIT", "None"), JobState::held);
    for (const char* state :
         {"RUNNING", "COMPLETING", "SUSPENDED", "STOPPED", "SIGNALING", "RESIZING", "NEW_IN_2030"})
        EXPECT_EQ(state_of(state, "None"), JobState::running) << state;
}

TEST(slurm_task_list, reads_and_writes) {
    EXPECT_THAT(parse_task_list("[7,1-3,2,9-13:2%4]")->indexes, ElementsAre(1, 2, 3, 7, 9, 11, 13));
    EXPECT_EQ(parse_task_list("1-9%4")->throttle, 4);
    EXPECT_EQ(parse_task_list("1-1000000")->indexes.size(), 1000000u);
    EXPECT_EQ(format_task_list({1, 2, 3, 5, 8, 9}), "1-3,5,8-9");
    for (const char* text :
         {"", "[]", "a", "1-5,...", "1-", "2-1", "1-5:0", "1%", "0-1000000", "1-600000,1-600000", "1 2"})
        EXPECT_FALSE(parse_task_list(text)) << text;
}

const char* accounts =
    "143_1|FAILED|7:0|n1|twabc\n"
    "143_2|NODE_FAIL|0:0|n1|twabc\n"
    "143_[4-6%2]|CANCELLED by 0|0:0|None assigned|twabc\n"
    "143_3|RUNNING|0:0|n1|twabc\n"
    "150|COMPLETED|0:0|n2|other\n";

TEST(slurm_accounting, sacct) {
    auto found = read_sacct(accounts, elements("twabc", 5));
    ASSERT_EQ(found.size(), 4u);
    EXPECT_EQ(found[0].report.id, "143_1");
    EXPECT_EQ(found[0].report.end.status, 7);
    EXPECT_EQ(found[1].report.end.cause, EndCause::node);
    EXPECT_EQ(found[2].report.tag.index, 4);
    EXPECT_EQ(found[2].nodes, "");
    EXPECT_EQ(found[3].report.tag.index, 5);
    EXPECT_TRUE(read_sacct("", elements("twabc", 5)).empty());
}

const char* jobcomp =
    "JobId=144 UserId=root(0) GroupId=root(0) Name=twabc JobState=CANCELLED Partition=main TimeLimit=60 "
    "StartTime=2026-11-25T16:16:27 EndTime=2026-11-25T16:16:56 NodeList=n1 NodeCnt=1 ProcCnt=1 "
    "WorkDir=/tmp/a ArrayTaskId=7 "
    "ReservationName= Tres=cpu=1,mem=4000M,node=1,billing=1 Account= QOS= WcKey= Cluster=unknown "
    "SubmitTime=2026-11-25T16:16:26 EligibleTime=2026-11-25T16:16:27 ArrayJobId=143 ArrayTaskId=1 "
    "DerivedExitCode=0:0 ExitCode=0:0 \n"
    "JobId=147 UserId=root(0) GroupId=root(0) Name=twone JobState=FAILED Partition=main TimeLimit=60 "
    "StartTime=2026-11-25T16:16:54 EndTime=2026-11-25T16:16:54 NodeList=n1 NodeCnt=1 ProcCnt=1 "
    "WorkDir=/tmp/w ReservationName= "
    "Tres=cpu=1,mem=4000M,node=1,billing=1 Account= QOS= WcKey= Cluster=unknown "
    "SubmitTime=2026-11-25T16:16:54 "
    "EligibleTime=2026-11-25T16:16:54 DerivedExitCode=0:0 ExitCode=7:0 \n";

TEST(slurm_accounting, jobcomp) {
    auto found = read_jobcomp(jobcomp, {known("twabc", 1), known("twone", 0), known("twabc", 7)});
    ASSERT_EQ(found.size(), 2u);
    EXPECT_EQ(found[0].report.tag, (JobTag{"twabc", 1})) << "not the one in the working directory's name";
    EXPECT_EQ(found[0].report.id, "143_1");
    EXPECT_EQ(found[0].report.end.cause, EndCause::cancelled);
    EXPECT_EQ(found[0].nodes, "n1");
    EXPECT_EQ(found[1].report.id, "147");
    EXPECT_EQ(found[1].report.end.status, 7);
    EXPECT_THAT(
        jobcomp_argv("/var/log/jobcomp", {known("twone", 0)}),
        ElementsAre("grep", "-a", "-h", "-F", "-e", " Name=twone JobState=", "--", "/var/log/jobcomp"));
}

TEST(slurm_scancel, arrays_are_one_word_each) {
    auto rows = read_squeue(queue);
    std::vector<KnownJob> jobs = elements("twabc", 25);
    jobs.push_back(known("twheld", 0));
    auto words = job_words(*find_jobs(*rows, jobs));
    EXPECT_THAT(words, ElementsAre("152", "143_[1,3,5,7,9,20-25]"));
    EXPECT_THAT(
        scancel_argvs({"--batch", "--signal=TERM"}, words),
        ElementsAre(ElementsAre("scancel", "--batch", "--signal=TERM", "152", "143_[1,3,5,7,9,20-25]")));
    EXPECT_THAT(scancel_argvs({}, {}), IsEmpty());
    EXPECT_EQ(scancel_argvs({}, std::vector<std::string>(20000, "1234567")).size(), 3u);
}

TEST(slurm_scancel, answers) {
    EXPECT_TRUE(read_cancelled({0, "", ""}));
    EXPECT_TRUE(read_cancelled(
        {1, "", "scancel: error: Kill job error on job id 153_3: Invalid job id specified\n"}));
    EXPECT_TRUE(read_cancelled(
        {1, "", "scancel: error: Kill job error on job id 5: Job/step already completing or completed\n"}));
    auto changing = read_cancelled({228, "",
                                    "scancel: error: Kill job error on job id 156_[1-100]: Job can not be "
                                    "altered now, try again later\n"});
    EXPECT_EQ(changing.error().code, Code::busy);
    auto away = read_cancelled({1, "",
                                "scancel: error: Kill job error on job id 5: Unable to contact slurm "
                                "controller (connect failure)\n"});
    EXPECT_EQ(away.error().code, Code::io);
    EXPECT_EQ(read_cancelled({1, "", ""}).error().code, Code::io);
}

Site site() {
    Site site;
    read_sinfo(
        "main*|2|8|4000|(null)\nmain*|1|64|256000|gpu:a100:4(S:0-1),gpu:v100:1\ntest|1|4|2000|(null)\n",
        site);
    read_config("Configuration data as of 2026-11-25T16:20:00\nMaxArraySize            = 501\n", site);
    return site;
}

Status asks(int cpus, int gpus = 0, std::int64_t gigabytes = 0, const OptionTable& options = {}) {
    Resources resources;
    resources.cpus = cpus;
    resources.gpus = gpus;
    resources.memory = gigabytes << 30;
    return fits(site(), *read_options(options), resources);
}

TEST(slurm_site, what_can_never_run_is_refused) {
    EXPECT_TRUE(asks(64, 5, 250));
    EXPECT_FALSE(asks(65));
    EXPECT_FALSE(asks(1, 6));
    EXPECT_FALSE(asks(1, 0, 251));
    EXPECT_FALSE(asks(5, 0, 0, {{"partition", "test"}}));
    EXPECT_TRUE(asks(4, 0, 0, {{"partition", "test"}}));
    EXPECT_TRUE(asks(1000000, 0, 0, {{"partition", "test,main"}})) << "which one is not known";
    EXPECT_TRUE(fits(Site{}, {}, {})) << "the controller was away";
    Resources none;
    none.nodes = 0;
    EXPECT_FALSE(fits(Site{}, {}, none));
    EXPECT_FALSE(fits(site(), {}, Resources{.nodes = 4}));
    EXPECT_FALSE(fits(site(), {}, Resources{.cpus = 8, .ranks = 11})) << "80 CPUs in all";
}

TEST(slurm_site, the_largest_array) {
    EXPECT_EQ(site().array, 500);
    EXPECT_EQ(Site{}.array, 1000);
    Site large;
    read_config("MaxArraySize            = 10001\n", large);
    EXPECT_EQ(large.array, 1000) << "the tags of jobs depend on it";
}

TEST(slurm_site, whether_nodes_answer) {
    EXPECT_TRUE(all_answer("idle\nmixed\n"));
    EXPECT_TRUE(all_answer("allocated\ndraining\n"));
    for (const char* states : {"idle\ndown*\n", "idle*\n", "down\n", "unknown\n", "", "mixed\nallocated*\n"})
        EXPECT_FALSE(all_answer(states)) << states;
}

}  // namespace
}  // namespace tw::slurm
