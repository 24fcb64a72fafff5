// What is proposed, how many at a time, and when the search is complete.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "optimizer_world.hpp"
#include "records/event_name.hpp"

namespace tw::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

TEST(OptimizerProposals, KeepsAsManyInFlightAsDeclared) {
    OptimizerWorld world;
    ASSERT_THAT(world.start(), SizeIs(0));
    world.tick();
    world.tick();
    EXPECT_THAT(world.unended(), ElementsAre("000000", "000001"));
    world.end("000001", 1);
    world.tick();
    EXPECT_THAT(world.unended(), ElementsAre("000000", "000002"));
}

TEST(OptimizerProposals, FillsTheSlotsWhereNothingIsDeclared) {
    OptimizerWorld world(R"("trials":100,"sampler":"random")");
    world.processes.cpu_count = 5;
    ASSERT_THAT(world.start(), SizeIs(0));
    world.tick();
    EXPECT_THAT(world.unended(), SizeIs(5));
    OptimizerOptions options;
    options.parallel = 7;
    world.optimizer.reset();
    world.processes.restart();
    ASSERT_THAT(world.start(options), SizeIs(0));
    world.tick();
    EXPECT_THAT(world.unended(), SizeIs(7));
}

// What is declared of the agents, for none of them is there yet.
TEST(OptimizerProposals, FillsTheAgentsThatMayCome) {
    std::string pool = R"("agents":{"max":3,"submit":{"backend":{"type":"slurm"},"resources":{"cpus":4}}})";
    for (auto& [agents, slots] : {std::pair{R"("backend":{"type":"agents"},)" + pool, 12},
                                  {R"("backend":{"type":"agents","options":{"slots":9}},)" + pool, 9},
                                  {std::string(R"("backend":{"type":"agents"})"), 5}}) {
        OptimizerWorld world(R"("trials":100,"sampler":"random"},)" + agents + R"(,"limits":{)");
        world.processes.cpu_count = 5;
        ASSERT_THAT(world.start(), SizeIs(0));
        world.tick();
        EXPECT_THAT(world.unended(), SizeIs(slots));
    }
}

TEST(OptimizerProposals, NamesRunAndNumber) {
    OptimizerWorld world;
    ASSERT_THAT(world.start(), SizeIs(0));
    world.tick();
    auto configs = world.configs();
    Proposal first = configs["000000"].proposal, second = configs["000001"].proposal;
    EXPECT_EQ(first.run, world.optimizer->search().name());
    EXPECT_THAT(first.run, SizeIs(12));
    EXPECT_EQ(first.sampler, "sobol");
    EXPECT_EQ(first.k, 0);
    EXPECT_EQ(second.k, 1);
    EXPECT_NE(first.seed, second.seed);
    EXPECT_GT(first.seed, 0u);
    EXPECT_LT(first.seed, 1u << 31);
    EXPECT_EQ(first.seed, job_seed(1, 0));
    EXPECT_NE(job_seed(1, 0), job_seed(2, 0));
}

TEST(OptimizerProposals, EndsWhenAllHaveEnded) {
    OptimizerWorld world;
    ASSERT_THAT(world.start(), SizeIs(0));
    world.waker.on_wait = [&](Seconds) {
        EXPECT_LE(world.unended().size(), 2u);
        if (world.seq < 6) world.end(world.unended().front(), 10.0 - static_cast<double>(world.seq));
    };
    EXPECT_EQ(world.optimizer->run(), 0);
    EXPECT_THAT(world.configs(), SizeIs(6));
    EXPECT_THAT(world.unended(), SizeIs(0));
    EXPECT_TRUE(world.released());
    EXPECT_THAT(world.said.text, HasSubstr("6 trials: 6 complete"));
    EXPECT_THAT(world.said.text, HasSubstr("best: 000005 cost=5:"));
    EXPECT_TRUE(world.waker.watched.contains(layout::private_directory));
    EXPECT_THAT(world.waker.watched, SizeIs(1));
}

TEST(OptimizerProposals, RingsOncePerTrial) {
    OptimizerWorld world;
    ASSERT_THAT(world.start(), SizeIs(0));
    world.tick();
    ASSERT_THAT(world.bells(), SizeIs(2));
    EXPECT_EQ(parse_event_name(world.bells()[0])->trial, "000000");
    EXPECT_EQ(parse_event_name(world.bells()[1])->trial, "000001");
}

