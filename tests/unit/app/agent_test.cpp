#include "app/agent/agent.hpp"

#include <gmock/gmock.h>

#include "app/agent/agent_settings.hpp"
#include "support/fake_clock.hpp"
#include "support/fake_commands.hpp"
#include "support/fake_processes.hpp"
#include "support/fake_runner.hpp"
#include "support/said_log.hpp"
#include "support/virtual_filesystem.hpp"
#include "trialdir/experiment_dir.hpp"
#include "trialdir/layout.hpp"
#include "trialdir/publish.hpp"

namespace tw {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;
using testing::SizeIs;
using testing::UnorderedElementsAre;

JobRef ref(int task) {
    return {"000042", {1, "flow", task, 1}};
}

AgentJobName name(int task, Resources resources = {}, Seconds grace = Seconds(30)) {
    return {"000042", ref(task).key, resources, grace};
}

struct AgentTest : testing::Test {
    support::VirtualFileSystem fs;
    support::FakeClock clock;
    support::FakeWaker waker{&clock};
    support::FakeProcesses processes;
    support::SaidLog log;
    support::FakeCommands commands;
    support::FakeRunner runner{4};
    AgentOptions options;
    std::unique_ptr<Agent> agent;

    AgentTest() {
        EXPECT_TRUE(prepare_experiment(fs, "0123456789abcdef"));
        EXPECT_TRUE(make_agent_directories(fs));
    }
    void begin() {
        auto made = Agent::start({fs, clock, waker, processes, log}, options, runner);
        ASSERT_TRUE(made) << made.error().text();
        agent = std::move(*made);
    }
    void queue(const AgentJobName& job, Seconds silence = Seconds(120)) {
        ASSERT_TRUE(queue_job(fs, job, {"/e", {"/bin/sh"}, {}, "/o", "/o", silence}, "w"));
    }
    void tick(Seconds after = Seconds(1)) {
        clock.advance(after);
        agent->tick();
    }
    void tick_for(Seconds time) {
        for (Seconds passed{0}; passed < time; passed += Seconds(1)) tick();
    }
    std::vector<JobRef> queued() {
        std::vector<JobRef> jobs;
        for (int shard = 0; shard < layout::shards; ++shard) {
            auto names = list_queue(fs, shard);
            for (auto& text : *names)
                if (auto job = parse_job_file_name(text)) jobs.push_back({job->trial, job->key});
        }
        return jobs;
    }
    std::vector<JobRef> held() {
        std::vector<JobRef> jobs;
        auto contents = list_agent_folder(fs, agent->id());
        if (contents)
            for (auto& job : contents->jobs) jobs.push_back({job.trial, job.key});
        return jobs;
    }
    int evictions() {
        int count = 0;
        auto events = Spool(fs).read();
        for (auto& spooled : events->events) count += spooled.event.kind == SpoolKind::evicted;
        return count;
    }
};

TEST_F(AgentTest, claims_what_fits_and_no_more) {
    Resources two;
    two.cpus = 2;
    for (int task : {1, 2, 3}) queue(name(task, two));
    begin();
    tick();
    tick();
    EXPECT_THAT(runner.running, SizeIs(2));
    EXPECT_THAT(held(), SizeIs(2));
    EXPECT_THAT(queued(), SizeIs(1));
    JobRef first = runner.started[0];
    runner.finish(first);
    tick();
    EXPECT_THAT(runner.started, SizeIs(3));
    EXPECT_THAT(queued(), IsEmpty());
    EXPECT_FALSE(fs.exists(job_path(agent->id(), name(static_cast<int>(first.key.task), two))));
}

TEST_F(AgentTest, listens_to_the_queue_while_it_has_nothing) {
    begin();
    tick();
    EXPECT_THAT(waker.watched, Contains(layout::agents_queue));
    queue(name(1));
    tick_for(Seconds(2));
    EXPECT_THAT(runner.started, SizeIs(1));
    queue(name(2));
    tick();
    EXPECT_THAT(waker.watched, Not(Contains(layout::agents_queue)));
}

// Every agent of a machine hears each bell: those that come in vain must not all come at once the next time.
TEST_F(AgentTest, who_came_in_vain_comes_later_after_the_next_bell) {
    begin();
    tick_for(Seconds(40));  // its own looks are seconds apart by now
    int bells = 0, looks = 0, before = 0;
    waker.on_wait = [&](Seconds) {
        int lists = fs.count("list", layout::agents_queue);
        looks += lists > std::exchange(before, lists);
        if (++bells == 200) waker.stops = 1;
        waker.answers.push_back(Waker::Reason::hint);
        clock.advance(Seconds(0.001));
    };
    agent->run();
    EXPECT_GE(looks, 1);
    EXPECT_LT(looks, 20);
}

TEST_F(AgentTest, small_jobs_pass_one_that_does_not_fit) {
    Resources three, two;
    three.cpus = 3;
    two.cpus = 2;
    queue(name(1, three));
    begin();
    tick();
    queue(name(2, two));
    queue(name(3));
    tick_for(Seconds(10));
    EXPECT_THAT(runner.started, ElementsAre(ref(1), ref(3)));
}

// One small job ends and another one is queued, again and again, beside a large one.
struct Overtaking : AgentTest {
    AgentJobName large{"000001", {1, "train", 0, 1}, {}, Seconds(30)};
    int queued_jobs = 0, rounds = 0;

