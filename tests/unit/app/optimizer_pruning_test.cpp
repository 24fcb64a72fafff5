// Who is asked to stop, when, and how often.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "optimizer_world.hpp"

namespace tw::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::string asha = R"("trials":50,"parallel":4,"sampler":"sobol",
    "pruner":{"type":"asha","metric":"loss","min":1,"max":27,"eta":2})";

struct OptimizerPruning : ::testing::Test {
    OptimizerWorld world{asha};

    void begin() {
        world.watch();
        ASSERT_THAT(world.start(), IsEmpty());
        world.tick();
        ASSERT_EQ(world.unended().size(), 4u);
    }
    std::string metrics(const TrialId& id) { return layout::trial(id) + "/metrics.jsonl"; }
    void report(const TrialId& id, std::int64_t step, double loss) {
        must(world.fs.append_line(metrics(id), fmt::format(R"({{"step":{},"loss":{}}})", step, loss)));
    }
    std::string stop_file(const TrialId& id) { return layout::trial(id) + "/stop"; }
    std::vector<TrialId> stopped() {
        std::vector<TrialId> ids;
        for (auto& [path, text] : world.fs.dump())
            if (path.starts_with("trials/") && path.ends_with("/stop"))
                ids.push_back(path.substr(7, path.size() - 12));
        return ids;
    }
    Request request(const TrialId& id) { return read_request(world.fs.get(stop_file(id)).value_or("")); }
    // The watcher took it.
    void take(const TrialId& id) { must(world.fs.remove(stop_file(id))); }
    // The journal of a watcher that has taken it for 000001, and waits for the job to end.
    void write_down_the_stop() {
        Ledger ledger;
        Event event;
        event.kind = EventKind::revision;
        event.number = 1;
        event.text = *world.fs.get(layout::experiment_file);
        EXPECT_TRUE(ledger.apply(event));
        Trial trial;
        trial.id = "000001";
        trial.revision = 1;
        event = {};
        event.kind = EventKind::created;
        event.trial = trial.id;
        event.state = trial;
        EXPECT_TRUE(ledger.apply(event));
        event = {};
        event.kind = EventKind::stop;
        event.trial = trial.id;
        event.flag = true;
        EXPECT_TRUE(ledger.apply(event));
        EXPECT_EQ(ledger.find("000001")->state, TrialState::closing);
        Owner owner = make_owner(world.processes.self(), "", world.clock.now());
        Journal::begin(world.fs, owner, ledger, read_newest(world.fs).value()).value();
    }

    void prune(const TrialId& id, std::int64_t seq) {
        Outcome outcome;
        outcome.seq = seq;
        outcome.state = EndState::pruned;
        outcome.by = "pruner";
        world.fs.put(layout::outcome(id), write_outcome(outcome));
    }
};

TEST_F(OptimizerPruning, WhoIsNotWorthFinishingIsAskedToStopAsAPersonAsks) {
    begin();
    report("000000", 1, 0.5);
    report("000001", 1, 0.9);
    world.tick();
    EXPECT_THAT(stopped(), ElementsAre("000001"));
    EXPECT_EQ(request("000001").by, "pruner");
    EXPECT_EQ(request("000001").reason, "asha: loss 0.9 at step 1 is not among the best 1 of 2");
    EXPECT_THAT(world.bells(), ::testing::Contains(HasSubstr("r.000001.")));
    EXPECT_THAT(world.said.text, HasSubstr("trial 000001 is asked to stop: asha: loss 0.9"));
}

TEST_F(OptimizerPruning, ThoseThatReportedInTheSamePollCompareByTheirSteps) {
    begin();
    report("000000", 1, 0.9);
    report("000000", 3, 0.8);
    report("000001", 1, 0.5);
    report("000001", 3, 0.4);
    world.tick();
    EXPECT_THAT(stopped(), IsEmpty());  // each was the first at a rung that it is judged by, or the better
    report("000002", 1, 0.6);
    world.tick();
    EXPECT_THAT(stopped(), ElementsAre("000002"));
}

TEST_F(OptimizerPruning, OnceAlsoWhereTheJobReportsOn) {
    begin();
    report("000000", 1, 0.5);
    report("000001", 1, 0.9);
    world.tick();
    take("000001");
    report("000000", 2, 0.3);
    report("000001", 2, 0.9);  // the next rung says so too
    world.tick();
    EXPECT_THAT(stopped(), IsEmpty());
}

