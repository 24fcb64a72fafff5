#include "app/agent/host_helper.hpp"

#include <gmock/gmock.h>

#include <csignal>

#include "support/fake_clock.hpp"
#include "support/fake_conversations.hpp"
#include "support/fake_processes.hpp"

namespace tw {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

struct HostHelperTest : testing::Test {
    support::FakeProcesses processes{"b"};
    support::FakeClock clock;
    support::FakeMarked marked;
    std::shared_ptr<support::FakeLine> line = std::make_shared<support::FakeLine>();
    support::FakeConversation agent{line};
    std::unique_ptr<LocalRunner> jobs = LocalRunner::without_books(processes, "id1");
    HostHelper helper{agent, *jobs, marked, clock};
    AgentJobName job{"000042", {1, "flow", 3, 1}, {}, Seconds(30)};

    void tell(HostOrder::Kind kind, std::vector<int> cpus = {}, const std::string& mark = "") {
        AgentJob content{"/e", {"/bin/sh", "wrap"}, {"A=1"}, "/o", "/o", Seconds(120), std::move(cpus)};
        line->answers.push_back(host_order_text({kind, job, content, mark, {}}));
        tick();
    }
    void adopt(const StartedWrapper& wrapper) {
        HostOrder order;
        order.kind = HostOrder::Kind::adopt;
        order.job = job;
        order.wrapper = wrapper;
        line->answers.push_back(host_order_text(order));
        tick();
    }
    std::string begun() {
        auto& id = processes.started[0].id;
        return "trialwatch: begun 000042 1.flow.3.1 " + processes.self().boot_id + ":" +
               std::to_string(id.pid) + ":" + std::to_string(id.start_time);
    }
    const std::string over = "trialwatch: over 000042 1.flow.3.1";
    void tick(Seconds after = Seconds(1)) {
        clock.advance(after);
        helper.tick();
    }
};

// GPUs, nodes and ranks are in the agent's books: nothing is refused here.
TEST_F(HostHelperTest, starts_what_it_is_told_on_the_cpus_that_it_is_told) {
    job.resources.gpus = 2;
    job.resources.ranks = 3;
    job.resources.cpus = 2;
    tell(HostOrder::Kind::start, {2, 3});
    ASSERT_THAT(processes.started, SizeIs(1));
    EXPECT_THAT(processes.started[0].spawn.cpus, ElementsAre(2, 3));
    EXPECT_THAT(processes.started[0].spawn.environment, testing::Contains("OMP_NUM_THREADS=2"));
    tell(HostOrder::Kind::start, {2, 3});  // again
    EXPECT_THAT(processes.started, SizeIs(1));
    processes.finish(processes.started[0].id.pid, 0);
    tick();
    EXPECT_THAT(line->said, ElementsAre(begun(), over));
}

TEST_F(HostHelperTest, kills_all_of_a_session_and_says_so_when_nothing_lives) {
    tell(HostOrder::Kind::start);
    auto wrapper = processes.started[0].id;
    auto script = processes.add({"script"}, wrapper.pid);
    processes.signals_end = false;
    tell(HostOrder::Kind::kill);
    EXPECT_THAT(processes.signals, testing::Contains(support::SentSignal{script, SIGKILL}));
    processes.finish(wrapper.pid, 137);
    for (int i = 0; i < 10; ++i) tick();
    EXPECT_THAT(line->said, ElementsAre(begun()));
    processes.finish(script.pid, 137);
    for (int i = 0; i < 10; ++i) tick();
    EXPECT_THAT(line->said, ElementsAre(begun(), over));
}

TEST_F(HostHelperTest, a_job_that_cannot_be_started_has_not_begun) {
    processes.fail_spawns({Code::io, "no more processes"});
    tell(HostOrder::Kind::start);
    for (int i = 0; i < 10; ++i) tick();
    EXPECT_THAT(line->said, ElementsAre(over));
}

// The one before it is gone, or cannot talk any more.
TEST_F(HostHelperTest, goes_on_with_what_another_one_had_started) {
    auto wrapper = processes.add({"/bin/sh", "wrap"});
    auto script = processes.add({"script"}, wrapper.pid);
    processes.signals_end = false;
    adopt({processes.self().boot_id, wrapper});
    processes.finish(wrapper.pid, 0);
    for (int i = 0; i < 10; ++i) tick();
    EXPECT_THAT(processes.signals, testing::Contains(support::SentSignal{script, SIGKILL}));
    EXPECT_THAT(line->said, IsEmpty());
    processes.finish(script.pid, 137);
    for (int i = 0; i < 10; ++i) tick();
    EXPECT_THAT(line->said, ElementsAre(over));
}

TEST_F(HostHelperTest, what_had_been_started_before_its_host_was_is_over) {
    auto stranger = processes.add({"daemon"});
    adopt({"another boot", stranger});
    for (int i = 0; i < 10; ++i) tick();
    EXPECT_THAT(line->said, ElementsAre(over));
    EXPECT_THAT(processes.signals, IsEmpty());
}

TEST_F(HostHelperTest, sweeps_until_nothing_has_the_mark) {
    marked.living["A=b"] = 2;
    tell(HostOrder::Kind::sweep, {}, "A=b");
    EXPECT_TRUE(helper.sweeps());
    EXPECT_THAT(line->said, IsEmpty());
    tick();
    tick();
    EXPECT_THAT(line->said, ElementsAre("trialwatch: swept A=b"));
    EXPECT_FALSE(helper.sweeps());
}

// Jobs outlive their agent, and their wrappers post as ever.
TEST_F(HostHelperTest, stays_until_its_jobs_are_over_when_the_agent_is_gone) {
    tell(HostOrder::Kind::start);
    line->over = true;
    tick();
    EXPECT_FALSE(helper.over());
    EXPECT_THAT(processes.signals, IsEmpty());
    processes.finish(processes.started[0].id.pid, 0);
    tick();
    EXPECT_TRUE(helper.over());
}

}  // namespace
}  // namespace tw
