// Array stages: the list, tolerated failures, broken submit files.
#include <gtest/gtest.h>

#include "unit/lifecycle/history.hpp"

namespace tw::test {
namespace {

// A history whose train is done: the array is next.
History trained(const std::string& flow, const std::string& limits = {}) {
    History h(pipeline("", flow, "", limits));
    h.play("0 submitted train\n 1 started train\n 2 ok train -> running: freeze flow");
    return h;
}

TEST(Array, IsSubmittedTaskByTaskUpToTheLimit) {
    History h = trained("");
    h.play("2 frozen flow a b c");
    auto debts = owed(h.trial, h.experiment, at(3), 2);
    ASSERT_EQ(debts.submit.size(), 2u);
    EXPECT_EQ(text_of(debts.submit[1]), "flow/2#1");
}

TEST(Array, ListIsFixedOnce) {
    History h = trained("");
    h.play(R"(
        2  frozen train x     -> late
        2  frozen metric x    -> late
        2  frozen flow a b    -> running: submit flow/1#1 flow/2#1
        3  frozen flow a b c  -> late)");
    EXPECT_EQ(h.trial.find_stage("flow")->inputs, (std::vector<std::string>{"a", "b"}));
}

TEST(Array, SingleStagesHaveNoList) {
    History h;
    h.play("0 frozen train x -> error");
}

TEST(Array, OneFailureTooManyEndsTheSiblings) {
    History h = trained("");
    h.play(R"(
        2   frozen flow a b c d
        3   submitted flow/1
        3   submitted flow/2
        3   submitted flow/3
        4   started flow/1
        4   started flow/2
        5   failed flow/1 rc=2 'text=exit status 2' -> closing: term flow/2#1; term flow/3#1 (queued); wake 35
        6   submitted flow/4                         -> error
        35  look                                     -> closing: kill flow/2#1; kill flow/3#1 (queued); wake 635
        36  failed flow/2 rc=137                     -> closing: kill flow/3#1 (queued); wake 635
        36  voided flow/3                            -> closing: conclude
        36  tasks flow                               -> failed cancelled cancelled ready
        37  conclude -> failed exit flow: 1 of 4 tasks failed (0 allowed): 1; exit status 2)");
    EXPECT_EQ(h.trial.outcome->failed_tasks.at("flow"), std::vector<std::int64_t>{1});
    EXPECT_EQ(h.trial.outcome->attempts, 3);
}

TEST(Array, AFractionMayFail) {
    History h = trained(R"("max_failed": 0.5)");
    h.play(R"(
        2   frozen flow a b c d
        3   failed flow/1 rc=1   -> running: submit flow/2#1 flow/3#1 flow/4#1
        4   ok flow/2
        5   failed flow/4 rc=1
        6   ok flow/3            -> running: submit metric#1
        6   tasks flow           -> failed done done failed
        7   ok metric
        8   conclude cost=1      -> complete)");
}

TEST(Array, ACountMayFail) {
    History h = trained(R"("max_failed": 1)");
    h.play(R"(
        2   frozen flow a b c
        3   failed flow/3 rc=1  -> running: submit flow/1#1 flow/2#1
        4   ok flow/1
        5   ok flow/2           -> running: submit metric#1
        7   ok metric
        8   conclude cost=1     -> complete)");
    EXPECT_EQ(h.trial.outcome->failed_tasks.at("flow"), std::vector<std::int64_t>{3});
}

TEST(Array, NeverMayAllOfItFail) {
    History h = trained(R"("max_failed": 100)");
    h.play(R"(
        2   frozen flow a b
        3   failed flow/1 rc=1 text=no
        4   failed flow/2 rc=1  -> closing: conclude
        4   conclude -> failed exit flow: 2 of 2 tasks failed (1 allowed): 1, 2; no)");
}

TEST(Array, AllowedFailuresRoundDown) {
    Stage stage;
    stage.max_failed = 0.05;
    EXPECT_EQ(allowed_failures(stage, 19), 0);
    EXPECT_EQ(allowed_failures(stage, 20), 1);
    EXPECT_EQ(allowed_failures(stage, 100), 5);
    stage.max_failed = 0.1;
    EXPECT_EQ(allowed_failures(stage, 30), 3);  // 0.1 * 30 is a little below 3 in no rounding of ours
    stage.max_failed = 7;
    EXPECT_EQ(allowed_failures(stage, 100), 7);
    EXPECT_EQ(allowed_failures(stage, 7), 6);
    EXPECT_EQ(allowed_failures(stage, 1), 0);
    EXPECT_EQ(allowed_failures(stage, 0), 0);
}

TEST(Array, TasksAreRetriedOneByOne) {
    History h = trained(R"("retries": 1, "retry_delay": 10)");
    h.play(R"(
        2   frozen flow a b
        3   submitted flow/1
        3   submitted flow/2
        4   failed flow/2 rc=1     -> running: wake 14
        5   ok flow/1              -> running: wake 14
        14  look                   -> running: submit flow/2#2
        14  submitted flow/2
        15  failed flow/2#1 rc=1   -> late
        16  ok flow/2              -> running: submit metric#1)");
}

TEST(Array, ThatMatchesNothingFails) {
    History h = trained("");
    h.play(R"(
        2  frozen flow   -> closing: conclude
        2  conclude      -> failed empty flow: nothing matches flows/*.json)");
}

TEST(Array, ThatMatchesNothingMayBeAllowed) {
    History h = trained(R"("allow_empty": true)");
    h.play(R"(
        2  frozen flow   -> running: submit metric#1
        2  stages        -> train done, flow done, metric open)");
}

TEST(Array, BrokenSubmitFileIsTheTrialsFailure) {
    History h = trained(R"("submit": "run_flow.cmd")");
    h.play(R"(
        2  broken flow 'text=run_flow.cmd:3: no such macro'  -> closing: conclude
        3  frozen flow a                                     -> late
        3  conclude   -> failed submit flow: run_flow.cmd:3: no such macro
        4  retry      -> running: freeze flow)");
}

TEST(Array, AGeneratedListIsRemembered) {
    History h = trained(R"("submit": "run_flow.cmd")");
    h.play("2 frozen flow flag=1 a b");
    EXPECT_TRUE(h.trial.find_stage("flow")->generated);
}

TEST(Array, OnlyTheFirstFailedNumbersAreNamed) {
    History h = trained(R"("max_failed": 11)");
    std::string lines = "2 frozen flow";
    for (int i = 0; i < 20; ++i) lines += " x";
    for (int i = 1; i <= 12; ++i) lines += "\n3 failed flow/" + std::to_string(i) + " rc=1 text=no";
    h.play(lines);
    ASSERT_TRUE(h.trial.verdict);
    EXPECT_EQ(h.trial.verdict->reason,
              "12 of 20 tasks failed (11 allowed): 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, ...; no");
}

}  // namespace
}  // namespace tw::test
