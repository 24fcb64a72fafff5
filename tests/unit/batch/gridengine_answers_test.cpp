// Texts recorded from Grid Engine 8.1.9 (Debian 12).
#include <gmock/gmock.h>

#include "batch/gridengine/answers.hpp"

namespace tw::gridengine {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const std::string head = R"(<?xml version='1.0'?>
<job_info  xmlns:xsd="http://arc.liv.ac.uk/repos/darcs/sge/source/dist/util/resources/schemas/qstat/qstat.xsd">
)";
const std::string running = R"(  <queue_info>
    <job_list state="running">
      <JB_job_number>14</JB_job_number>
      <JAT_prio>0.25000</JAT_prio>
      <JB_name>tmix</JB_name>
      <JB_owner>root</JB_owner>
      <state>r</state>
      <JAT_start_time>2026-11-25T16:19:14</JAT_start_time>
      <queue_name>all.q@vm</queue_name>
      <slots>1</slots>
      <tasks>3</tasks>
    </job_list>
    <job_list state="running">
      <JB_job_number>6</JB_job_number>
      <JAT_prio>0.75000</JAT_prio>
      <JB_name>ttoken5</JB_name>
      <JB_owner>root</JB_owner>
      <state>dr</state>
      <JAT_start_time>2026-11-25T16:16:14</JAT_start_time>
      <queue_name>all.q@vm</queue_name>
      <slots>1</slots>
    </job_list>
  </queue_info>
)";
const std::string waiting = R"(  <job_info>
    <job_list state="pending">
      <JB_job_number>12</JB_job_number>
      <JAT_prio>0.25000</JAT_prio>
      <JB_name>eqw</JB_name>
      <JB_owner>root</JB_owner>
      <state>Eqw</state>
      <JB_submission_time>2026-11-25T16:18:41</JB_submission_time>
      <queue_name></queue_name>
      <slots>1</slots>
    </job_list>
    <job_list state="pending">
      <JB_job_number>26</JB_job_number>
      <JAT_prio>0.00000</JAT_prio>
      <JB_name>big</JB_name>
      <JB_owner>root</JB_owner>
      <state>hqw</state>
      <JB_submission_time>2026-11-25T16:20:01</JB_submission_time>
      <queue_name></queue_name>
      <slots>1</slots>
      <tasks>1-4:1,6,9,11,13-19:3</tasks>
    </job_list>
    <job_list state="pending">
      <JB_job_number>27</JB_job_number>
      <JAT_prio>0.00000</JAT_prio>
      <JB_name>My_Own.Job</JB_name>
      <JB_owner>root</JB_owner>
      <state>qw</state>
      <JB_submission_time>2026-11-25T16:20:01</JB_submission_time>
      <queue_name></queue_name>
      <slots>1</slots>
    </job_list>
  </job_info>
</job_info>
)";
const std::string none = R"(  <queue_info>
  </queue_info>
  <job_info>
  </job_info>
</job_info>
)";

std::vector<std::string> told(const std::vector<QueuedTask>& tasks) {
    std::vector<std::string> told;
    for (const QueuedTask& task : tasks)
        told.push_back(task.id() + " " + task.tag.token + " " + task.state + " " + task.host);
    return told;
}

TEST(GridEngineQstat, shows_tasks_of_running_and_waiting_jobs_whose_name_may_be_ours) {
    auto tasks = read_qstat(head + running + waiting);
    ASSERT_TRUE(tasks) << tasks.error().text();
    EXPECT_THAT(told(*tasks), ElementsAre("14.3 tmix r vm", "6 ttoken5 dr vm", "12 eqw Eqw ", "26.1 big hqw ",
                                          "26.2 big hqw ", "26.3 big hqw ", "26.4 big hqw ", "26.6 big hqw ",
                                          "26.9 big hqw ", "26.11 big hqw ", "26.13 big hqw ",
                                          "26.16 big hqw ", "26.19 big hqw "));
}

TEST(GridEngineQstat, without_jobs_is_an_empty_list) {
    auto tasks = read_qstat(head + none);
    ASSERT_TRUE(tasks);
    EXPECT_THAT(*tasks, IsEmpty());
}

TEST(GridEngineQstat, that_is_not_whole_is_an_error_and_never_a_shorter_list) {
    const std::string whole = head + running + waiting;
    for (std::size_t length = 0; length < whole.size() - 1; ++length) {
        auto tasks = read_qstat(whole.substr(0, length));
        ASSERT_FALSE(tasks) << whole.substr(0, length);
        EXPECT_EQ(tasks.error().code, Code::io);
    }
}

