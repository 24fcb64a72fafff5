#include "batch/agents/elastic_pool.hpp"

#include <gmock/gmock.h>

#include "support/fake_clock.hpp"
#include "support/fake_scheduler.hpp"
#include "support/said_log.hpp"
#include "support/virtual_filesystem.hpp"
#include "trialdir/agents.hpp"
#include "trialdir/pool.hpp"

namespace tw {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using State = PoolEntry::State;

JobRef job(std::int64_t number) {
    return {pool_trial, pool_key(number)};
}

struct PoolWorld {
    support::VirtualFileSystem fs;
    support::FakeClock clock;
    support::SaidLog log;
    support::FakeBackend backend;
    PoolSpec spec;
    Status owner;
    std::string host = "n1";
    std::optional<ElasticPool> pool;

    PoolWorld() {
        fs.make_directories(".trialwatch");
        spec.max = 4;
        spec.backend.type = "slurm";
        spec.resources.cpus = 2;
        restart();
    }
    void restart() {
        PoolPorts ports{fs, clock, log, "id1", "/bin/trialagent", host};
        pool.emplace(ports, spec, std::make_unique<support::FakeScheduler>(backend));
    }
    // So many jobs of one CPU are there.
    void tick(int work, Seconds after = Seconds(1), bool full = false) {
        clock.advance(after);
        pool->tick(
            std::vector<AgentWork>(static_cast<std::size_t>(work)), [this] { return owner; }, full);
    }
    std::vector<std::int64_t> submitted() const {
        std::vector<std::int64_t> numbers;
        for (auto& ref : backend.refs()) numbers.push_back(ref.key.incarnation);
        return numbers;
    }
    std::vector<std::int64_t> in(State state) {
        std::vector<std::int64_t> numbers;
        auto entries = list_pool(fs);
        for (auto& entry : *entries)
            if (entry.state == state) numbers.push_back(entry.number);
        return numbers;
    }
    PoolPlace begin(std::int64_t number) {
        auto place = PoolPlace::take(fs, number, "n1.a" + std::to_string(number));
        EXPECT_TRUE(place && *place);
        backend.jobs[job(number)] = JobState::running;
        return **place;
    }
    void gone(std::int64_t number) { backend.jobs.erase(job(number)); }
};

struct Pool : testing::Test, PoolWorld {};

TEST_F(Pool, submits_what_the_work_needs_and_no_more_than_max) {
    tick(0);
    EXPECT_THAT(submitted(), IsEmpty());
    tick(3);
    EXPECT_THAT(submitted(), ElementsAre(1, 2));
    tick(3);
    tick(4);
    EXPECT_THAT(submitted(), SizeIs(2));
    tick(100);
    tick(100);
    EXPECT_THAT(submitted(), ElementsAre(1, 2, 3, 4));
}

TEST_F(Pool, an_agents_job_is_of_the_size_that_is_asked_for) {
    spec.min = 1;
    spec.idle = Seconds(90);
    spec.resources.memory = 1024;
    spec.resources.time = Seconds(3600);
    spec.arguments = {"--stagger", "2s"};
    restart();
    tick(0);
    ASSERT_THAT(backend.submitted, SizeIs(1));
    auto& request = backend.submitted[0];
    EXPECT_EQ(request.resources, spec.resources);
    EXPECT_EQ(request.directory, fs.root());
    EXPECT_THAT(request.tasks[0].argv,
                ElementsAre("/bin/trialagent", fs.root(), "--pool", "id1", "@agents", "1.agent.0.1", "1",
                            "--idle", "90s", "--slots", "2", "--memory", "1024", "--walltime", "3600s",
                            "--gpus", "none", "--stagger", "2s"));
    EXPECT_EQ(request.tasks[0].output, fs.root() + "/.trialwatch/agents/pool/1.log");
    spec.arguments = {"--gpus", "0"};
    pool->change(spec);
    tick(4);
    EXPECT_THAT(backend.submitted.back().tasks[0].argv, Not(Contains("none")));
}

// Who is killed in between is followed by one who finds the word.
TEST_F(Pool, the_word_is_durable_before_the_scheduler_hears_of_the_job) {
    backend.on_submit = [&](auto&) {
        EXPECT_THAT(in(State::wanted), ElementsAre(1));
        EXPECT_EQ(fs.count("sync", ".trialwatch/agents/pool"), 1);
    };
    tick(1);
    EXPECT_THAT(submitted(), ElementsAre(1));
}

TEST_F(Pool, who_was_overtaken_submits_nothing) {
    owner = fail(Code::busy, "another watcher has taken over");
    tick(8);
    EXPECT_THAT(submitted(), IsEmpty());
    EXPECT_THAT(in(State::wanted), IsEmpty());
    owner = {};
    tick(2);
    EXPECT_THAT(submitted(), ElementsAre(1));
}

TEST_F(Pool, the_next_watcher_adopts_what_is_there) {
    tick(8);
    (void)begin(1);
    restart();
    tick(8);
    EXPECT_THAT(backend.adopted, ElementsAre(job(1), job(2), job(3), job(4)));
    EXPECT_THAT(submitted(), SizeIs(4));
    gone(2);
    tick(8, Seconds(1));
    tick(8, Seconds(31));
    EXPECT_THAT(submitted(), SizeIs(4)) << "after a failure none comes while others wait";
    EXPECT_THAT(in(State::wanted), ElementsAre(3, 4));
}

// The scheduler and the disk go on; the watcher dies at each of its calls in turn.
TEST(PoolCrash, killed_anywhere_it_loses_no_agent_and_submits_none_too_many) {
    struct Death {};
    int deaths = 0;
    for (bool died = true; died; ++deaths) {
        PoolWorld world;
        auto live = [&] {
            std::set<std::int64_t> known;
            auto entries = list_pool(world.fs);
            for (auto& entry : *entries) known.insert(entry.number);
            for (auto& [ref, state] : world.backend.jobs)
                EXPECT_TRUE(known.contains(ref.key.incarnation))
                    << ref.key.name() << " is lost, death " << deaths;
            EXPECT_LE(world.backend.jobs.size(), 4u) << "death " << deaths;
        };
        int calls = 0;
        died = false;
        world.fs.on_access([&](auto&) -> Status {
            if (calls++ == deaths) throw Death{};
            return {};
        });
        try {
            world.tick(6);
            (void)world.begin(1);
            world.tick(2);
            world.tick(2, Seconds(601));  // two are taken back
            world.tick(8);
            world.pool->dismiss();
        } catch (Death&) {
            died = true;
        }
        world.fs.on_access({});
        live();
        world.restart();
        for (int i = 0; i < 5; ++i) {
            world.tick(8, Seconds(31));
            live();
            for (auto& [job, how] : world.backend.cancelled) world.backend.jobs.erase(job);
        }
        EXPECT_THAT(world.backend.jobs, SizeIs(4)) << "death " << deaths;
    }
    EXPECT_GT(deaths, 20);
}

TEST_F(Pool, what_cannot_be_listed_as_a_whole_concludes_and_submits_nothing) {
    tick(2);
    backend.complete = false;
    gone(1);
    tick(8, Seconds(3600));
    EXPECT_THAT(submitted(), ElementsAre(1));
    EXPECT_THAT(in(State::wanted), ElementsAre(1));
    backend.complete = true;
    fs.inject({"list", ".trialwatch/agents/pool", Code::io, 1, 1});
    tick(8);
    EXPECT_THAT(submitted(), ElementsAre(1));
    EXPECT_EQ(log.count("cannot be read"), 1);
}

TEST_F(Pool, one_that_left_makes_room_and_its_number_is_not_given_again) {
    spec.max = 1;
    restart();
    tick(2);
    begin(1).leave(fs, false);
    tick(2);
    EXPECT_THAT(submitted(), ElementsAre(1, 2)) << "its job may still be listed";
    gone(1);
    tick(2);
    EXPECT_THAT(backend.ended, Contains(job(1)));
    begin(2).leave(fs, false);
    gone(2);
    tick(0);
    EXPECT_THAT(in(State::over), ElementsAre(2)) << "the highest stays";
    restart();
    tick(2);
    EXPECT_THAT(submitted(), ElementsAre(1, 2, 3));
    EXPECT_FALSE(fs.exists(".trialwatch/agents/pool/1.log"));
}

TEST_F(Pool, agents_that_end_before_they_begin_do_not_storm) {
    tick(8);
    EXPECT_THAT(submitted(), SizeIs(4));
    for (int n = 1; n <= 4; ++n) gone(n);
    backend.ends[job(1)] = {EndCause::exited, 127, true, "no such program"};
    tick(8);
    EXPECT_THAT(submitted(), SizeIs(4));
    EXPECT_THAT(log.text, HasSubstr("4 agents ended before they began: no such program; see "));
    EXPECT_THAT(log.text, HasSubstr(".trialwatch/agents/pool/1.log"));
    tick(8, Seconds(28));
    EXPECT_THAT(submitted(), SizeIs(4));
    tick(8, Seconds(2));
    EXPECT_THAT(submitted(), SizeIs(5)) << "one, to see whether it is mended";
    std::vector<double> waits;
    for (int n = 5; n < 15; ++n) {
        gone(n);
        double waited = 0;
        while (submitted().size() == static_cast<std::size_t>(n)) {
            tick(8, Seconds(10));
            waited += 10;
        }
        waits.push_back(waited);
    }
    EXPECT_GE(waits[0], 60);
    EXPECT_GE(waits[1], 120);
    EXPECT_GE(waits.back(), 1800);
    EXPECT_LE(waits.back(), 1820);
    auto place = begin(15);
    tick(8, Seconds(61));
    tick(8, Seconds(61));
    EXPECT_THAT(submitted(), SizeIs(18)) << "it works: the others come";
}

TEST_F(Pool, agents_that_die_young_do_not_storm) {
    spec.max = 1;
    restart();
    tick(2);
    (void)begin(1);
    tick(2);
    gone(1);
    tick(2);
    tick(2, Seconds(28));
    EXPECT_THAT(submitted(), ElementsAre(1));
    tick(2, Seconds(2));
    EXPECT_THAT(submitted(), ElementsAre(1, 2));
    (void)begin(2);
    tick(2);
    tick(2, Seconds(61));
    gone(2);
    tick(2);
    EXPECT_THAT(submitted(), ElementsAre(1, 2, 3)) << "it had worked: a node that failed";
}

// The pool is listed before the jobs: it began, worked and ended in between.
TEST_F(Pool, one_that_began_between_the_looks_did_not_fail) {
    tick(2);
    gone(1);
    bool waits = true;
    fs.on_access([&](auto& access) {  // the look at the jobs is over
        if (access.op == "rename" && access.to.ends_with(".withdrawn") && std::exchange(waits, false)) {
            begin(1).leave(fs, false);
            gone(1);
        }
        return Status{};
    });
    tick(2);
    tick(0);
    EXPECT_EQ(log.count("ended before"), 0);
    EXPECT_THAT(in(State::over), ElementsAre(1));
}

// Their own idle time is over at once: as many would come again and again.
TEST_F(Pool, agents_that_find_nothing_to_do_while_jobs_wait_do_not_storm) {
    spec.max = 1;
    restart();
    tick(2);
    begin(1).leave(fs, true);
    gone(1);
    tick(2);
    tick(2);
    EXPECT_THAT(submitted(), ElementsAre(1));
    EXPECT_THAT(log.text, HasSubstr("left and had run nothing, while jobs wait"));
    tick(2, Seconds(31));
    EXPECT_THAT(submitted(), ElementsAre(1, 2));
}

TEST_F(Pool, one_that_leaves_for_want_of_work_is_no_failure) {
    tick(2);
    auto place = begin(1);
    tick(0);
    place.leave(fs, true);
    gone(1);
    tick(0);
    tick(2);
    EXPECT_THAT(submitted(), ElementsAre(1, 2));
    EXPECT_EQ(log.count("while jobs wait"), 0);
}

TEST_F(Pool, a_refusal_is_said_once_and_not_repeated_for_long) {
    backend.refusal = Error{Code::invalid, "invalid account"};
    tick(8);
    tick(8);
    EXPECT_THAT(submitted(), SizeIs(4));
    EXPECT_EQ(log.count("no agent can be submitted: invalid account"), 1);
    EXPECT_THAT(in(State::wanted), IsEmpty());
    tick(8, Seconds(1800));
    EXPECT_THAT(submitted(), SizeIs(8));
    backend.refusal.reset();
    spec.max = 5;
    pool->change(spec);  // experiment.json was mended
    tick(10);
    EXPECT_THAT(submitted(), SizeIs(13));
}

// It proves nothing: the job may be in the queue.
TEST_F(Pool, what_was_not_answered_is_taken_back) {
    spec.max = 1;
    restart();
    backend.refusal = Error{Code::io, "timed out"};
    backend.on_submit = [&](auto&) { backend.jobs[job(1)] = JobState::queued; };
    tick(1);
    backend.refusal.reset();
    EXPECT_THAT(in(State::withdrawn), ElementsAre(1));
    tick(1);
    EXPECT_THAT(backend.cancelled, ElementsAre(std::pair(job(1), CancelHow::terminate)));
    EXPECT_THAT(submitted(), ElementsAre(1)) << "it may begin yet";
    EXPECT_FALSE(*PoolPlace::take(fs, 1, "n1.aa")) << "then it leaves at once";
    gone(1);
    tick(1);
    EXPECT_THAT(submitted(), ElementsAre(1, 2));
}

TEST_F(Pool, what_was_not_tried_is_handed_over_again) {
    backend.refusal = Error{Code::not_yet, "slow"};
    backend.on_submit = [&](auto& request) {
        backend.jobs[{request.trial, request.tasks[0].key}] = JobState::queued;
    };
    tick(1);
    backend.refusal.reset();
    tick(1);
    tick(1);
    EXPECT_THAT(submitted(), ElementsAre(1, 1));
}

TEST_F(Pool, only_those_that_have_not_begun_are_taken_back_when_the_work_is_gone_for_long) {
    spec.idle = Seconds(60);
    restart();
    tick(8);
    (void)begin(4);
    tick(2, Seconds(50));
    tick(4, Seconds(50));
    EXPECT_THAT(in(State::withdrawn), IsEmpty());
    tick(0, Seconds(50));
    EXPECT_THAT(in(State::withdrawn), ElementsAre(2, 3)) << "two were not needed all the time";
    tick(0);
    EXPECT_THAT(backend.cancelled, SizeIs(2));
    tick(0, Seconds(100));
    tick(0, Seconds(100));
    EXPECT_THAT(in(State::begun), ElementsAre(4));
    EXPECT_THAT(backend.cancelled, SizeIs(3));
}

TEST_F(Pool, when_the_search_has_ended_nobody_comes_any_more) {
    tick(6);
    (void)begin(2);
    pool->dismiss();
    EXPECT_THAT(in(State::withdrawn), ElementsAre(1, 3));
    EXPECT_THAT(in(State::begun), ElementsAre(2));
    EXPECT_THAT(backend.cancelled, ElementsAre(std::pair(job(1), CancelHow::terminate),
                                               std::pair(job(3), CancelHow::terminate)));
    EXPECT_FALSE(*PoolPlace::take(fs, 3, "n1.aa"));
}

TEST_F(Pool, a_full_disk_takes_no_more) {
    tick(8, Seconds(1), true);
    EXPECT_THAT(submitted(), IsEmpty());
}

TEST_F(Pool, those_of_a_backend_that_is_not_asked_any_more_count_until_they_are_gone) {
    tick(4);
    ASSERT_TRUE(AgentFolder::make(fs, "n1.a1", {}));
    (void)begin(1);
    spec.backend.type = "htcondor";
    spec.max = 2;
    restart();
    backend.jobs.clear();
    tick(8);
    EXPECT_THAT(in(State::begun), ElementsAre(1));
    EXPECT_THAT(submitted(), ElementsAre(1, 2, 3)) << "the second, which had not begun, leaves when it comes";
    EXPECT_FALSE(*PoolPlace::take(fs, 2, "n1.aa"));
    ASSERT_TRUE(remove_agent_folder(fs, "n1.a1", 1, {}));
    tick(8);
    EXPECT_THAT(submitted(), ElementsAre(1, 2, 3, 4));
}

TEST_F(Pool, processes_of_the_host_that_watched_before_are_not_taken_for_gone) {
    spec.backend.type = "local";
    restart();
    tick(2);
    ASSERT_TRUE(AgentFolder::make(fs, "n1.a1", {}));
    (void)begin(1);
    host = "n2";
    restart();
    backend.jobs.clear();
    tick(2);
    tick(2, Seconds(100));
    EXPECT_THAT(in(State::begun), ElementsAre(1));
    EXPECT_THAT(submitted(), ElementsAre(1));
}

TEST_F(Pool, logs_of_long_ago_go) {
    fs.put(".trialwatch/agents/pool/1.log", "");
    fs.put(".trialwatch/agents/pool/101." + pool_backend(spec.backend, host) + ".wanted", "");
    tick(0);
    EXPECT_FALSE(fs.exists(".trialwatch/agents/pool/1.log"));
}

}  // namespace
}  // namespace tw
