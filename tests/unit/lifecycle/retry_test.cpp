// retry, before and after an end; what conclude() says.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "unit/lifecycle/history.hpp"

namespace tw::test {
namespace {

TEST(Retry, OfARunningTrialEndsTheWaiting) {
    History h(pipeline(R"("retries": 1, "retry_delay": 100)"));
    h.play(R"(
        0  submitted train
        1  retry                -> late
        2  failed train rc=1    -> running: wake 102
        5  retry                -> running: submit train#2
        6  retry                -> late)");
}

TEST(Retry, OfAFailedTrialGoesOnWhereItFailed) {
    History h;
    h.play(R"(
        0  submitted train
        1  ok train since=0
        1  frozen flow a b c
        2  ok flow/1
        2  submitted flow/2
        3  failed flow/3 rc=1
        4  voided flow/2
        4  conclude
        5  retry text=anna   -> running: submit flow/2#2 flow/3#2
        5  stages            -> train done, flow open, metric blocked
        6  ok flow/2#1       -> late
        6  ok flow/2#2
        7  ok flow/3
        8  ok metric
        9  conclude cost=1   -> complete)");
    EXPECT_EQ(h.trial.incarnation, 2);
    EXPECT_EQ(h.trial.outcome->attempts, 6);
}

TEST(Retry, OfAKilledAndOfAPrunedTrialBeginsAgain) {
    for (std::string request : {"kill", "stop"}) {
        History h;
        h.play("0 submitted train\n 1 started train\n 2 " + request +
               "\n 3 failed train rc=143\n 3 conclude");
        h.play(R"(
            9  settled
            10 retry        -> running: submit train#2
            10 settled      -> error)");
        EXPECT_FALSE(h.trial.settled);
        EXPECT_FALSE(h.trial.outcome);
        EXPECT_FALSE(h.trial.verdict);
    }
}

TEST(Retry, OfATrialThatNeverBegan) {
    History h;
    h.play(R"(
        0  kill
        0  conclude
        1  retry      -> running: submit train#2)");
}

TEST(Retry, OfACompleteTrialIsRefused) {
    History h;
    h.play(R"(
        0  ok train
        0  frozen flow a
        0  ok flow/1
        0  ok metric
        1  conclude cost=1 -> complete
        2  retry           -> error)");
}

TEST(Retry, AfterABadResultRunsOnlyTheLastStage) {
    History h;
    h.play(R"(
        0  ok train
        0  frozen flow a b
        0  ok flow/1
        0  ok flow/2
        0  ok metric        -> running: conclude
        1  conclude bad     -> failed result metric: result.json: no JSON
        2  retry            -> running: submit metric#2
        2  stages           -> train done, flow done, metric open
        3  ok metric
        3  conclude cost=4  -> complete)");
}

TEST(Retry, OfAnEmptyArrayReadsTheListAgain) {
    History h;
    h.play(R"(
        0  ok train
        0  frozen flow
        0  conclude          -> failed empty flow: nothing matches flows/*.json
        1  retry             -> running: freeze flow)");
}

TEST(Retry, LeavesToleratedFailuresAlone) {
    History h(pipeline("", R"("max_failed": 0.5)"));
    h.play(R"(
        0  ok train
        0  frozen flow a b
        1  failed flow/1 rc=1
        1  ok flow/2
        2  submitted metric
        3  failed metric rc=1
        3  conclude
        4  retry              -> running: submit metric#2
        4  tasks flow         -> failed done)");
}

TEST(Retry, ForgetsTheMarkerAndTheStop) {
    History h(pipeline(R"("start_on": "marker")"));
    h.play(R"(
        0  submitted train
        1  marker train
        1  frozen flow a
        2  failed train rc=1  -> closing: conclude
        2  conclude
        3  retry              -> running: submit train#2
        3  stages             -> train open, flow blocked, metric blocked
        3  submitted flow/1   -> error
        4  ok train           -> running: submit flow/1#2)");
}

TEST(Result, MustNameEveryObjective) {
    History h;
    h.play("0 ok train\n 0 frozen flow a\n 0 ok flow/1\n 0 ok metric");
    Result<ResultDocument> result = ResultDocument{{{"costs", 1.0}}};
    Outcome outcome = conclude(h.trial, h.experiment, result, at(1));
    EXPECT_EQ(outcome.state, EndState::failed);
    EXPECT_EQ(outcome.kind, "result");
    EXPECT_NE(outcome.reason.find("cost"), std::string::npos);
    result->values = {{"cost", std::numeric_limits<double>::quiet_NaN()}};
    EXPECT_EQ(conclude(h.trial, h.experiment, result, at(1)).state, EndState::failed);
}

// NaN is no JSON: an outcome that held it could be written to the journal and never be read again.
TEST(Result, OtherValuesThatAreNoNumbersAreLeftOut) {
    History h;
    h.play("0 ok train\n 0 frozen flow a\n 0 ok flow/1\n 0 ok metric");
    Result<ResultDocument> result = ResultDocument{{{"cost", 1.0}, {"auc", std::nan("")}, {"big", INFINITY}}};
    Outcome outcome = conclude(h.trial, h.experiment, result, at(1));
    EXPECT_EQ(outcome.state, EndState::complete);
    EXPECT_EQ(outcome.values, (std::map<std::string, double>{{"cost", 1.0}}));
    Event event{EventKind::concluded, at(1), "000001"};
    event.outcome = outcome;
    event.outcome->values["auc"] = std::nan("");
    auto read = read_event(write_event(event));
    ASSERT_TRUE(read) << read.error().text();
    EXPECT_EQ(read->outcome->values.size(), 1u);
}

TEST(Concluded, WaitsForEveryLivingTask) {
    History h;
    h.play("0 submitted train");
    Event event{EventKind::concluded, at(1), h.trial.id};
    event.outcome = Outcome{1, EndState::failed};
    EXPECT_FALSE(h.apply(event));
    event.outcome.reset();
    EXPECT_FALSE(h.apply(event));
}

TEST(Concluded, ATrialThatIsRefusedAtOnce) {
    History h;
    Event event{EventKind::concluded, at(1), h.trial.id};
    event.outcome = Outcome{1, EndState::failed};
    event.outcome->kind = "config";
    EXPECT_TRUE(h.apply(event).value_or(false));
    h.play("2 look -> failed: settle\n 2 stages -> train skipped, flow skipped, metric skipped");
}

TEST(Outcome, CountsStartsAndSeconds) {
    History h(pipeline(R"("retries": 2, "retry_delay": 0)"));
    h.play(R"(
        0   submitted train
        50  infra train rc=1
        55  submitted train
        60  voided train
        61  submitted train
        100 started train
        110 failed train rc=1
        110 submitted train
        120 failed train rc=1 since=115
        120 submitted train
        130 lost train flag=1 since=125
        140 submitted train
        150 failed train rc=9 text=end since=145
        150 conclude -> failed exit train: end)");
    EXPECT_EQ(h.trial.outcome->attempts, 4);
    EXPECT_DOUBLE_EQ(h.trial.outcome->seconds, 50);
    EXPECT_EQ(h.trial.outcome->ended, at(150));
}

}  // namespace
}  // namespace tw::test