TEST(OptimizerProposals, ABellThatFailsIsNoFailure) {
    OptimizerWorld world;
    ASSERT_THAT(world.start(), SizeIs(0));
    world.fs.inject({.op = "create", .prefix = layout::spool, .code = Code::no_space, .times = -1});
    world.tick();
    world.tick();
    EXPECT_THAT(world.configs(), SizeIs(2));
    EXPECT_THAT(world.bells(), SizeIs(0));
}

TEST(OptimizerProposals, AGridEnds) {
    OptimizerWorld world(
        R"("trials":100,"parallel":50,"sampler":"grid")",
        R"("x":{"type":"int","low":1,"high":3},"y":{"type":"categorical","choices":["a","b"]})");
    ASSERT_THAT(world.start(), SizeIs(0));
    world.tick();
    ASSERT_THAT(world.configs(), SizeIs(6));
    EXPECT_FALSE(world.optimizer->finished());
    for (auto& id : world.unended()) world.end(id, 1);
    EXPECT_EQ(world.optimizer->run(), 0);
    std::set<std::string> different;
    for (auto& [id, config] : world.configs()) different.insert(write_config({config.params, {}, {}}));
    EXPECT_THAT(different, SizeIs(6));
}

TEST(OptimizerProposals, MoreTrialsContinueTheRun) {
    OptimizerWorld world(R"("trials":2,"parallel":9,"sampler":"sobol")");
    ASSERT_THAT(world.start(), SizeIs(0));
    world.tick();
    world.end("000000", 1);
    world.end("000001", 1);
    EXPECT_EQ(world.optimizer->run(), 0);
    OptimizerOptions options;
    ASSERT_TRUE(read_trials("+3", options));
    world.processes.restart();
    ASSERT_THAT(world.start(options), SizeIs(0));
    world.tick();
    world.tick();
    auto configs = world.configs();
    ASSERT_THAT(configs, SizeIs(5));
    EXPECT_EQ(configs["000004"].proposal.k, 4);
    EXPECT_EQ(configs["000004"].proposal.run, configs["000000"].proposal.run);
    ASSERT_TRUE(read_trials("6", options));
    world.processes.restart();
    ASSERT_THAT(world.start(options), SizeIs(0));
    world.tick();
    EXPECT_THAT(world.configs(), SizeIs(6));
}

TEST(OptimizerProposals, TrialsAreANumberOrSoManyMore) {
    OptimizerOptions options;
    for (auto* bad : {"", "+", "-1", "++1", "1.5", "ten", "+ 1", "99999999999999999999"})
        EXPECT_EQ(read_trials(bad, options).error().code, Code::usage) << bad;
    ASSERT_TRUE(read_trials("+100", options));
    EXPECT_TRUE(options.more);
    EXPECT_EQ(options.trials, 100);
}

TEST(OptimizerProposals, OtherPeoplesTrialsDoNotCount) {
    OptimizerWorld world(R"("trials":3,"parallel":3,"sampler":"sobol")");
    world.fs.put("trials/000007/config.json", R"({"x":0.5})");
    world.fs.put("trials/mine/config.json", R"({"x":0.25})");
    ASSERT_THAT(world.start(), SizeIs(0));
    world.tick();
    EXPECT_THAT(world.configs(), SizeIs(5));
    EXPECT_TRUE(world.configs().contains("000008"));  // numbers go on from the highest
    std::string copy = *world.fs.get(layout::config("000008"));
    world.fs.put("trials/copied/config.json", copy);
    world.restart();
    EXPECT_EQ(world.optimizer->book().proposals(), 3);
    EXPECT_FALSE(world.optimizer->book().trials().at("copied").proposal);
}

struct DefaultsWorld : OptimizerWorld {
    DefaultsWorld()
        : OptimizerWorld(R"("trials":3,"parallel":50,"sampler":"sobol")",
                         R"("x":{"type":"float","low":0,"high":4,"default":2})") {}

    void make_by_hand(const std::string& config, EndState state = EndState::complete) {
        fs.put("trials/mine/config.json", config);
        watch();
        end_as("mine", 1, state, {{"cost", 1}});
    }
    // By all optimizers so far and one more.
    std::set<std::int64_t> proposed() {
        processes.restart();
        EXPECT_THAT(start(), SizeIs(0));
        tick();
        optimizer.reset();
        std::set<std::int64_t> numbers;
        for (auto& [id, config] : configs())
            if (config.proposal.k >= 0) numbers.insert(config.proposal.k);
        return numbers;
    }
};

