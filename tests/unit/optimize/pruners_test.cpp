// median, percentile, threshold, patient; what all pruners have in common.
#include <gtest/gtest.h>

#include "pruner_story.hpp"

namespace tw::test {
namespace {

PrunerSpec median(std::int64_t startup = 3) {
    PrunerSpec spec = pruner_spec("median");
    spec.startup_trials = startup;
    return spec;
}

const std::string three_complete =
    "a 1 1\na 2 0.5\na = 1\n"
    "b 1 2\nb 2 1.5\nb = 1\n"
    "c 1 3\nc 2 2.5\nc = 1\n";

TEST(Median, TheBestSoFarAgainstCompleteTrialsAtThatStep) {
    PrunerStory story(median());
    story.tell(three_complete);
    EXPECT_EQ(story.tell("d 1 2\nd ?\nd 2 1.6\nd ?\ne 1 1.4\ne ?\ne 2 9\ne ?"),
              "d keep\n"
              "d stop: the best loss up to step 2, 1.6, is worse than 1.5, the median of 3 complete trials\n"
              "e keep\ne keep\n");
}

TEST(Median, WaitsForEnoughCompleteTrials) {
    PrunerStory story(median());
    story.tell("a 1 1\na = 1\nb 1 1\nb = 1\nr 1 1\ns 1 1\ns = pruned\nd 1 9");
    EXPECT_FALSE(story.stops("d"));
    story.tell("r = 1");
    EXPECT_TRUE(story.stops("d"));
    EXPECT_FALSE(story.stops("nobody"));
}

TEST(Median, AlsoWithoutAnyToWaitFor) {
    PrunerStory story(median(0));
    story.tell("d 1 9");
    EXPECT_FALSE(story.stops("d"));
}

TEST(Median, WarmUpAndInterval) {
    PrunerSpec spec = median(1);
    spec.warmup_steps = 5;
    spec.interval = 10;
    PrunerStory story(spec);
    story.tell("a 0 1\na = 1\nd 4 9");
    EXPECT_FALSE(story.stops("d"));
    story.tell("d 6 0.5\nd 14 9");  // judged at 6
    EXPECT_FALSE(story.stops("d"));
    story.tell("e 6 9\ne 7 0.5");
    EXPECT_TRUE(story.stops("e"));  // and so is this one
    story.tell("e 15 9");
    EXPECT_FALSE(story.stops("e"));
}

TEST(Median, AStepThatIsMissingIsTheOneBefore) {
    PrunerStory story(median(1));
    story.tell("a 1 1\na 5 0.1\na = 1\nd 4 0.9\ne 4 1.1\nf 0 9\n");
    EXPECT_FALSE(story.stops("d"));
    EXPECT_TRUE(story.stops("e"));
    EXPECT_FALSE(story.stops("f"));  // nobody was there before
}

TEST(Median, OrderAndRepetitionOfStepsDoNotMatter) {
    PrunerStory story(median(1));
    story.tell("a 3 3\na 1 1\na 2 2\na 1 9\na = 1");
    story.tell("d 2 1.5\nd 1 7\nd 2 8\nd 3 9\ne 2 8\ne 1 7");
    EXPECT_FALSE(story.stops("d"));
    EXPECT_TRUE(story.stops("e"));
}

TEST(Median, NoNumbers) {
    PrunerStory story(median(1));
    story.tell("a 1 nan\na 2 1\na = 1");
    EXPECT_EQ(story.tell("d 1 nan\nd ?\ne 1 5\ne ?\ne 2 nan\ne ?\nf 1 0.5\nf 2 nan\nf ?"),
              "d stop: loss has been nothing but NaN up to step 1\n"
              "e keep\n"
              "e stop: the best loss up to step 2, 5, is worse than 1, the median of 1 complete trials\n"
              "f keep\n");
}

TEST(Median, ATrialThatIsTriedAgainStartsAnew) {
    PrunerStory story(median(1));
    story.tell("a 1 1\na = 1\nd 1 9");
    EXPECT_TRUE(story.stops("d"));
    story.tell("d again");
    EXPECT_FALSE(story.stops("d"));
    story.tell("d 1 0.5");
    EXPECT_FALSE(story.stops("d"));
}

TEST(Percentile, SoManyOfTheBestGoOn) {
    PrunerSpec spec = pruner_spec("percentile");
    spec.percentile = 25;
    spec.startup_trials = 5;
    const std::string five = "a 1 1\na = 1\nb 1 2\nb = 1\nc 1 3\nc = 1\nd 1 4\nd = 1\ne 1 5\ne = 1\n";
    PrunerStory story(spec);
    EXPECT_EQ(
        story.tell(five + "f 1 2\nf ?\ng 1 2.1\ng ?"),
        "f keep\ng stop: the best loss up to step 1, 2.1, is worse than 2, the best 25 percent of 5 complete "
        "trials\n");
    spec.direction = Direction::maximize;
    PrunerStory other(spec);
    EXPECT_EQ(
        other.tell(five + "f 1 4\nf ?\ng 1 3.9\ng ?"),
        "f keep\ng stop: the best loss up to step 1, 3.9, is worse than 4, the best 25 percent of 5 complete "
        "trials\n");
}

TEST(Percentile, BetweenTwoValues) {
    PrunerSpec spec = pruner_spec("percentile");
    spec.percentile = 10;
    spec.startup_trials = 2;
    PrunerStory story(spec);
    story.tell("a 1 0\na = 1\nb 1 1\nb = 1\nc 1 0.09\nd 1 0.11");  // numpy: 0.1
    EXPECT_FALSE(story.stops("c"));
    EXPECT_TRUE(story.stops("d"));
}

TEST(Threshold, BothSidesAndNoNumber) {
    PrunerSpec spec = pruner_spec("threshold");
    spec.lower = -1;
    spec.upper = 2.5;
    PrunerStory story(spec);
    EXPECT_EQ(story.tell("a 0 -1\na ?\na 1 2.5\na ?\na 2 2.6\na ?\nb 0 -2\nb ?\nc 0 nan\nc ?"),
              "a keep\na keep\na stop: loss 2.6 at step 2 is above 2.5\n"
              "b stop: loss -2 at step 0 is below -1\nc stop: loss nan at step 0 is no number\n");
    story.tell("a 3 1");
    EXPECT_TRUE(story.stops("a"));  // it was beyond
    story.tell("a again\na 0 1");
    EXPECT_FALSE(story.stops("a"));
}

TEST(Threshold, WarmUpAndInterval) {
    PrunerSpec spec = pruner_spec("threshold");
    spec.upper = 1;
    spec.warmup_steps = 3;
    spec.interval = 5;
    PrunerStory story(spec);
    story.tell("a 2 9\na 4 0\na 5 9\na 3 9");
    EXPECT_FALSE(story.stops("a"));
    story.tell("a 9 9");
    EXPECT_TRUE(story.stops("a"));
}

PrunerSpec patient(std::int64_t patience, double min_delta = 0) {
    PrunerSpec spec = pruner_spec("patient");
    spec.patience = patience;
    spec.min_delta = min_delta;
    return spec;
}

TEST(Patient, StopsWhatDoesNotBecomeBetter) {
    PrunerStory story(patient(1));
    EXPECT_EQ(story.tell("a 1 1\na 2 2\na ?\na 3 3\na ?"),
              "a keep\na stop: loss has not become better in 2 reports up to step 3\n");
    EXPECT_EQ(story.tell("b 1 1\nb 2 1\nb 3 1\nb ?\nc 1 1\nc 2 9\nc 3 0.9\nc 4 9\nc ?\nc 5 9\nc ?"),
              "b keep\nc keep\nc stop: loss has not become better in 2 reports up to step 5\n");
}

TEST(Patient, ALittleWorseIsBorne) {
    PrunerStory story(patient(0, 0.5));
    story.tell("a 1 1\na 2 1.4");
    EXPECT_FALSE(story.stops("a"));
    story.tell("a 3 1.6");
    EXPECT_TRUE(story.stops("a"));
}

TEST(Patient, NoNumberIsNoProgress) {
    PrunerStory story(patient(1));
    story.tell("a 1 1\na 2 nan\na 3 nan\nb 1 nan\nb 2 nan\nb 3 nan\nc 1 nan\nc 2 1\nc 3 nan");
    EXPECT_TRUE(story.stops("a"));
    EXPECT_FALSE(story.stops("b"));  // no worse than before
    EXPECT_FALSE(story.stops("c"));
}

TEST(Patient, AsksTheOneItWraps) {
    PrunerSpec spec = patient(1);
    spec.wrapped = {median(1)};
    PrunerStory story(spec);
    story.tell("x 1 5\nx 3 5\nx = 1\na 1 6\na 2 6");
    EXPECT_FALSE(story.stops("a"));  // the median would stop it
    story.tell("a 3 7\na 4 7");
    EXPECT_EQ(story.tell("a ?"),
              "a stop: the best loss up to step 4, 6, is worse than 5, the median of 1 complete trials\n");
    story.tell("b 1 1\nb 2 6\nb 3 6");
    EXPECT_FALSE(story.stops("b"));  // it does not become better, and is good enough
    story.tell("a again");
    EXPECT_FALSE(story.stops("a"));
}

TEST(MakePruner, NoneKeepsAllAndOthersAreRefusedByName) {
    const auto none = make_pruner({}, {});
    ASSERT_TRUE(none);
    (*none)->report("000001", 3, 0.5);
    EXPECT_FALSE((*none)->judge("000001").stop);
    const auto refused = make_pruner(pruner_spec("asah"), {});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::invalid);
    EXPECT_NE(refused.error().what.find("\"asah\""), std::string::npos);
}

TEST(MakePruner, IsDescribed) {
    PrunerSpec spec = pruner_spec("asha", Direction::maximize);
    EXPECT_EQ(describe_pruner({}), "none");
    EXPECT_EQ(describe_pruner(spec),
              "asha (loss maximized, rungs at steps 1, 3, 9, 27, 81, 243, 729, 2187, ...)");
    spec.max = 81;
    spec.type = "bohb";
    EXPECT_EQ(describe_pruner(spec), "bohb (loss maximized, rungs at steps 1, 3, 9, 27, 5 brackets)");
    EXPECT_EQ(describe_pruner(median(5)), "median (loss minimized, against 5 complete trials or more)");
    PrunerSpec waiting = patient(4);
    waiting.wrapped = {median(0)};
    EXPECT_EQ(describe_pruner(waiting),
              "patient (loss minimized, nothing better in 5 reports, then median (loss minimized, against 1 "
              "complete "
              "trials or more))");
    spec = pruner_spec("threshold");
    spec.lower = 0;
    spec.upper = 2.5;
    EXPECT_EQ(describe_pruner(spec), "threshold (loss minimized, not below 0, not above 2.5)");
}

}  // namespace
}  // namespace tw::test
