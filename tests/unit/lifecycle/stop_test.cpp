// stop and kill, by persons and the pruner, in every stage.
#include <gtest/gtest.h>

#include "unit/lifecycle/history.hpp"

namespace tw::test {
namespace {

constexpr const char* training = R"(
    0  submitted train
    1  started train
)";

TEST(Stop, BeforeTheStartEndsTheTrial) {
    History h;
    h.play(R"(
        0  stop text=anna  -> closing: conclude
        0  stop text=anna  -> late
        0  conclude        -> pruned request: stopped)");
    EXPECT_EQ(h.trial.outcome->by, "anna");
}

TEST(Stop, WithEndSkipsTheRest) {
    History h;
    h.play(training);
    h.play(R"(
        5  stop text=anna              -> closing: term train#1; wake 35
        35 look                        -> closing: kill train#1; wake 635
        36 failed train rc=143         -> closing: conclude
        36 stages                      -> train open, flow blocked, metric blocked
        36 conclude                    -> pruned request: stopped
        36 stages                      -> train skipped, flow skipped, metric skipped)");
    EXPECT_EQ(h.trial.outcome->attempts, 1);
}

TEST(Stop, WithContinueFinishesTheStageAndGoesOn) {
    History h(pipeline(R"("on_stop": "continue")"));
    h.play(training);
    h.play(R"(
        5  stop text=anna     -> stopping
        5  stop text=anna     -> late
        9  ok train           -> running: freeze flow
        9  frozen flow a
        10 ok flow/1
        11 ok metric
        12 conclude cost=2    -> complete)");
    EXPECT_EQ(h.trial.outcome->by, "");
}

TEST(Stop, WithContinueANonzeroExitIsNoFailure) {
    History h(pipeline(R"("on_stop": "continue")"));
    h.play(training);
    h.play(R"(
        5  stop
        9  failed train rc=1  -> running: freeze flow
        9  stages             -> train done, flow open, metric blocked)");
}

TEST(Stop, WithContinueAnAttemptThatWasLostIsTriedAgain) {
    History h(pipeline(R"("on_stop": "continue")"));
    h.play(training);
    h.play(R"(
        5  stop
        6  lost train flag=1  -> stopping: wake 11
        11 look               -> stopping: submit train#2
        11 submitted train
        12 ok train           -> running: freeze flow)");
}

TEST(Stop, WithContinueReachesOnlyTheOpenStage) {
    History h(pipeline(R"("on_stop": "continue")"));
    h.play(training);
    h.play(R"(
        5  stop
        9  ok train
        9  frozen flow a
        10 submitted flow/1
        11 failed flow/1 rc=1 text=x  -> closing: conclude
        11 conclude                   -> failed exit flow: 1 of 1 tasks failed (0 allowed): 1; x)");
}

TEST(Stop, ByThePrunerEndsWhateverTheStageSays) {
    History h(pipeline(R"("on_stop": "continue")"));
    h.play(training);
    h.play(R"(
        5  stop
        6  stop flag=1 text=pruner  -> closing: term train#1; wake 36
        7  failed train rc=1        -> closing: conclude
        7  conclude                 -> pruned request: pruned)");
    EXPECT_EQ(h.trial.outcome->by, "pruner");
}

TEST(Stop, AfterTheLastStageIsLate) {
    History h(pipeline("", "", R"("on_stop": "continue")"));
    h.play(training);
    h.play(R"(
        2  ok train
        2  frozen flow a
        3  ok flow/1
        4  ok metric       -> running: conclude
        5  stop            -> late
        5  conclude cost=1 -> complete)");
}

TEST(Stop, IsBeatenByAValidResult) {
    History h;
    h.play(training);
    h.play(R"(
        2  ok train
        2  frozen flow a
        3  ok flow/1
        4  submitted metric
        5  stop             -> closing: term metric#1 (queued); wake 35
        6  ok metric        -> closing: conclude
        6  stages           -> train done, flow done, metric done
        6  conclude cost=1  -> complete)");
    EXPECT_EQ(h.trial.outcome->by, "");
    EXPECT_EQ(h.trial.outcome->values.at("cost"), 1);
}

TEST(Stop, IsNotBeatenByABrokenResult) {
    History h;
    h.play(training);
    h.play(R"(
        2  ok train
        2  frozen flow a
        3  ok flow/1
        4  submitted metric
        5  stop text=anna
        6  ok metric
        6  conclude bad      -> pruned request: stopped)");
}

TEST(Stop, OfAnArrayGivesUpWhatIsQueued) {
    History h;
    h.play(training);
    h.play(R"(
        2  ok train
        2  frozen flow a b c
        3  submitted flow/1
        3  started flow/1
        4  submitted flow/2
        5  stop               -> closing: term flow/1#1; term flow/2#1 (queued); wake 35
        6  voided flow/2      -> closing: term flow/1#1; wake 35
        7  ok flow/1          -> closing: conclude
        7  tasks flow         -> done cancelled ready)");
}

TEST(Stop, WhenTheStageHasJustEndedLeavesItDone) {
    History h(pipeline("", R"("max_failed": 0.5)"));
    h.play(training);
    h.play(R"(
        2  ok train
        2  frozen flow a b
        3  failed flow/1 rc=1
        4  started flow/2
        5  stop
        6  ok flow/2         -> closing: conclude
        6  stages            -> train done, flow done, metric blocked)");
}

TEST(Kill, InEveryStage) {
    History waiting;
    waiting.play(R"(
        0  kill text=anna -> closing: conclude
        0  conclude       -> killed request: killed)");
    History running;
    running.play(training);
    running.play(R"(
        5   kill text=anna        -> closing: term train#1; wake 35
        6   kill text=anna        -> late
        34  look                  -> closing: term train#1; wake 35
        35  look                  -> closing: kill train#1; wake 635
        36  lost train flag=1     -> closing: conclude
        36  conclude              -> killed request: killed)");
    EXPECT_EQ(running.trial.outcome->by, "anna");
}

// The backend is away, or never tells: the trial does not wait for ever, and says what it does not know.
TEST(Kill, WaitsForTheBackendSoLongAndNotLonger) {
    History h;
    h.play(training);
    h.play(R"(
        5    kill text=anna            -> closing: term train#1; wake 35
        634  look                      -> closing: kill train#1; wake 635
        635  look                      -> closing: kill train#1; abandon train#1
        635  lost train text='no answer' -> closing: conclude
        635  conclude                  -> killed request: killed; no answer
        636  retry                     -> running: quarantine)");
}

TEST(Kill, SaysNothingOfJobsThatHaveSurelyEnded) {
    History h;
    h.play(training);
    h.play(R"(
        5    kill text=anna
        36   lost train flag=1 text='it was cancelled'
        36   conclude                  -> killed request: killed)");
}

TEST(Kill, IsNotBeatenByAResult) {
    History h;
    h.play(training);
    h.play(R"(
        2  ok train
        2  frozen flow a
        3  ok flow/1
        4  submitted metric
        5  kill
        6  ok metric
        6  conclude cost=1  -> killed request: killed)");
    EXPECT_TRUE(h.trial.outcome->values.empty());
}

TEST(Kill, OvertakesAStopAndItsGraceRunsOn) {
    History h;
    h.play(training);
    h.play(R"(
        5   stop
        25  kill text=bob     -> closing: term train#1; wake 35
        35  look              -> closing: kill train#1; wake 635
        36  failed train rc=137
        36  conclude          -> killed request: killed)");
}

TEST(Kill, LeavesAFailureAFailure) {
    History h(pipeline("", R"("max_failed": 0)"));
    h.play(training);
    h.play(R"(
        2  ok train
        2  frozen flow a b
        3  submitted flow/1
        3  submitted flow/2
        4  failed flow/1 rc=1 text=x
        5  kill           -> late
        6  voided flow/2
        6  conclude       -> failed exit flow: 1 of 2 tasks failed (0 allowed): 1; x)");
}

TEST(Kill, OfAStoppingTrial) {
    History h(pipeline(R"("on_stop": "continue")"));
    h.play(training);
    h.play(R"(
        5  stop            -> stopping
        6  kill            -> closing: term train#1; wake 36)");
}

TEST(Vanished, EndsTheTrialAsKilled) {
    History h;
    h.play(training);
    h.play(R"(
        5  vanished 'text=its directory was removed'  -> closing: term train#1; wake 35
        6  vanished                                   -> late
        9  failed train rc=1
        9  conclude                                   -> killed vanished: its directory was removed
        9  vanished                                   -> late)");
}

TEST(Vanished, ALostAttemptOfAClosingTrialIsStillRemembered) {
    History h;
    h.play(training);
    h.play(R"(
        5  kill
        6  lost train            -> closing: conclude
        6  conclude              -> killed request: killed
        7  retry                 -> running: quarantine
        8  moved number=9        -> running: submit train#2)");
}

}  // namespace
}  // namespace tw::test