TEST(OptimizerDefaults, TriedByHandTheyAreNotProposed) {
    DefaultsWorld world;
    world.make_by_hand(R"({"x":2})");
    EXPECT_THAT(world.proposed(), ElementsAre(1, 2, 3));
    EXPECT_THAT(world.proposed(), ElementsAre(1, 2, 3));  // 0 is not taken for lost
}

TEST(OptimizerDefaults, AnotherConfigurationDoesNotStandForThem) {
    for (auto* other : {R"({"x":2.5})", R"({"x":2,"y":1})", R"({"x":2,"files":[1]})", "{}"}) {
        DefaultsWorld world;
        world.make_by_hand(other);
        EXPECT_THAT(world.proposed(), ElementsAre(0, 1, 2)) << other;
    }
}

TEST(OptimizerDefaults, NorDoesOneThatFailed) {
    DefaultsWorld world;
    world.make_by_hand(R"({"x":2})", EndState::failed);
    EXPECT_THAT(world.proposed(), ElementsAre(0, 1, 2));
}

// A proposal that a power failure took is made again, whatever ended since.
TEST(OptimizerDefaults, NorDoesOneThatCameLater) {
    DefaultsWorld world;
    EXPECT_THAT(world.proposed(), ElementsAre(0, 1, 2));
    must(world.fs.remove(layout::config("000000")));
    must(world.fs.remove_directory(layout::trial("000000")));
    world.make_by_hand(R"({"x":2})");
    EXPECT_THAT(world.proposed(), ElementsAre(0, 1, 2));
}

TEST(OptimizerProposals, NothingIsProposedInAPause) {
    OptimizerWorld world;
    world.fs.put(layout::paused, R"({"reason":"5 failures"})");
    ASSERT_THAT(world.start(), SizeIs(0));
    world.tick();
    world.tick();
    EXPECT_THAT(world.configs(), SizeIs(0));
    EXPECT_EQ(world.said.count("paused: 5 failures"), 1);
    ASSERT_TRUE(world.fs.remove(layout::paused));
    world.tick();
    EXPECT_THAT(world.configs(), SizeIs(2));
}

TEST(OptimizerProposals, AFullDiskIsWaitedOut) {
    OptimizerWorld world;
    ASSERT_THAT(world.start(), SizeIs(0));
    world.fs.inject({.op = "create", .prefix = "trials/", .code = Code::no_space, .times = -1});
    int waits = 0;
    world.waker.on_wait = [&](Seconds) {
        if (++waits == 4) {
            EXPECT_THAT(world.configs(), SizeIs(0));
            world.fs.clear_faults();
        }
        if (waits == 6) ++world.waker.stops;
    };
    EXPECT_EQ(world.optimizer->run(), 0);
    EXPECT_THAT(world.unended(), ElementsAre("000000", "000001"));
    EXPECT_EQ(world.said.count("nothing is proposed until this is mended"), 1) << world.said.text;
    EXPECT_EQ(world.said.count("proposing again"), 1);
}

// The proposal may be there although making it failed.
TEST(OptimizerProposals, AFailureThatHappenedIsNotRepeated) {
    for (auto* op : {"sync", "link", "make_directory"}) {
        for (int nth = 1; nth <= 4; ++nth) {
            OptimizerWorld world;
            ASSERT_THAT(world.start(), SizeIs(0));
            world.fs.inject({.op = op, .prefix = "trials", .code = Code::io, .nth = nth, .happens = true});
            (void)world.optimizer->tick();
            world.clock.advance(Seconds(1));
            world.tick();
            std::set<std::int64_t> numbers;
            for (auto& [id, config] : world.configs()) EXPECT_TRUE(numbers.insert(config.proposal.k).second);
            EXPECT_THAT(numbers, ElementsAre(0, 1)) << op << " " << nth;
        }
    }
}

TEST(OptimizerProposals, ProposalsOutlastAPowerLoss) {
    for (std::size_t parallel : {2, 50}) {
        OptimizerWorld world(fmt::format(R"("trials":100,"parallel":{})", parallel));
        ASSERT_THAT(world.start(), SizeIs(0));
        world.tick();
        ASSERT_THAT(world.configs(), SizeIs(parallel));
        world.disk->crash();
        EXPECT_THAT(world.configs(), SizeIs(parallel));
    }
}