    Overtaking() {
        large.resources.cpus = 4;
        begin();
        while (queued_jobs < 4) queue(name(++queued_jobs));
        tick_for(Seconds(6));
        queue(large);
    }
    bool all_small() { return runner.running.size() == 4; }
    void go_on() {
        queue(name(++queued_jobs));
        runner.finish(JobRef(runner.running.begin()->first));
        tick_for(Seconds(3));
        ++rounds;
    }
};

TEST_F(Overtaking, does_not_go_on_for_ever) {
    while (all_small() && rounds < 100) go_on();
    EXPECT_GT(rounds, overtaking_limit);
    EXPECT_LE(rounds, overtaking_limit + layout::shards);  // until it was seen
    while (runner.running.size() > 1) go_on();
    go_on();
    EXPECT_THAT(runner.running, ElementsAre(Pair(JobRef{large.trial, large.key}, testing::_)));
}

// Somebody else had room for it.
TEST_F(Overtaking, of_what_is_gone_is_not_waited_for) {
    while (all_small() && rounds < 100) go_on();
    ASSERT_THAT(runner.running, SizeIs(3));
    ASSERT_TRUE(fs.remove(queue_path(large)));
    go_on();
    tick_for(Seconds(6));
    EXPECT_TRUE(all_small());
}

// What is larger than the node is left for somebody else.
TEST_F(AgentTest, leaves_alone_what_can_never_run_here) {
    Resources large;
    large.cpus = 5;
    queue(name(1, large));
    begin();
    tick_for(Seconds(30));
    EXPECT_THAT(queued(), ElementsAre(ref(1)));
}

TEST_F(AgentTest, a_claim_whose_answer_was_lost_is_found) {
    queue(name(1));
    begin();
    fs.inject({"rename", ".trialwatch/agents/queue", Code::io, 1, 1, true});
    tick();
    EXPECT_THAT(runner.started, IsEmpty());
    tick();
    EXPECT_THAT(runner.started, ElementsAre(ref(1)));
}

TEST_F(AgentTest, shows_life_by_new_names) {
    begin();
    EXPECT_EQ(list_agent_folder(fs, agent->id())->beat, 1);
    tick_for(Seconds(31));
    EXPECT_EQ(list_agent_folder(fs, agent->id())->beat, 4);
}

TEST_F(AgentTest, what_was_taken_back_is_killed) {
    queue(name(1));
    begin();
    tick();
    ASSERT_TRUE(fs.remove(job_path(agent->id(), name(1))));
    tick();
    EXPECT_THAT(runner.told, ElementsAre(Pair(ref(1), CancelHow::kill)));
    tick();
    EXPECT_FALSE(agent->over());
}

TEST_F(AgentTest, falls_silent_where_it_cannot_answer_for_its_jobs) {
    queue(name(1));
    queue(name(2));
    begin();
    tick();
    tick();
    ASSERT_THAT(runner.running, SizeIs(2));
    runner.lost_jobs.insert(ref(1));
    runner.obedient = false;
    waker.stops = 1;
    tick();
    EXPECT_FALSE(agent->over());
    runner.finish(ref(2));
    tick();
    EXPECT_TRUE(agent->over());
    EXPECT_EQ(agent->run(), 1);
    auto contents = list_agent_folder(fs, agent->id());
    EXPECT_FALSE(contents->left);
    EXPECT_THAT(held(), ElementsAre(ref(1)));  // for the watcher to take back
}

TEST_F(AgentTest, tells_which_hosts_it_covers) {
    runner.covers = {{"n1", 3, 0, 0}, {"n2", 1, 0, 0}};
    begin();
    EXPECT_EQ(read_card(fs, agent->id())->hosts, runner.covers);
}

TEST_F(AgentTest, who_cannot_show_life_ends_its_jobs_while_it_holds_them) {
    queue(name(1), Seconds(120));
    runner.obedient = false;
    begin();
    tick();
    fs.inject({"create", ".trialwatch/agents/" + agent->id(), Code::io, 1, -1});
    tick_for(Seconds(55));
    EXPECT_THAT(runner.told, IsEmpty());
    tick_for(Seconds(20));
    EXPECT_THAT(runner.told, ElementsAre(Pair(ref(1), CancelHow::terminate)));
    EXPECT_EQ(evictions(), 1);
    tick_for(Seconds(30));  // its grace
    EXPECT_THAT(runner.told, ElementsAre(Pair(ref(1), CancelHow::terminate), Pair(ref(1), CancelHow::kill)));
    queue(name(2));
    tick_for(Seconds(30));
    EXPECT_THAT(runner.started, ElementsAre(ref(1)));  // nothing new while nobody sees it
    fs.clear_faults();
    tick_for(Seconds(20));
    EXPECT_THAT(runner.started, ElementsAre(ref(1), ref(2)));
}

// The watcher waits for four beats whatever the job says.
TEST_F(AgentTest, a_short_silence_is_no_shorter_than_four_beats) {
    queue(name(1), Seconds(4));
    begin();
    tick_for(Seconds(60));
    EXPECT_THAT(runner.told, IsEmpty());
    EXPECT_THAT(runner.started, SizeIs(1));
}

// Somebody else may run it by now: it does not get its grace.
TEST_F(AgentTest, who_slept_through_the_silence_kills_what_it_had) {
    queue(name(1), Seconds(120));
    begin();
    tick();
    tick(Seconds(121));
    EXPECT_THAT(runner.told, ElementsAre(Pair(ref(1), CancelHow::kill)));
    EXPECT_FALSE(agent->over());
}

TEST_F(AgentTest, who_was_taken_for_dead_goes_on_under_another_name) {
    queue(name(1), Seconds(1000));
    begin();
    tick();
    std::string before = agent->id();
    ASSERT_TRUE(remove_tree(fs, ".trialwatch/agents/" + before));
    tick(Seconds(10));
    EXPECT_NE(agent->id(), before);
    EXPECT_THAT(runner.told, ElementsAre(Pair(ref(1), CancelHow::kill)));
    queue(name(2));
    tick_for(Seconds(10));
    EXPECT_THAT(held(), ElementsAre(ref(2)));
    EXPECT_FALSE(fs.exists(".trialwatch/agents/" + before));
}

TEST_F(AgentTest, obeys_orders_and_removes_them) {
    queue(name(1));
    queue(name(2));
    begin();
    tick_for(Seconds(3));
    AgentNote end{AgentNote::Kind::end, 0, "000042", ref(1).key},
        kill{AgentNote::Kind::kill, 0, "000042", ref(2).key};
    ASSERT_TRUE(put_note(fs, agent->id(), end));
    ASSERT_TRUE(put_note(fs, agent->id(), kill));
    tick_for(Seconds(2));
    EXPECT_THAT(runner.told,
                UnorderedElementsAre(Pair(ref(1), CancelHow::terminate), Pair(ref(2), CancelHow::kill)));
    EXPECT_THAT(list_agent_folder(fs, agent->id())->orders, IsEmpty());
    EXPECT_EQ(evictions(), 0);  // the watcher asked for it
}

TEST_F(AgentTest, a_drained_one_finishes_and_leaves) {
    queue(name(1));
    begin();
    tick();
    ASSERT_TRUE(put_note(fs, agent->id(), {AgentNote::Kind::drain, 0, "", {}}));
    queue(name(2));
    tick_for(Seconds(5));
    EXPECT_FALSE(agent->over());
    runner.finish(ref(1));
    EXPECT_EQ(agent->run(), 0);
    EXPECT_TRUE(list_agent_folder(fs, agent->id())->left);
    EXPECT_THAT(held(), IsEmpty());
    EXPECT_THAT(queued(), ElementsAre(ref(2)));
}

TEST_F(AgentTest, one_that_the_watcher_submitted_begins_when_it_has_a_folder_and_says_how_it_left) {
    ASSERT_TRUE(add_to_pool(fs, {7, "0123abcd", PoolEntry::State::wanted, ""}));
    fs.on_access([&](auto& access) {
        if (access.op == "rename" && access.path.starts_with(layout::agents_pool)) {
            EXPECT_THAT(*list_agents(fs), SizeIs(1));
            EXPECT_EQ(list_agent_folder(fs, list_agents(fs)->front())->beat, 1);
        }
        return Status{};
    });
    options.pool = 7;
    queue(name(1));
    begin();
    fs.on_access({});
    EXPECT_EQ(*list_pool(fs), std::vector({PoolEntry{7, "0123abcd", PoolEntry::State::begun, agent->id()}}));
    tick();
    runner.finish(ref(1));
    ASSERT_TRUE(put_note(fs, agent->id(), {AgentNote::Kind::drain, 0, "", {}}));
    EXPECT_EQ(agent->run(), 0);
    EXPECT_EQ(list_pool(fs)->front().state, PoolEntry::State::left);
}

TEST_F(AgentTest, one_that_nobody_waits_for_any_more_takes_nothing) {
    ASSERT_TRUE(add_to_pool(fs, {7, "0123abcd", PoolEntry::State::withdrawn, ""}));
    for (std::int64_t number : {7, 8}) {
        options.pool = number;
        queue(name(static_cast<int>(number)));
        begin();
        EXPECT_EQ(agent->run(), 0);
        EXPECT_TRUE(list_agent_folder(fs, agent->id())->left);
    }
    EXPECT_THAT(queued(), UnorderedElementsAre(ref(7), ref(8)));
    EXPECT_EQ(list_pool(fs)->front().state, PoolEntry::State::withdrawn);
}

TEST_F(AgentTest, of_a_pool_the_first_stay_without_work_and_the_others_leave) {
    for (std::int64_t number : {1, 2})
        ASSERT_TRUE(add_to_pool(fs, {number, "0123abcd", PoolEntry::State::wanted, ""}));
    options.idle = Seconds(60);
    options.pool_least = 1;
    options.pool = 1;
    begin();
    tick_for(Seconds(300));
    EXPECT_FALSE(agent->over());
    options.pool = 2;
    begin();
    tick_for(Seconds(62));
    EXPECT_TRUE(agent->over());
    EXPECT_EQ(agent->run(), 0);
    EXPECT_EQ(list_pool(fs)->back().state, PoolEntry::State::unused);
}

TEST_F(AgentTest, before_the_end_each_job_gets_its_signal_and_its_grace) {
    queue(name(1, {}, Seconds(20)));
    queue(name(2, {}, Seconds(5)));
    options.ends = clock.now() + Seconds(60);
    options.slack = Seconds(5);
    runner.obedient = false;
    begin();
    tick_for(Seconds(3));
    EXPECT_THAT(runner.running, SizeIs(2));
    tick_for(Seconds(31));
    EXPECT_THAT(runner.told, IsEmpty());
    tick_for(Seconds(3));  // 25 s before the end
    EXPECT_THAT(runner.told, ElementsAre(Pair(ref(1), CancelHow::terminate)));
    EXPECT_EQ(evictions(), 1);
    tick_for(Seconds(12));
    EXPECT_THAT(runner.told, SizeIs(1));
    tick_for(Seconds(3));
    EXPECT_THAT(runner.told,
                ElementsAre(Pair(ref(1), CancelHow::terminate), Pair(ref(2), CancelHow::terminate)));
    tick_for(Seconds(6));
    EXPECT_THAT(runner.running, IsEmpty());
    EXPECT_TRUE(agent->over());
}

// An exit that nobody was told of before would be charged.
TEST_F(AgentTest, who_cannot_say_that_it_ends_a_job_does_not_tell_it) {
    queue(name(1, {}, Seconds(20)));
    options.ends = clock.now() + Seconds(60);
    options.slack = Seconds(5);
    begin();
    tick();
    fs.inject({"create", ".trialwatch/spool", Code::io, 1, 10});
    tick_for(Seconds(42));
    EXPECT_THAT(runner.told, IsEmpty());
    tick_for(Seconds(8));
    EXPECT_THAT(runner.told, ElementsAre(Pair(ref(1), CancelHow::terminate)));
    EXPECT_EQ(evictions(), 1);
}

TEST_F(AgentTest, who_could_never_say_so_kills_it_before_the_allocation_is_over) {
    queue(name(1, {}, Seconds(20)));
    options.ends = clock.now() + Seconds(60);
    options.slack = Seconds(5);
    begin();
    tick();
    fs.inject({"create", ".trialwatch/spool", Code::io, 1, -1});
    tick_for(Seconds(53));
    EXPECT_THAT(runner.told, IsEmpty());
    tick_for(Seconds(2));
    EXPECT_THAT(runner.told, ElementsAre(Pair(ref(1), CancelHow::kill)));
}

TEST_F(AgentTest, told_to_end_it_says_so_again_until_it_can) {
    queue(name(1));
    begin();
    tick();
    fs.inject({"create", ".trialwatch/spool", Code::io, 1, 2});
    waker.stops = 1;
    tick();
    EXPECT_THAT(runner.told, IsEmpty());
    tick_for(Seconds(3));
    EXPECT_THAT(runner.told, ElementsAre(Pair(ref(1), CancelHow::terminate)));
}

// The file server hung for so long with the beat itself: nobody saw it before that.
TEST_F(AgentTest, a_beat_that_took_long_is_as_old_as_its_beginning) {
    queue(name(1), Seconds(120));
    begin();
    tick();
    bool hung = false;
    fs.on_access([&](const support::Access& access) -> Status {
        bool beats = access.op == "create" && access.path.find("/beat.") != std::string::npos;
        if (beats && !std::exchange(hung, true)) clock.advance(Seconds(121));
        return {};
    });
    tick(Seconds(11));
    EXPECT_THAT(runner.told, IsEmpty());
    tick();
    EXPECT_THAT(runner.told, ElementsAre(Pair(ref(1), CancelHow::kill)));
}

TEST_F(AgentTest, claims_nothing_that_it_cannot_finish) {
    Resources minute;
    minute.time = Seconds(60);
    queue(name(1, minute));
    options.ends = clock.now() + Seconds(90);  // its time, its grace, the slack: 95
    begin();
    tick_for(Seconds(20));
    EXPECT_THAT(runner.started, IsEmpty());
}

// A stage that says nothing is known by what it took before.
TEST_F(AgentTest, learns_how_long_a_stage_takes) {
    options.ends = clock.now() + Seconds(190);
    queue(name(1));
    begin();
    tick();
    tick_for(Seconds(80));
    runner.finish(ref(1));
    queue(name(2));
    tick_for(Seconds(15));
    EXPECT_THAT(runner.started, ElementsAre(ref(1)));
}

TEST_F(AgentTest, told_to_end_it_lets_its_jobs_end_and_told_twice_it_does_not) {
    queue(name(1));
    runner.obedient = false;
    begin();
    tick();
    waker.answers = {Waker::Reason::signal};
    (void)waker.wait(Seconds(1));
    tick();
    EXPECT_THAT(runner.told, ElementsAre(Pair(ref(1), CancelHow::terminate)));
    EXPECT_EQ(evictions(), 1);
    waker.answers = {Waker::Reason::signal};
    (void)waker.wait(Seconds(1));
    tick();
    EXPECT_THAT(runner.told, Contains(Pair(ref(1), CancelHow::kill)));
    tick();
    EXPECT_TRUE(agent->over());
}

// The signal may have reached the job as well.
TEST_F(AgentTest, told_to_end_it_excuses_what_has_just_ended) {
    queue(name(1));
    begin();
    tick_for(Seconds(2));
    ASSERT_THAT(runner.started, SizeIs(1));
    runner.finish(ref(1));
    waker.stops = 1;
    tick();
    EXPECT_EQ(evictions(), 1);
    EXPECT_TRUE(agent->over());
}

TEST_F(AgentTest, leaves_when_nothing_is_to_be_done) {
    options.idle = Seconds(60);
    begin();
    tick_for(Seconds(50));
    EXPECT_FALSE(agent->over());
    tick_for(Seconds(12));
    EXPECT_TRUE(agent->over());
}

TEST_F(AgentTest, runs_so_many_at_once_and_in_all) {
    options.parallel_runs = 2;
    options.total_runs = 3;
    for (int task = 1; task <= 5; ++task) queue(name(task));
    begin();
    tick_for(Seconds(5));
    EXPECT_THAT(runner.started, SizeIs(2));
    runner.finish(runner.started[0]);
    tick_for(Seconds(5));
    EXPECT_THAT(runner.started, SizeIs(3));
    runner.finish(runner.started[1]);
    runner.finish(runner.started[2]);
    tick_for(Seconds(2));
    EXPECT_THAT(runner.started, SizeIs(3));
    EXPECT_TRUE(agent->over());
}

TEST_F(AgentTest, staggers_its_starts) {
    options.stagger = Seconds(5);
    for (int task = 1; task <= 3; ++task) queue(name(task));
    begin();
    tick_for(Seconds(4));
    EXPECT_THAT(runner.started, SizeIs(1));
    tick_for(Seconds(5));
    EXPECT_THAT(runner.started, SizeIs(2));
}

TEST_F(AgentTest, a_job_that_is_no_document_is_given_up) {
    fs.put(queue_path(name(1)), "{\"format\":1}");
    begin();
    tick_for(Seconds(3));
    EXPECT_THAT(runner.started, IsEmpty());
    EXPECT_THAT(held(), IsEmpty());
    EXPECT_THAT(queued(), IsEmpty());
}

// What others fill of these CPUs nobody knows.
TEST_F(AgentTest, jobs_are_pinned_where_all_cpus_are_its_own) {
    Ports ports{fs, clock, waker, processes, log};
    processes.places = {{0, 0, 0}, {1, 1, 0}, {2, 2, 0}, {3, 3, 0}};
    auto pins = [&](int slots, bool no_pin = false) {
        AgentSettings settings;
        settings.slots = slots;
        settings.no_pin = no_pin;
        EXPECT_TRUE(complete(settings, ports, commands));
        return settings.local.pin;
    };
    EXPECT_TRUE(pins(0));
    EXPECT_FALSE(pins(0, true));
    EXPECT_TRUE(pins(4));
    EXPECT_FALSE(pins(3));
    processes.variables = {"SLURM_JOB_ID=7", "SLURM_JOB_END_TIME=1", "SLURM_CPUS_ON_NODE=4"};
    EXPECT_TRUE(pins(3));
    EXPECT_TRUE(pins(0));
    processes.variables = {"SLURM_JOB_ID=7", "SLURM_JOB_END_TIME=1", "SLURM_CPUS_ON_NODE=3"};
    EXPECT_FALSE(pins(3));
    EXPECT_FALSE(pins(0));
}

TEST_F(AgentTest, settings_are_read_and_the_allocation_says_its_end) {
    Ports ports{fs, clock, waker, processes, log};
    AgentSettings settings;
    settings.walltime = "1h";
    settings.stagger = "2s";
    settings.gpus = "0,1";
    settings.slots = 3;
    ASSERT_TRUE(complete(settings, ports, commands));
    EXPECT_EQ(settings.agent.ends, clock.now() + Seconds(3600));
    EXPECT_EQ(settings.agent.stagger, Seconds(2));
    EXPECT_EQ(settings.agent.gpus, 2);
    EXPECT_EQ(settings.local.cpus, 3);
    // What the allocation has, and its end, where that comes first.
    processes.variables = {"SLURM_JOB_ID=77", "SLURM_CPUS_ON_NODE=2", "SLURM_MEM_PER_NODE=512",
                           "SLURM_JOB_END_TIME=1767227400"};  // in half an hour
    ASSERT_EQ(clock.now() + Seconds(1800), Instant(Seconds(1767227400)));
    for (auto& [walltime, end] : {std::pair{"", 1800.0}, std::pair{"1h", 1800.0}, std::pair{"1m", 60.0}}) {
        AgentSettings slurm;
        slurm.walltime = walltime;
        ASSERT_TRUE(complete(slurm, ports, commands));
        EXPECT_EQ(slurm.agent.ends, clock.now() + Seconds(end)) << walltime;
        EXPECT_EQ(slurm.agent.allocation, "slurm 77");
        EXPECT_EQ(slurm.local.cpus, 2);
        EXPECT_EQ(slurm.agent.memory, std::int64_t{512} << 20);
    }
    AgentSettings wrong;
    wrong.walltime = "soon";
    auto refused = complete(wrong, ports, commands);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::usage);
    EXPECT_THAT(refused.error().what, HasSubstr("--walltime"));
}

}  // namespace
}  // namespace tw