TEST_F(OptimizerPruning, ADeadOptimizersVerdictComesAgain) {
    begin();
    report("000000", 1, 0.5);
    report("000001", 1, 0.9);
    world.restart();  // before it had looked
    world.tick();
    EXPECT_THAT(stopped(), ElementsAre("000001"));
    std::string before = *world.fs.get(stop_file("000001"));
    world.restart();
    world.tick();
    EXPECT_EQ(world.fs.get(stop_file("000001")), before);
    EXPECT_THAT(stopped(), ElementsAre("000001"));
}

// The process is killed before the nth operation after the reports; whether it was ever reached.
bool stops_the_same(int dies_at) {
    struct Killed {};
    OptimizerWorld world{asha};
    world.watch();
    EXPECT_THAT(world.start(), IsEmpty());
    world.tick();
    for (auto& [id, loss] : std::map<TrialId, double>{{"000000", 0.5}, {"000001", 0.9}, {"000002", 0.7}})
        must(world.fs.append_line("trials/" + id + "/metrics.jsonl",
                                  fmt::format(R"({{"step":1,"loss":{}}})", loss)));
    int operations = 0;
    world.fs.on_access([&](const support::Access&) -> Status {
        if (operations++ == dies_at) throw Killed{};
        return {};
    });
    bool killed = false;
    try {
        world.tick();
    } catch (const Killed&) {
        killed = true;
        world.restart();
        world.tick();
    }
    EXPECT_TRUE(world.fs.exists("trials/000001/stop"));
    EXPECT_TRUE(world.fs.exists("trials/000002/stop"));
    EXPECT_FALSE(world.fs.exists("trials/000000/stop"));
    return killed;
}

TEST(OptimizerPruningCrash, KilledBeforeAnyOperationItStopsTheSame) {
    int operations = 0;
    while (stops_the_same(operations) && !testing::Test::HasFailure()) ++operations;
    EXPECT_GT(operations, 20);
}

TEST_F(OptimizerPruning, NothingIsStoppedTwiceWhereTheJournalHasIt) {
    begin();
    report("000000", 1, 0.5);
    report("000001", 1, 0.9);
    world.tick();
    take("000001");
    write_down_the_stop();
    world.restart();
    world.tick();
    EXPECT_THAT(stopped(), IsEmpty());
}

TEST_F(OptimizerPruning, EndedTrialsAreComparisonsAfterARestartToo) {
    begin();
    report("000000", 1, 0.5);
    world.tick();
    world.end("000000", 1);
    world.tick();
    world.restart();
    world.tick();
    report("000001", 1, 0.9);
    report("000002", 1, 0.4);
    world.tick();
    EXPECT_THAT(stopped(), ElementsAre("000001"));
}

TEST_F(OptimizerPruning, WhatEndedMeanwhileIsLeftAlone) {
    begin();
    report("000000", 1, 0.5);
    report("000001", 1, 0.9);
    world.end("000001", 1);
    world.tick();
    EXPECT_THAT(stopped(), IsEmpty());
}

TEST_F(OptimizerPruning, TrialsMadeByHandAreComparedWithAndNotStopped) {
    begin();
    world.fs.put("trials/mine/config.json", R"({"x":0.25})");
    world.fs.put("trials/bad/config.json", R"({"x":0.75})");
    report("mine", 1, 0.5);
    report("bad", 1, 0.9);
    world.clock.advance(Seconds(20));
    world.tick();
    EXPECT_THAT(stopped(), IsEmpty());
    report("000000", 1, 0.7);
    world.tick();
    EXPECT_THAT(stopped(), ElementsAre("000000"));
}

TEST_F(OptimizerPruning, ATruncatedFileStartsTheTrialAnew) {
    begin();
    report("000000", 1, 0.5);
    world.tick();
    world.fs.put(metrics("000000"), "");
    world.tick();
    report("000001", 1, 0.9);  // nobody else is at the rung
    world.tick();
    EXPECT_THAT(stopped(), IsEmpty());
    report("000000", 1, 0.95);
    world.tick();
    EXPECT_THAT(stopped(), ElementsAre("000000"));
}

TEST_F(OptimizerPruning, WhatAPersonTriesAgainIsLetAlone) {
    begin();
    report("000000", 1, 0.5);
    report("000001", 1, 0.9);
    world.tick();
    take("000001");
    prune("000001", 1);
    world.tick();
    must(world.fs.rename(layout::outcome("000001"), "trials/000001/outcome.1.json"));
    for (int i = 0; i < 20; ++i) world.tick();
    ASSERT_TRUE(world.optimizer->book().live().contains("000001"));
    report("000001", 3, 0.9);
    report("000000", 3, 0.1);
    report("000001", 9, 0.9);
    world.tick();
    EXPECT_THAT(stopped(), IsEmpty());
    world.restart();
    world.tick();
    EXPECT_THAT(stopped(), IsEmpty());
}

