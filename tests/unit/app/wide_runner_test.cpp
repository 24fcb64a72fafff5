#include "app/agent/wide_runner.hpp"

#include <gmock/gmock.h>

#include <csignal>

#include "app/agent/ranks.hpp"
#include "base/environment.hpp"
#include "support/fake_clock.hpp"
#include "support/fake_conversations.hpp"
#include "support/fake_processes.hpp"
#include "support/said_log.hpp"
#include "support/virtual_filesystem.hpp"
#include "trialdir/agents.hpp"

namespace tw {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

JobRef ref(int task) {
    return {"000042", {1, "flow", task, 1}};
}

struct WideRunnerTest : testing::Test {
    support::VirtualFileSystem fs;
    support::FakeClock clock;
    support::FakeWaker waker{&clock};
    support::FakeProcesses processes{"a"};
    support::SaidLog log;
    support::FakeConversations conversations;
    support::FakeMarked marked;
    std::unique_ptr<LocalRunner> own = LocalRunner::without_books(processes, "id1");
    WideOptions options;
    std::unique_ptr<WideRunner> runner;

    WideRunnerTest() {
        fs.make_directories(".trialwatch");
        EXPECT_TRUE(make_agent_directories(fs));
        EXPECT_TRUE(fs.make_directory(".trialwatch/agents/a.1"));
        options.hosts = {{"a", 2}, {"b", 2}};
        options.own = "a";
        options.program = "/bin/trialagent";
        answer(0, 2);
    }
    void answer(std::size_t helper, int cpus, std::vector<std::string> gpus = {}) {
        auto& line = conversations.lines[helper];
        if (!line) line = std::make_shared<support::FakeLine>();
        HostWord here;
        here.size = {"", cpus, std::int64_t{8} << 30, std::move(gpus)};
        line->answers = {"Welcome", host_word_text(here)};
    }
    void begin(const std::string& mpiexec = "") {
        auto made = WideRunner::start({fs, clock, waker, processes, log}, conversations, marked, *own,
                                      options, *LaunchTemplates::read("", mpiexec, true), "id1");
        ASSERT_TRUE(made) << made.error().text();
        runner = std::move(*made);
    }
    AgentJobName start(int task, int nodes = 1, int ranks = 1, int gpus = 0) {
        AgentJobName name{"000042", ref(task).key, {}, Seconds(30)};
        name.resources.nodes = nodes;
        name.resources.ranks = ranks;
        name.resources.gpus = gpus;
        runner->start(name, {"/e", {"/bin/sh", "wrap"}, {"TRIALWATCH_AGENT=a.1"}, "/o", "/o", Seconds(120)});
        return name;
    }
    support::FakeLine& b() { return *conversations.lines[0]; }
    void b_says(const std::string& word) { b().answers.push_back("trialwatch: " + word); }
    std::vector<std::string> environment() { return processes.started.back().spawn.environment; }
    std::string variable(const std::string& name) { return variable_of(environment(), name); }
    bool ranks_open(int task) { return fs.exists(ranks_path("a.1", job_word(ref(task)))); }
};

TEST_F(WideRunnerTest, starts_a_helper_on_each_other_host) {
    begin();
    ASSERT_THAT(conversations.begun, SizeIs(1));
    EXPECT_THAT(conversations.begun[0].argv, Contains("--nodelist=b"));
    EXPECT_THAT(conversations.begun[0].argv, Contains("--as-host"));
    EXPECT_EQ(runner->cpus(), 4);
    ASSERT_THAT(runner->hosts(), SizeIs(2));
    EXPECT_EQ(runner->hosts()[1].name, "b");
    EXPECT_EQ(runner->hosts()[1].cpus, 2);
}

TEST_F(WideRunnerTest, a_host_that_does_not_answer_is_left_out) {
    options.hosts.push_back({"c", 2});
    conversations.lines[1] = std::make_shared<support::FakeLine>();
    begin();
    EXPECT_EQ(runner->cpus(), 4);
    EXPECT_THAT(log.text, HasSubstr("nothing runs on c"));
}

TEST_F(WideRunnerTest, where_no_host_answers_it_does_not_start) {
    options.own = "login";
    options.hosts = {{"b", 2}};
    conversations.lines[0]->answers.clear();
    conversations.lines[0]->over = true;
    auto made = WideRunner::start({fs, clock, waker, processes, log}, conversations, marked, *own, options,
                                  *LaunchTemplates::read("", "", true), "id1");
    ASSERT_FALSE(made);
    EXPECT_THAT(made.error().hint, HasSubstr("--remote-template"));
}

// The first host is filled first.
TEST_F(WideRunnerTest, jobs_of_one_host_run_there_under_its_helper) {
    begin();
    for (int task : {1, 2, 3}) start(task);
    EXPECT_THAT(processes.started, SizeIs(2));
    ASSERT_THAT(b().said, SizeIs(1));
    EXPECT_THAT(b().said[0], StartsWith("start 000042.1.flow.3.1."));
    EXPECT_EQ(runner->fits({}), 1);
    runner->end(ref(3), CancelHow::terminate);
    runner->end(ref(3), CancelHow::kill);
    EXPECT_THAT(b().said[1], StartsWith("end 000042.1.flow.3.1."));
    EXPECT_THAT(b().said[2], StartsWith("kill 000042.1.flow.3.1."));
    EXPECT_THAT(runner->over(true), IsEmpty());
    b_says("over 000042 1.flow.3.1");
    EXPECT_THAT(runner->over(false), ElementsAre(ref(3)));
    EXPECT_EQ(runner->fits({}), 2);
    runner->end(ref(1), CancelHow::terminate);
    EXPECT_THAT(processes.signals, ElementsAre(support::SentSignal{processes.started[0].id, SIGTERM}));
}

TEST_F(WideRunnerTest, the_script_of_a_wide_job_finds_what_starts_its_ranks) {
    begin();
    start(1, 2, 4);
    ASSERT_THAT(processes.started, SizeIs(1));
    EXPECT_EQ(variable("TRIAL_HOSTS"), "a,b");
    EXPECT_EQ(variable("TRIAL_NODES"), "2");
    EXPECT_EQ(variable("TRIAL_RANKS"), "4");
    EXPECT_EQ(variable("TRIAL_HOSTFILE"), "");
    std::string word = rank_word({fs.root(), "a.1", "000042.1.flow.1.1"});
    EXPECT_EQ(variable("TRIAL_MPIEXEC"),
              "srun --overlap --nodes=2 --ntasks=4 --cpus-per-task=1 --nodelist=a,b --cpu-bind=none "
              "/bin/trialagent --as-rank " +
                  word);
    EXPECT_TRUE(ranks_open(1));
    EXPECT_EQ(runner->fits({}), 0);
}

TEST_F(WideRunnerTest, a_host_file_is_there_while_a_job_that_needs_one_is) {
    begin("mpiexec -f {hostfile}");
    start(1, 2, 4);
    auto text = fs.read(hostfile_path("a.1", "000042.1.flow.1.1"), 0, 1000);
    ASSERT_TRUE(text);
    EXPECT_EQ(*text, "a\na\nb\nb\n");
    EXPECT_THAT(variable("TRIAL_HOSTFILE"), testing::EndsWith("/hosts.000042.1.flow.1.1"));
    processes.finish(processes.started[0].id.pid, 0);
    (void)runner->over(false);
    b_says("swept " + rank_mark("a.1", "000042.1.flow.1.1"));
    EXPECT_THAT(runner->over(false), ElementsAre(ref(1)));
    EXPECT_FALSE(fs.exists(hostfile_path("a.1", "000042.1.flow.1.1")));
}

// Ranks may outlive what started them, on any host.
TEST_F(WideRunnerTest, a_wide_job_is_over_when_no_rank_lives_anywhere) {
    begin();
    start(1, 2, 2);
    const std::string mark = rank_mark("a.1", "000042.1.flow.1.1");
    marked.living[mark] = 1;
    processes.finish(processes.started[0].id.pid, 0);
    EXPECT_THAT(runner->over(false), IsEmpty());
    EXPECT_FALSE(ranks_open(1));  // none may start any more
    EXPECT_THAT(b().said, ElementsAre("sweep " + mark));
    b_says("swept " + mark);
    EXPECT_THAT(runner->over(false), ElementsAre(ref(1)));  // the second look here found none
    EXPECT_EQ(runner->fits({}), 4);
}

TEST_F(WideRunnerTest, a_wide_job_that_is_killed_waits_for_all_its_hosts) {
    begin();
    start(1, 2, 2);
    runner->end(ref(1), CancelHow::kill);
    EXPECT_THAT(runner->over(true), IsEmpty());
    EXPECT_THAT(runner->over(true), IsEmpty());
    b_says("swept " + rank_mark("a.1", "000042.1.flow.9.1"));  // of another job
    EXPECT_THAT(runner->over(true), IsEmpty());
    b_says("swept " + rank_mark("a.1", "000042.1.flow.1.1"));
    EXPECT_THAT(runner->over(true), ElementsAre(ref(1)));
}

TEST_F(WideRunnerTest, what_a_host_says_of_one_job_is_said_of_no_other) {
    begin();
    for (int task : {1, 2}) start(task, 2, 2);
    for (auto& started : processes.started) processes.finish(started.id.pid, 0);
    EXPECT_THAT(runner->over(false), IsEmpty());
    b_says("swept " + rank_mark("a.1", "000042.1.flow.2.1"));
    EXPECT_THAT(runner->over(false), ElementsAre(ref(2)));
    b_says("swept " + rank_mark("a.1", "000042.1.flow.1.1"));
    EXPECT_THAT(runner->over(false), ElementsAre(ref(1)));
}

TEST_F(WideRunnerTest, ranks_of_one_host_are_swept_there) {
    begin();
    start(1, 1, 2);
    EXPECT_EQ(variable("TRIAL_HOSTS"), "a");
    start(2, 1, 2);
    ASSERT_THAT(b().said, SizeIs(1));
    EXPECT_THAT(b().said[0], HasSubstr("TRIAL_MPIEXEC="));
    b_says("over 000042 1.flow.2.1");
    EXPECT_THAT(runner->over(false), IsEmpty());
    EXPECT_THAT(b().said[1], StartsWith("sweep "));
}

TEST_F(WideRunnerTest, gpus_are_those_of_the_host) {
    options.gpus = std::vector<std::string>{"0", "1"};
    begin();
    start(1, 1, 1, 1);
    EXPECT_EQ(variable("CUDA_VISIBLE_DEVICES"), "0");
    start(2);
    EXPECT_EQ(variable("CUDA_VISIBLE_DEVICES"), "");
    start(3, 1, 1, 2);
    EXPECT_THAT(b().said[0], HasSubstr("CUDA_VISIBLE_DEVICES=0,1"));
}

TEST_F(WideRunnerTest, a_wide_job_is_lost_when_its_wrapper_has_left_and_a_host_of_it_cannot_be_asked) {
    begin();
    start(1, 2, 2);
    b().over = true;
    EXPECT_THAT(runner->over(true), IsEmpty());
    EXPECT_FALSE(runner->lost(ref(1)));
    processes.finish(processes.started[0].id.pid, 1);
    EXPECT_THAT(runner->over(true), IsEmpty());
    EXPECT_THAT(runner->over(true), IsEmpty());
    EXPECT_TRUE(runner->lost(ref(1)));
}

struct LostHelper : WideRunnerTest {
    void lose_b() {
        b().over = true;
        EXPECT_THAT(runner->over(true), IsEmpty());
        answer(1, 2);
    }
    void another_comes() {
        clock.advance(Seconds(5));
        EXPECT_THAT(runner->over(true), IsEmpty());
        ASSERT_THAT(conversations.begun, SizeIs(2));
        EXPECT_EQ(conversations.begun[1].argv, conversations.begun[0].argv);
    }
    std::vector<std::string>& said() { return conversations.lines[1]->said; }
};

TEST_F(LostHelper, is_followed_by_another_that_goes_on_with_its_jobs) {
    begin();
    for (int task : {1, 2, 3}) start(task);
    b_says("begun 000042 1.flow.3.1 boot:77:5");
    lose_b();
    EXPECT_TRUE(runner->lost(ref(3)));
    clock.advance(Seconds(4));
    EXPECT_THAT(runner->over(true), IsEmpty());
    EXPECT_THAT(conversations.begun, SizeIs(1));
    another_comes();
    ASSERT_THAT(said(), SizeIs(1));
    EXPECT_THAT(said()[0], StartsWith("adopt 000042.1.flow.3.1."));
    EXPECT_THAT(said()[0], testing::EndsWith(" boot:77:5"));
    EXPECT_FALSE(runner->lost(ref(3)));
    EXPECT_EQ(runner->fits({}), 1);
    conversations.lines[1]->answers.push_back("trialwatch: over 000042 1.flow.3.1");
    EXPECT_THAT(runner->over(false), ElementsAre(ref(3)));
    EXPECT_EQ(runner->fits({}), 2);
}

// It may begin yet: who was told to start it lives, perhaps, and has not read that far.
TEST_F(LostHelper, leaves_what_it_had_not_said_to_have_begun_undecided) {
    begin();
    for (int task : {1, 2, 3}) start(task);
    lose_b();
    another_comes();
    EXPECT_THAT(said(), IsEmpty());
    EXPECT_TRUE(runner->lost(ref(3)));
    EXPECT_EQ(runner->fits({}), 1) << "its place is not given to another one";
}

TEST_F(LostHelper, is_followed_by_another_that_is_told_how_they_end) {
    begin();
    for (int task : {1, 2, 3}) start(task);
    b_says("begun 000042 1.flow.3.1 boot:77:5");
    EXPECT_THAT(runner->over(true), IsEmpty());
    runner->end(ref(3), CancelHow::terminate);
    lose_b();
    runner->end(ref(3), CancelHow::kill);
    another_comes();
    ASSERT_THAT(said(), SizeIs(2));
    EXPECT_THAT(said()[1], StartsWith("kill 000042.1.flow.3.1."));
}

TEST_F(LostHelper, ranks_are_looked_for_by_the_next) {
    begin();
    start(1, 2, 2);
    processes.finish(processes.started[0].id.pid, 0);
    EXPECT_THAT(runner->over(false), IsEmpty());
    lose_b();
    EXPECT_TRUE(runner->lost(ref(1)));
    another_comes();
    const std::string mark = rank_mark("a.1", "000042.1.flow.1.1");
    EXPECT_THAT(said(), ElementsAre("sweep " + mark));
    conversations.lines[1]->answers.push_back("trialwatch: swept " + mark);
    EXPECT_THAT(runner->over(false), ElementsAre(ref(1)));
}

TEST_F(LostHelper, that_never_answers_is_tried_again_later_each_time) {
    begin();
    lose_b();
    for (int i = 1; i < 5; ++i) {
        conversations.lines[static_cast<std::size_t>(i)] = std::make_shared<support::FakeLine>();
        conversations.lines[static_cast<std::size_t>(i)]->over = true;
    }
    for (int second = 0; second < 60; ++second) {
        clock.advance(Seconds(1));
        (void)runner->over(false);
    }
    EXPECT_THAT(conversations.begun, SizeIs(4)) << "after 5, 15 and 35 seconds";
    EXPECT_EQ(runner->fits({}), 2);
}

// Nobody knows what became of them: unknown is never gone.
TEST_F(WideRunnerTest, jobs_of_a_lost_host_are_not_over) {
    begin();
    for (int task : {1, 2, 3}) start(task);
    b().over = true;
    EXPECT_THAT(runner->over(true), IsEmpty());
    EXPECT_TRUE(runner->lost(ref(3)));
    EXPECT_FALSE(runner->lost(ref(1)));
    EXPECT_EQ(runner->fits({}), 0);
    EXPECT_THAT(log.text, HasSubstr("the helper on b is gone"));
    processes.finish(processes.started[0].id.pid, 0);
    EXPECT_THAT(runner->over(false), ElementsAre(ref(1)));
    EXPECT_EQ(runner->fits({}), 1);
}

}  // namespace
}  // namespace tw