TEST(GridEngineQstat, that_looks_odd_is_an_error) {
    for (const std::string& text :
         {std::string("<html><body>Service unavailable</body></html>"), head + running + "</job_info>\n",
          std::string("error: commlib error: got select error (Connection refused)")})
        EXPECT_FALSE(read_qstat(text)) << text;
    std::string nameless = head + running + waiting;
    nameless.replace(nameless.find("<state>r</state>"), 16, "");
    EXPECT_FALSE(read_qstat(nameless));
    for (const char* range :
         {"1-4:0", "4-1:1", "0", "1-99999999999:1", "1-3000000:1", "x", "1,,2", "1-", "-1", "1:2:3"})
        EXPECT_FALSE(read_tasks(range)) << range;
}

TEST(GridEngineQstat, names_every_state) {
    auto state = [](const std::string& letters) {
        QueuedTask task;
        task.state = letters;
        return report_of(task);
    };
    for (const char* letters : {"r", "t", "Rr", "Rt", "dr", "dt", "ds", "s", "S", "T", "ts", "hr"})
        EXPECT_EQ(state(letters).state, JobState::running) << letters;
    for (const char* letters : {"qw", "Rq", "Rqw"})
        EXPECT_NE(state(letters).state, JobState::held) << letters;
    EXPECT_EQ(state("qw").state, JobState::queued);
    for (const char* letters : {"hqw", "hRwq", "Eqw", "Ehqw"}) {
        EXPECT_EQ(state(letters).state, JobState::held) << letters;
        EXPECT_THAT(state(letters).detail, HasSubstr(letters));
    }
    EXPECT_THAT(state("S").detail, HasSubstr("suspended"));
}

TEST(GridEngineQstat, explains_the_error_state) {
    auto reasons = read_error_reasons(R"(==============================================================
job_number:                 12
exec_file:                  job_scripts/12
cwd:                        /nonexist
script_file:                STDIN
error reason          1:      11/25/2026 16:18:41 [0:9715]: error: can't chdir to /nonexist: No such file or directory
scheduling info:            Job is in error state
==============================================================
job_number:                 13
job-array tasks:            1-9:1
error reason          7:      11/25/2026 16:18:42 [0:9716]: error: can't open output file "/x/y": No such file or directory
)");
    EXPECT_THAT(reasons["12"], HasSubstr("can't chdir to /nonexist"));
    EXPECT_THAT(reasons["13.7"], HasSubstr("can't open output file"));
    EXPECT_FALSE(reasons.contains("13.1"));
}

TEST(GridEngineQstat, counts_slots_and_names_silent_hosts) {
    EXPECT_EQ(read_slots(head + R"(  <cluster_queue_summary>
    <name>all.q</name>
    <used>1</used>
    <total>8</total>
  </cluster_queue_summary>
  <cluster_queue_summary>
    <name>long.q</name>
    <total>16</total>
  </cluster_queue_summary>
</job_info>
)"),
              24);
    EXPECT_EQ(read_slots("error: commlib error"), 0);
    EXPECT_THAT(read_silent_hosts(head + R"(  <queue_info>
    <Queue-List>
      <name>all.q@vm</name>
      <qtype>BI</qtype>
      <slots_total>8</slots_total>
      <state>u</state>
    </Queue-List>
    <Queue-List>
      <name>all.q@node2</name>
      <slots_total>8</slots_total>
    </Queue-List>
  </queue_info>
  <job_info>
  </job_info>
</job_info>
)"),
                ElementsAre("vm"));
}

std::string record(const std::string& changes) {
    std::map<std::string, std::string> lines{
        {"qname", "all.q"},      {"hostname", "vm"},   {"jobname", "tmix"},  {"jobnumber", "14"},
        {"taskid", "undefined"}, {"failed", "0"},      {"exit_status", "0"}, {"ru_wallclock", "3s"},
        {"category", "NONE"},    {"pe_taskid", "NONE"}};
    for (std::size_t begin = 0; begin < changes.size();) {
        std::size_t equals = changes.find('=', begin),
                    end = std::min(changes.find(';', begin), changes.size());
        lines[changes.substr(begin, equals - begin)] = changes.substr(equals + 1, end - equals - 1);
        begin = end + 1;
    }
    std::string text = "==============================================================\n";
    for (auto& [key, value] : lines)
        text += key + std::string(13 - key.size(), ' ') + value + "                   \n";
    return text;
}

