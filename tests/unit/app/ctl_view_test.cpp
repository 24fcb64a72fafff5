#include <fmt/format.h>

#include "app/search_run.hpp"
#include "ctl_fixture.hpp"
#include "trialdir/goal_file.hpp"

namespace tw {
namespace {

class CtlViewTest : public CtlTest {
protected:
    ExperimentView view() {
        auto read = read_view(fs, clock, processes);
        EXPECT_TRUE(read) << read.error().text();
        return read ? std::move(*read) : ExperimentView{};
    }
};

TEST_F(CtlViewTest, NothingIsThereYet) {
    auto seen = view();
    EXPECT_TRUE(seen.trials.empty());
    EXPECT_FALSE(seen.journalled);
    EXPECT_EQ(seen.watcher.state, RoleView::State::absent);
    EXPECT_EQ(seen.optimizer.state, RoleView::State::absent);
    EXPECT_EQ(seen.planned(), 10);
}

TEST_F(CtlViewTest, JournalledAndNewTrialsTogether) {
    add_trial("000000");
    end_trial("000000", EndState::complete, 1.5);
    add_trial("000001");
    start_task("000001");
    begin_journal();
    put_config("000002");
    fs.make_directories("trials/000003");  // reserved only
    auto seen = view();
    ASSERT_EQ(seen.trials.size(), 3u);
    EXPECT_EQ(seen.trials[0].state, TrialState::complete);
    EXPECT_EQ(seen.trials[0].values.at("cost"), 1.5);
    EXPECT_EQ(seen.trials[0].attempts, 3);
    EXPECT_EQ(seen.trials[1].state, TrialState::running);
    EXPECT_EQ(seen.trials[1].stage, "train");
    EXPECT_EQ(seen.trials[1].running, 1);
    EXPECT_EQ(seen.trials[2].state, TrialState::waiting);
    EXPECT_EQ(seen.live(), 2u);
}

TEST_F(CtlViewTest, ResultAloneCompletesWhereNoWatcherWas) {
    put_config("000000");
    fs.put("trials/000000/result.json", R"({"cost": 2})");
    put_config("000001");
    fs.put("trials/000001/result.json", R"({"cost": NaN})");
    put_config("000002");
    fs.put("trials/000002/result.json", R"({"cost": 2)");
    auto seen = view();
    EXPECT_EQ(seen.trials[0].state, TrialState::complete);
    EXPECT_EQ(seen.trials[1].state, TrialState::failed);
    EXPECT_EQ(seen.trials[2].state, TrialState::waiting);  // half of one
    know_experiment();                                     // as trialopt does
    EXPECT_EQ(view().trials[0].state, TrialState::complete);
    begin_journal();
    EXPECT_EQ(view().trials[0].state, TrialState::waiting);
}

TEST_F(CtlViewTest, AGoalIsPlannedUntilTheDeclarationIsEdited) {
    know_experiment();
    put_config("000000");
    put_config("000001", R"({"lr":0.1,"_trial":{"run":"r","k":0}})");
    ASSERT_TRUE(publish_goal(fs, 1, {4, 10}, "a"));
    EXPECT_EQ(view().planned(), 5);
    ASSERT_TRUE(publish_goal(fs, 2, {4, 9}, "a"));
    EXPECT_EQ(view().planned(), 11);
}

// Another space is another run, which begins with its own first proposal.
TEST_F(CtlViewTest, AGridIsPlannedByWhatItsRunHasLeft) {
    know_experiment();
    fs.put("experiment.json", R"({"format": 1, "optimizer": {"sampler": "grid", "trials": 100},
        "space": {"x": {"type": "int", "low": 1, "high": 6}}})");
    for (int k = 0; k < 5; ++k)
        put_config(numbered_trial(k), fmt::format(R"({{"x":1,"_trial":{{"run":"before","k":{}}}}})", k));
    EXPECT_EQ(view().planned(), 11);
    auto seen = view();
    std::string run =
        run_name(seen.experiment_id, seen.experiment->space, "grid", seen.experiment->optimizer.seed);
    put_config("000005", R"({"x":1,"_trial":{"run":")" + run + R"(","k":3}})");
    EXPECT_EQ(view().planned(), 8);
}

TEST_F(CtlViewTest, OutcomeOfAnUnknownTrialIsTheLastWord) {
    know_experiment();
    put_config("000000");
    Outcome outcome;
    outcome.state = EndState::pruned;
    outcome.seq = 4;
    fs.put("trials/000000/outcome.json", write_outcome(outcome));
    EXPECT_EQ(view().trials[0].state, TrialState::pruned);
}

TEST_F(CtlViewTest, NumbersSortByValue) {
    put_config("1000000");
    put_config("000002");
    put_config("warm");
    auto seen = view();
    EXPECT_EQ(seen.trials[0].id, "000002");
    EXPECT_EQ(seen.trials[1].id, "1000000");
    EXPECT_EQ(seen.trials[2].id, "warm");
}

TEST_F(CtlViewTest, WatcherStates) {
    begin_journal();
    EXPECT_EQ(view().watcher.state, RoleView::State::alive);
    processes.restart();
    EXPECT_EQ(view().watcher.state, RoleView::State::dead);
    FakeProcesses other("node2");
    auto seen = read_view(fs, clock, other);
    EXPECT_EQ(seen->watcher.state, RoleView::State::elsewhere);
    EXPECT_EQ(seen->watcher.seen, Instant{});
    fs.put(".trialwatch/beats/watcher.1.7", "");
    EXPECT_EQ(read_view(fs, clock, other)->watcher.seen, clock.now());
    released = true;
    begin_journal();
    EXPECT_EQ(view().watcher.state, RoleView::State::released);
}

TEST_F(CtlViewTest, OptimizerStates) {
    know_experiment();
    auto lease =
        Lease::take(fs, layout::optimizer, make_owner(processes.self(), "0123456789abcdef", clock.now()), {});
    ASSERT_TRUE(lease);
    EXPECT_EQ(view().optimizer.state, RoleView::State::alive);
    (void)lease->release();
    EXPECT_EQ(view().optimizer.state, RoleView::State::released);
}

TEST_F(CtlViewTest, ReadsWithoutWriting) {
    add_trial("000000");
    begin_journal();
    fs.accesses.clear();
    auto seen = view();
    read_configs(fs, seen.trials);
    for (auto& access : fs.accesses)
        EXPECT_THAT((std::vector<std::string>{"list", "stat", "read"}), testing::Contains(access.op));
    EXPECT_EQ(std::get<std::int64_t>(seen.trials[0].params.at("layers")), 3);
}

TEST_F(CtlViewTest, BrokenExperimentFallsBackToTheJournal) {
    begin_journal();
    fs.put("experiment.json", "{\"format\": 1, \"nmae\": 3}");
    auto seen = view();
    ASSERT_TRUE(seen.experiment);
    EXPECT_EQ(seen.experiment->name, "test");
    EXPECT_FALSE(seen.mistakes.empty());
}

TEST_F(CtlViewTest, FindsByNumberAndSuggests) {
    put_config("000042");
    put_config("baseline");
    auto seen = view();
    EXPECT_EQ((*find_trial(seen, "42"))->id, "000042");
    EXPECT_THAT(find_trial(seen, "baselin").error().hint, HasSubstr("baseline"));
    EXPECT_EQ(find_trial(seen, "7").error().code, Code::usage);
}

TEST_F(CtlViewTest, WhatIsInfeasibleComesLast) {
    fs.put("experiment.json",
           R"({"format": 1, "constraints": {"outcomes": [{"name": "ms", "upper": 100}]}})");
    const std::vector<std::string> results{R"({"cost": 1, "ms": 300})", R"({"cost": 3, "ms": 100})",
                                           R"({"cost": 4, "ms": 99})", R"({"cost": 2, "ms": 150})"};
    for (std::size_t i = 0; i < results.size(); ++i) {
        const TrialId id = numbered_trial(static_cast<std::int64_t>(i));
        put_config(id);
        fs.put("trials/" + id + "/result.json", results[i]);
    }
    auto seen = view();
    std::string order;
    for (auto* trial : ranked(seen)) order += trial->id.back();
    EXPECT_EQ(order, "1230");
    EXPECT_EQ(best_of(seen)[0]->id, "000001");
    EXPECT_EQ(why_infeasible(seen, *seen.find("000000")), "ms = 300 is above 100");
    EXPECT_EQ(why_infeasible(seen, *seen.find("000001")), "");
}

TEST_F(CtlViewTest, RanksCompleteTrials) {
    for (int i = 0; i < 3; ++i) add_trial(numbered_trial(i));
    end_trial("000000", EndState::complete, 3);
    end_trial("000001", EndState::failed);
    end_trial("000002", EndState::complete, 1);
    begin_journal();
    auto seen = view();
    auto order = ranked(seen);
    ASSERT_EQ(order.size(), 2u);
    EXPECT_EQ(order[0]->id, "000002");
    EXPECT_EQ(ranked(seen, "cost", Direction::maximize)[0]->id, "000000");
    EXPECT_EQ(best_of(seen).size(), 1u);
}

}  // namespace
}  // namespace tw
