// Single-task stages: attempts, failures, retries, the time limit, markers.
#include <gtest/gtest.h>

#include "unit/lifecycle/history.hpp"

namespace tw::test {
namespace {

TEST(Pipeline, RunsToItsEnd) {
    History h;
    h.play(R"(
        0   look                          -> waiting: submit train#1
        1   submitted train               -> running
        2   accepted train text=4711      -> running
        3   started train host=gpu1       -> running
        63  ok train host=gpu1            -> running: freeze flow
        63  frozen flow flows/1.json flows/2.json -> running: submit flow/1#1 flow/2#1
        64  stages                        -> train done, flow open, metric blocked
        64  submitted flow/1              -> running: submit flow/2#1
        64  submitted flow/2              -> running
        70  ok flow/1 since=65            -> running
        71  ok flow/2 since=66            -> running: submit metric#1
        72  submitted metric
        75  ok metric since=73            -> running: conclude
        76  conclude cost=1.5             -> complete
        76  look                          -> complete: settle
        77  settled                       -> complete
        77  settled                       -> late)");
    const Outcome& outcome = *h.trial.outcome;
    EXPECT_EQ(outcome.attempts, 4);
    EXPECT_DOUBLE_EQ(outcome.seconds, 73);  // from the first start, queueing before it does not count
    EXPECT_EQ(outcome.values.at("cost"), 1.5);
    EXPECT_TRUE(outcome.failed_tasks.empty());
    EXPECT_EQ(h.trial.find_stage("train")->tasks[0].job, "4711");
    EXPECT_EQ(h.trial.find_stage("train")->tasks[0].host, "gpu1");
}

TEST(Failure, EndsTheTrialUnlessRetriesAreAskedFor) {
    History h;
    h.play(R"(
        1  submitted train
        2  started train
        9  failed train rc=3 'text=exit status 3'  -> closing: conclude
        9  stages                                  -> train failed, flow blocked, metric blocked
        9  conclude                                -> failed exit train: exit status 3
        9  stages                                  -> train failed, flow skipped, metric skipped)");
    EXPECT_EQ(h.trial.outcome->attempts, 1);
}

TEST(Failure, WithoutTheMarkerIsToldFromANonzeroExit) {
    History h;
    h.play(R"(
        1  submitted train
        9  failed train rc=0 'text=exit status 0 without training_done'
        9  conclude -> failed marker train: exit status 0 without training_done)");
}

TEST(Retries, WaitTwiceAsLongEachTime) {
    History h(pipeline(R"("retries": 3, "retry_delay": 10)"));
    h.play(R"(
        0    submitted train
        100  failed train rc=1    -> running: wake 110
        109  look                 -> running: wake 110
        110  look                 -> running: submit train#2
        110  submitted train
        200  failed train rc=1    -> running: wake 220
        220  submitted train#3
        300  timeout train        -> running: wake 340
        340  submitted train#4
        400  failed train rc=1 text=again -> closing: conclude
        400  conclude             -> failed exit train: again)");
    EXPECT_EQ(h.trial.outcome->attempts, 4);
}

TEST(Retries, WaitAtMostAnHour) {
    History h(pipeline(R"("retries": 100, "retry_delay": "30m")"));
    h.play(R"(
        0      submitted train
        0      failed train      -> running: wake 1800
        1800   submitted train
        1800   failed train      -> running: wake 5400
        5400   submitted train
        5400   failed train      -> running: wake 9000)");
}

TEST(Checkpoint, ItsStatusAsksForAnotherAttemptThatNobodyIsChargedFor) {
    History h(pipeline(R"("checkpoint_exit_code": 85, "retry_delay": 10)", "", "", R"("infra_retries": 1)"));
    h.play(R"(
        0    submitted train
        100  infra train rc=2     -> running: wake 105
        105  submitted train#2
        200  failed train rc=85   -> running: wake 210
        210  submitted train#3
        300  failed train rc=85   -> running: wake 310
        310  submitted train#4
        400  infra train rc=2     -> running: wake 405
        405  submitted train#5
        500  failed train rc=1 text=bug -> closing: conclude
        500  conclude             -> failed exit train: bug)");
}

TEST(Checkpoint, AStatusAtTheLimitOfTimeIsNoTimeout) {
    Stage stage;
    stage.resources.time = Seconds(60);
    stage.checkpoint_exit_code = 85;
    EXPECT_EQ(judge_exit(stage, 85, false, Seconds(61)), EventKind::failed);
    EXPECT_EQ(judge_exit(stage, 1, false, Seconds(61)), EventKind::timeout);
    EXPECT_EQ(describe_exit(stage, "m", 85, false), "exit status 85: it goes on from its checkpoint");
    EXPECT_EQ(describe_exit(stage, "m", 1, false), "exit status 1");
}

TEST(Infra, IsNotChargedButHasALimit) {
    History h(pipeline(R"("retries": 0)", "", "", R"("infra_retries": 3, "infra_delay": 5)"));
    h.play(R"(
        0   submitted train
        0   infra train rc=2 'text=no directory'  -> running: wake 5
        5   submitted train#2
        5   infra train rc=2                      -> running: wake 15
        15  submitted train#3
        15  infra train rc=2                      -> running: wake 35
        35  submitted train#4
        35  infra train 'text=no directory'       -> closing: conclude
        35  conclude                              -> failed infra train: no directory)");
    EXPECT_EQ(h.trial.outcome->attempts, 0);  // no script ever ran
}

TEST(Infra, StartsCountingAnewAfterAChargedFailure) {
    History h(
        pipeline(R"("retries": 1, "retry_delay": 1)", "", "", R"("infra_retries": 1, "infra_delay": 5)"));
    h.play(R"(
        0   submitted train
        0   infra train        -> running: wake 5
        5   submitted train
        9   failed train rc=1  -> running: wake 10
        10  submitted train
        10  infra train        -> running: wake 15)");
}

TEST(Infra, WaitsAtMostTenMinutes) {
    History h(pipeline("", "", "", R"("infra_retries": 50, "infra_delay": 400)"));
    h.play(R"(
        0    submitted train
        0    infra train     -> running: wake 400
        400  submitted train
        400  infra train     -> running: wake 1000)");
}

TEST(Lost, WhenConfirmedGoesOnAtOnceWhereItWas) {
    History h;
    h.play(R"(
        0  submitted train
        1  started train
        9  lost train flag=1 text=gone  -> running: wake 14
        14 look                         -> running: submit train#2)");
    EXPECT_EQ(h.trial.starts, 1);
}

TEST(Lost, WhenUnconfirmedSetsTheDirectoryAsideFirst) {
    History h;
    h.play(R"(
        0  submitted train
        1  started train
        9  lost train               -> running: quarantine
        14 look                     -> running: quarantine
        14 submitted train          -> error
        15 marker train             -> late
        20 moved number=77          -> running: submit train#2
        21 moved number=78          -> late
        22 marker train             -> late)");
    EXPECT_EQ(h.trial.inode, 77u);
}

TEST(Lost, QuarantineWaitsForTheLivingTasks) {
    History h;
    h.play(R"(
        0  submitted train
        1  ok train
        1  frozen flow a b
        2  submitted flow/1
        2  submitted flow/2
        3  started flow/1
        9  lost flow/1    -> running
        10 ok flow/2      -> running: quarantine
        11 moved number=5 -> running: wake 14)");
}

TEST(Lost, NothingIsFixedWhileTheDirectoryIsToBeMoved) {
    History h(experiment_text(R"({"name": "a", "command": ["./a.sh"], "after": []},
                                 {"name": "b", "command": ["./b.sh"], "after": [], "array": "in/*"},
                                 {"name": "c", "command": ["./c.sh"], "after": ["a", "b"]})"));
    h.play(R"(
        0  submitted a     -> running: freeze b
        1  started a
        2  lost a          -> running: quarantine
        3  moved number=5  -> running: freeze b; wake 7)");
}

TEST(Voided, AtARestartIsFreeAndImmediate) {
    History h;
    h.play(R"(
        0  submitted train
        5  voided train    -> running: submit train#2
        6  submitted train#2
        7  voided train 'text=sbatch: invalid partition'  -> running: wake 12)");
    EXPECT_EQ(h.trial.find_stage("train")->tasks[0].uncounted, 1);
}

TEST(LateNews, OfAnEarlierAttemptIsDropped) {
    History h(pipeline(R"("retries": 1)"));
    h.play(R"(
        0   submitted train
        1   failed train rc=1
        2   ok train#1       -> late
        2   started train#1  -> late
        2   failed train#1   -> late
        20  submitted train#2
        21  ok train#1       -> late
        22  ok train#3       -> error
        23  ok train#2       -> running: freeze flow
        24  failed train#2   -> late)");
}

TEST(LateNews, OfTasksAndStagesThatAreNotThereIsAnError) {
    History h;
    h.play(R"(
        0  submitted train/1   -> error
        0  submitted nothing   -> error
        0  ok flow/1#1         -> error
        0  submitted metric#1  -> error
        0  marker nothing      -> error
        1  submitted train
        2  ok train
        2  frozen flow a
        3  submitted flow/0#1  -> error
        3  submitted flow/2#1  -> error)");
}

TEST(Adoption, AnAttemptOfAnotherWatcherStartsAndEndsWithoutOurSubmission) {
    History h;
    h.play(R"(
        5  started train     -> running
        9  ok train          -> running: freeze flow)");
}

TEST(TimeLimit, CountsFromTheStartNotFromTheQueue) {
    History h(pipeline(R"("resources": {"time": "1h"}, "grace": 30)"));
    h.play(R"(
        0      submitted train
        90000  look                 -> running
        90000  started train        -> running: wake 93600
        93600  look                 -> running: term train#1; wake 93630
        93630  look                 -> running: kill train#1
        93631  timeout train text=long rc=143
        93631  conclude             -> failed timeout train: long)");
}

TEST(Marker, StartsTheNextStageWhileTheJobRuns) {
    History h(pipeline(R"("start_on": "marker")"));
    h.play(R"(
        0  submitted train
        1  started train
        5  marker train          -> running: freeze flow
        5  marker train          -> late
        5  frozen flow a         -> running: submit flow/1#1
        6  submitted flow/1
        8  ok flow/1             -> running: submit metric#1
        9  ok train              -> running: submit metric#1
        9  stages                -> train done, flow done, metric open)");
}

TEST(Marker, OfARunningJobOpensNothingWhereTheExitCounts) {
    History h;
    h.play(R"(
        0  submitted train
        1  started train
        5  marker train          -> running
        9  ok train              -> running: freeze flow)");
}

TEST(Marker, TheLastStageMustStillEnd) {
    History h(pipeline(R"("start_on": "marker")"));
    h.play(R"(
        0   submitted train
        5   marker train
        5   frozen flow a
        6   submitted flow/1
        8   ok flow/1
        8   submitted metric
        9   ok metric                    -> running
        10  failed train rc=1 text=late  -> closing: conclude
        10  conclude cost=1              -> failed exit train: late)");
}

TEST(Marker, TouchedByHandWhereNothingLivesIsTakenAsDone) {
    History h;
    h.play(R"(
        0  marker train     -> running: freeze flow
        0  marker train     -> late
        0  marker flow      -> late)");
    EXPECT_EQ(h.trial.starts, 0);
}

TEST(Marker, LeftByAFailedAttemptIsNone) {
    History h(pipeline(R"("retries": 1)"));
    h.play(R"(
        0  submitted train
        1  failed train rc=1   -> running: wake 11
        2  marker train        -> late
        11 look                -> running: submit train#2)");
}

TEST(Marker, LeftByALostAttemptIsNone) {
    History h;
    h.play(R"(
        0  submitted train
        1  started train
        4  lost train flag=1   -> running: wake 9
        5  marker train        -> late
        9  look                -> running: submit train#2)");
}

TEST(Marker, MissingAtTheExitMayStillComeByHand) {
    History h(pipeline(R"("retries": 1)"));
    h.play(R"(
        0  submitted train
        1  failed train rc=0   -> running: wake 11
        2  marker train        -> running: freeze flow)");
}

TEST(Marker, MeansNothingForAnArray) {
    History h(experiment_text(R"({"name": "only", "command": ["./a.sh"], "array": "in/*"},
                                 {"name": "last", "command": ["./b.sh"]})"));
    h.play(R"(
        0  frozen only one     -> waiting: submit only/1#1
        0  marker only         -> late)");
}

TEST(Exit, IsJudgedByStatusMarkerAndTime) {
    Stage stage;
    stage.done = "m";
    EXPECT_EQ(judge_exit(stage, 0, true, Seconds(1)), EventKind::ok);
    EXPECT_EQ(judge_exit(stage, 0, false, Seconds(1)), EventKind::failed);
    EXPECT_EQ(judge_exit(stage, 1, true, Seconds(1)), EventKind::failed);
    stage.resources.time = Seconds(10);
    EXPECT_EQ(judge_exit(stage, 143, true, Seconds(9)), EventKind::failed);
    EXPECT_EQ(judge_exit(stage, 143, true, Seconds(10)), EventKind::timeout);
    EXPECT_EQ(judge_exit(stage, 0, true, Seconds(11)), EventKind::ok);  // it got through nevertheless
    stage.done.clear();
    EXPECT_EQ(judge_exit(stage, 0, false, Seconds(1)), EventKind::ok);
}

TEST(Exit, IsDescribedInWords) {
    EXPECT_EQ(describe_exit({}, "m", 0, false), "exit status 0 without m");
    EXPECT_EQ(describe_exit({}, "m", 3, false), "exit status 3");
    EXPECT_EQ(describe_exit({}, "", 137, false), "signal 9");
    EXPECT_EQ(describe_exit({}, "", 127, false), "exit status 127 (the command was not found)");
    EXPECT_EQ(describe_exit({}, "", 126, false), "exit status 126 (the command cannot be executed)");
    EXPECT_EQ(describe_exit({}, "", 255, false), "exit status 255");
}

}  // namespace
}  // namespace tw::test
