// Stages that are no chain, and stages that run once.
#include <gtest/gtest.h>

#include "unit/lifecycle/history.hpp"

namespace tw::test {
namespace {

const std::string diamond = experiment_text(R"(
    {"name": "top", "command": ["./t.sh"]},
    {"name": "left", "command": ["./l.sh"], "after": ["top"]},
    {"name": "right", "command": ["./r.sh"], "after": ["top"]},
    {"name": "bottom", "command": ["./b.sh"], "after": ["left", "right"], "done": "result.json"})");

TEST(Diamond, BothSidesRunAtOnceAndTheBottomWaitsForBoth) {
    History h(diamond);
    h.play(R"(
        0  submitted top     -> running
        1  ok top            -> running: submit left#1 right#1
        2  submitted left
        2  submitted right
        3  ok right          -> running
        3  stages            -> top done, left open, right done, bottom blocked
        4  ok left           -> running: submit bottom#1
        5  ok bottom
        5  conclude cost=1   -> complete)");
}

TEST(Diamond, AFailedSideEndsTheOther) {
    History h(diamond);
    h.play(R"(
        1  ok top
        2  submitted left
        2  submitted right
        3  failed right rc=1 text=x  -> closing: term left#1 (queued); wake 33
        4  ok left                   -> closing: conclude
        4  conclude                  -> failed exit right: x
        5  retry                     -> running: submit right#2
        5  stages                    -> top done, left done, right open, bottom blocked)");
}

TEST(Diamond, AStopEndsItWhenOneOpenStageSaysSo) {
    History h(experiment_text(R"(
        {"name": "left", "command": ["./l.sh"], "after": [], "on_stop": "continue"},
        {"name": "right", "command": ["./r.sh"], "after": []},
        {"name": "bottom", "command": ["./b.sh"], "after": ["left", "right"], "done": "result.json"})"));
    h.play(R"(
        0  submitted left
        0  submitted right
        1  stop             -> closing: term left#1 (queued); term right#1 (queued); wake 31)");
}

// The last stage declared may be done while another one fails.
TEST(Branches, AResultDoesNotBeatAFailure) {
    History h(experiment_text(R"(
        {"name": "side", "command": ["./s.sh"], "after": []},
        {"name": "main", "command": ["./m.sh"], "after": [], "done": "result.json"})"));
    h.play(R"(
        0  submitted side
        0  submitted main
        1  ok main
        2  failed side rc=1 text=x  -> closing: conclude
        2  conclude cost=1          -> failed exit side: x)");
    EXPECT_TRUE(h.trial.outcome->values.empty());
}

TEST(Stopping, EndsWhenAllStoppedStagesHaveEnded) {
    History h(experiment_text(R"(
        {"name": "left", "command": ["./l.sh"], "after": [], "on_stop": "continue"},
        {"name": "right", "command": ["./r.sh"], "after": [], "on_stop": "continue"},
        {"name": "bottom", "command": ["./b.sh"], "after": ["left", "right"], "done": "result.json"})"));
    h.play(R"(
        0  submitted left
        0  submitted right
        1  stop             -> stopping
        2  failed left rc=1 -> stopping
        3  ok right         -> running: submit bottom#1)");
}

const std::string with_once = experiment_text(R"(
    {"name": "fetch", "command": ["./f.sh"], "once": "before"},
    {"name": "work", "command": ["./w.sh"]},
    {"name": "unpack", "command": ["./u.sh"], "once": "before"},
    {"name": "report", "command": ["./r.sh"], "once": "after"})");

TEST(Once, EachRunHasItsOwnStages) {
    Experiment experiment = experiment_of(with_once);
    auto names = [&](const TrialId& id) {
        std::string text;
        for (auto* stage : stages_of(experiment, id)) text += stage->name + " ";
        return text;
    };
    EXPECT_EQ(names("@before"), "fetch unpack ");
    EXPECT_EQ(names("000001"), "work ");
    EXPECT_EQ(names("@after"), "report ");
}

TEST(Once, IsCompleteWithoutAResult) {
    History h(with_once, "@before");
    h.play(R"(
        0  look        -> waiting: submit fetch#1
        1  ok fetch    -> running: submit unpack#1
        2  ok unpack   -> running: conclude
        2  conclude    -> complete)");
    EXPECT_FALSE(wants_result(h.trial));
}

TEST(Once, FailsAsATrialDoes) {
    History h(with_once, "@after");
    h.play(R"(
        1  failed report rc=2 text=x
        1  conclude   -> failed exit report: x)");
}

}  // namespace
}  // namespace tw::test