TEST(GridEngineQacct, tells_why_a_job_ended) {
    struct Row {
        const char* record;
        EndCause cause;
        bool confirmed;
    };
    for (const Row& row : std::initializer_list<Row>{
             {"failed=0;exit_status=7", EndCause::exited, true},
             {"failed=100 : assumedly after job;exit_status=137                  (Killed)",
              EndCause::cancelled, true},
             {"failed=37  : qmaster enforced h_rt, h_cpu, or h_vmem limit;exit_status=137;category=-l "
              "h_rt=3;ru_wallclock=4s",
              EndCause::time_limit, true},
             {"failed=37  : qmaster enforced h_rt, h_cpu, or h_vmem limit;exit_status=137;category=-l "
              "h_rt=60,h_vmem=10M;ru_wallclock=4s",
              EndCause::memory, true},
             {"failed=37  : qmaster enforced h_rt, h_cpu, or h_vmem limit;exit_status=137;category=-l "
              "h_vmem=10M,h_rt=3;ru_wallclock=4s",
              EndCause::time_limit, true},
             {"failed=37  : qmaster enforced h_rt, h_cpu, or h_vmem limit;exit_status=0;ru_wallclock=0s",
              EndCause::node, false},
             {"failed=19  : before writing exit_status", EndCause::node, false},
             {"failed=22  : while reaping", EndCause::node, false},
             {"failed=8   : in prolog", EndCause::node, true},
             {"failed=15  : in epilog;exit_status=3", EndCause::exited, true},
             {"failed=28  : changing to working directory", EndCause::held, true}}) {
        auto reports = read_qacct(record(row.record));
        ASSERT_THAT(reports, SizeIs(1)) << row.record;
        EXPECT_EQ(reports[0].end.cause, row.cause) << row.record;
        EXPECT_EQ(reports[0].end.confirmed, row.confirmed) << row.record;
        EXPECT_FALSE(reports[0].state);
    }
}

TEST(GridEngineQacct, names_the_task_the_host_and_the_status) {
    auto reports = read_qacct(
        record("taskid=2;failed=100 : assumedly after job;exit_status=137                  (Killed)"));
    ASSERT_THAT(reports, SizeIs(1));
    EXPECT_EQ(reports[0].tag, (JobTag{"tmix", 2}));
    EXPECT_EQ(reports[0].id, "14.2");
    EXPECT_EQ(reports[0].host, "vm");
    EXPECT_EQ(reports[0].end.status, 137);
    EXPECT_EQ(reports[0].end.detail, "failed 100 : assumedly after job after 3s");
}

TEST(GridEngineQacct, leaves_out_what_is_no_end_and_what_is_torn) {
    EXPECT_THAT(read_qacct(record("failed=25  : rescheduling;exit_status=99")), IsEmpty());
    EXPECT_THAT(read_qacct(record("pe_taskid=1.node2")), IsEmpty());
    EXPECT_THAT(read_qacct("error: job name nosuch not found\n"), IsEmpty());
    std::string two = record("taskid=1") + record("taskid=2");
    EXPECT_THAT(read_qacct(two), SizeIs(2));
    EXPECT_THAT(read_qacct(two.substr(0, two.rfind("ru_wallclock"))), SizeIs(1));
}

Error said(const std::string& program, int status, const std::string& error) {
    return refusal(program, {status, "", error});
}

TEST(GridEngineRefusal, is_told_from_silence) {
    EXPECT_EQ(said("qsub", 1,
                   "error: commlib error: got select error (Connection refused)\nUnable to run job: unable "
                   "to send message to "
                   "qmaster using port 16204 on host \"vm\": got send error\nExiting.\n")
                  .code,
              Code::io);
    EXPECT_EQ(said("qsub", 1,
                   "Unable to run job: failed receiving gdi request response for mid=1 (got syncron message "
                   "receive timeout error).\nExiting.\n")
                  .code,
              Code::io);
    EXPECT_EQ(said("qsub", 1, "critical error: Please set the environment variable SGE_ROOT.\n").code,
              Code::io);
    EXPECT_EQ(said("qsub", 25,
                   "Unable to run job: job rejected: Only 3 jobs are allowed per user (current job count: "
                   "3).\nExiting.\n")
                  .code,
              Code::busy);
    Error unknown = said(
        "qsub", 1,
        "Unable to run job: Job was rejected because job requests unknown queue \"nosuch.q\"\nExiting.\n");
    EXPECT_EQ(unknown.code, Code::refused);
    EXPECT_EQ(unknown.what, "qsub: Job was rejected because job requests unknown queue \"nosuch.q\"");
}

TEST(GridEngineJobNumber, is_found_below_what_a_site_says) {
    EXPECT_EQ(read_job_number("4\n").value(), "4");
    EXPECT_EQ(read_job_number("Welcome, 100 jobs wait\n12.1-50:1\n").value(), "12");
    EXPECT_FALSE(read_job_number(""));
    EXPECT_FALSE(read_job_number("Your job has been submitted\n"));
}

}  // namespace
}  // namespace tw::gridengine