TEST_F(OptimizerPruning, ARetryAfterAFailureCanBeStopped) {
    begin();
    report("000000", 1, 0.5);
    report("000001", 1, 0.4);
    world.tick();
    world.end_as("000001", 1, EndState::failed);
    world.tick();
    must(world.fs.rename(layout::outcome("000001"), "trials/000001/outcome.1.json"));
    for (int i = 0; i < 20; ++i) world.tick();
    report("000000", 3, 0.1);
    report("000001", 3, 0.9);
    world.tick();
    EXPECT_THAT(stopped(), ElementsAre("000001"));
}

TEST_F(OptimizerPruning, WhatCannotBePublishedIsTriedAgain) {
    begin();
    report("000000", 1, 0.5);
    report("000001", 1, 0.9);
    world.fs.on_access([](const support::Access& access) -> Status {
        if (access.op == "create" && access.path.find("/.stop.") != std::string::npos)
            return fail(Code::no_space, "full");
        return {};
    });
    world.tick();
    EXPECT_THAT(stopped(), IsEmpty());
    EXPECT_THAT(world.said.text, HasSubstr("full"));
    world.fs.on_access(nullptr);
    world.tick();
    EXPECT_THAT(stopped(), ElementsAre("000001"));
}

TEST_F(OptimizerPruning, LinesThatAreNoMetricAreSaidOnce) {
    begin();
    world.fs.put(metrics("000000"), "epoch 1\n");
    world.tick();
    must(world.fs.append_line(metrics("000000"), "epoch 2"));
    world.tick();
    EXPECT_EQ(world.said.count("no metric"), 1);
}

TEST_F(OptimizerPruning, AMetricThatNobodyReportsIsSaid) {
    begin();
    must(world.fs.append_line(metrics("000000"), R"({"step":1,"los":1})"));
    world.end("000000", 1);
    world.tick();
    EXPECT_THAT(world.said.text, HasSubstr("trial 000000 has reported, but never 'loss'"));
}

TEST_F(OptimizerPruning, APrunerThatIsSwitchedOnLaterHearsOfAll) {
    world.declare(experiment_json(plain_space, R"("trials":50,"parallel":4,"sampler":"sobol")"));
    begin();
    report("000000", 1, 0.5);
    world.end("000000", 1);
    report("000001", 1, 0.9);
    world.tick();
    EXPECT_THAT(stopped(), IsEmpty());
    world.declare(experiment_json(plain_space, asha));
    world.tick();
    EXPECT_THAT(stopped(), ElementsAre("000001"));
}

class Listener final : public Sampler {
public:
    explicit Listener(std::map<TrialId, std::optional<Measured>>* last) : last_(last) {}
    Result<Suggestion> ask(std::int64_t k) override {
        return Suggestion{{{"x", static_cast<double>(k) / 1000}}, name()};
    }
    void tell(const Observation& observation) override { (*last_)[observation.trial] = observation.last; }
    std::string name() const override { return "listener"; }

private:
    std::map<TrialId, std::optional<Measured>>* last_;
};

TEST_F(OptimizerPruning, SamplersHearTheLastValueOfCompleteAndPrunedTrials) {
    std::map<TrialId, std::optional<Measured>> last;
    world.maker = [&](auto&, auto&, auto&) -> Result<std::unique_ptr<Sampler>> {
        return std::make_unique<Listener>(&last);
    };
    begin();
    report("000000", 1, 0.5);
    world.tick();
    report("000000", 3, 0.3);  // not seen while it ran
    report("000000", 2, 0.4);
    report("000000", 3, 0.2);
    world.end("000000", 1);
    report("000001", 1, 0.9);
    world.end_as("000001", ++world.seq, EndState::pruned);
    report("000002", 1, 0.8);
    world.end_as("000002", ++world.seq, EndState::failed);
    world.end("000003", 1);
    auto check = [&] {
        ASSERT_EQ(last.size(), 4u);
        ASSERT_TRUE(last["000000"] && last["000001"]);
        EXPECT_EQ(last["000000"]->step, 3);
        EXPECT_EQ(last["000000"]->value, 0.3);
        EXPECT_EQ(last["000001"]->value, 0.9);
        EXPECT_FALSE(last["000002"]);
        EXPECT_FALSE(last["000003"]);
    };
    world.tick();
    check();
    last.clear();
    world.restart();
    world.tick();
    check();
}

}  // namespace
}  // namespace tw::test