TEST(OptimizerProposals, ManyThatFailLeaveNothingBehind) {
    OptimizerWorld world(R"("trials":100,"parallel":20)");
    ASSERT_THAT(world.start(), SizeIs(0));
    world.fs.inject({.op = "create", .prefix = "trials/000011", .code = Code::no_space, .times = -1});
    (void)world.optimizer->tick();
    EXPECT_FALSE(world.fs.exists("trials/000000"));
    world.fs.clear_faults();
    world.clock.advance(Seconds(1));
    world.tick();
    EXPECT_THAT(world.configs(), SizeIs(20));
    EXPECT_EQ(world.configs().rbegin()->first, "000019");
}

TEST(OptimizerProposals, LeftoversOfTheDeadAreRemoved) {
    OptimizerWorld world;
    world.fs.put("trials/000000/.config.json.opt0123.tmp", "{");
    world.fs.put("trials/000001/.config.json.opt0123.tmp", "{");
    world.fs.put("trials/000001/notes", "a person's");
    world.fs.put("trials/mine/.config.json.sw.tmp", "");
    ASSERT_THAT(world.start(), SizeIs(0));
    EXPECT_FALSE(world.fs.exists("trials/000000"));
    EXPECT_TRUE(world.fs.exists("trials/000001/notes"));
    EXPECT_TRUE(world.fs.exists("trials/mine"));
}

TEST(OptimizerProposals, ANumberWhoseProposalWasNotFinishedIsGivenAgain) {
    OptimizerWorld world;
    world.fs.put("trials/000000/config.json", R"({"x":0.5})");
    for (auto* id : {"000001", "000002"}) world.fs.put(layout::trial(id) + "/.config.json.opt0123.tmp", "{");
    ASSERT_THAT(world.start(), SizeIs(0));
    world.tick();
    EXPECT_TRUE(world.configs().contains("000001") && world.configs().contains("000002"));
}

TEST(OptimizerProposals, ARemovedTrialIsNotProposedAgain) {
    OptimizerWorld world;
    ASSERT_THAT(world.start(), SizeIs(0));
    world.tick();
    for (auto* name : {"config.json"}) ASSERT_TRUE(world.fs.remove(std::string("trials/000001/") + name));
    ASSERT_TRUE(world.fs.remove_directory("trials/000001"));
    world.tick();
    auto configs = world.configs();
    ASSERT_THAT(configs, SizeIs(2));
    EXPECT_EQ(configs["000002"].proposal.k, 2);
    EXPECT_THAT(world.said.text, HasSubstr("000001: its directory was removed"));
}

TEST(OptimizerProposals, TheJournalRemembersRemovedTrials) {
    OptimizerWorld world;
    ASSERT_THAT(world.start(), SizeIs(0));
    std::string run = world.optimizer->search().name();
    Ledger ledger;
    Event event;
    event.kind = EventKind::revision;
    event.number = 1;
    event.text = *world.fs.get(layout::experiment_file);
    ASSERT_TRUE(ledger.apply(event));
    event = {};
    event.kind = EventKind::created;
    event.trial = "000003";
    Trial trial;
    trial.id = "000003";
    trial.revision = 1;
    trial.run = run;
    trial.k = 3;
    event.state = trial;
    ASSERT_TRUE(ledger.apply(event).value());
    Journal::begin(world.fs, make_owner(world.processes.self(), "", world.clock.now()), ledger, std::nullopt)
        .value();
    world.restart();
    EXPECT_EQ(world.optimizer->book().proposals(), 1);
    world.tick();
    for (auto& [id, config] : world.configs()) EXPECT_GE(config.proposal.k, 4);
}

TEST(OptimizerProposals, ATickLooksAtLiveTrialsAlone) {
    OptimizerWorld world(R"("trials":60,"parallel":3,"sampler":"sobol")");
    world.watch();
    ASSERT_THAT(world.start(), SizeIs(0));
    world.tick();
    for (int i = 0; i < 50; ++i) {
        world.end(world.unended().front(), 1);
        must(world.optimizer->tick());
    }
    world.fs.accesses.clear();
    must(world.optimizer->tick());
    EXPECT_LE(world.fs.accesses.size(), 8u);
}

}  // namespace
}  // namespace tw::test
