// What is said of a search that lies there as literal files.
#include <fmt/format.h>

#include <cmath>

#include "ctl_fixture.hpp"
#include "trialdir/stopped_file.hpp"

namespace tw {
namespace {

class CtlInsightTest : public CtlTest {
protected:
    // lr decides; the best are at its upper end. layers and optimizer take turns.
    void make_trials(int count) {
        for (int i = 0; i < count; ++i) add_trial(numbered_trial(i));
        for (int i = 0; i < count; ++i) {
            double lr = std::pow(10.0, -3.0 * (i * 37 % count) / count);
            put_config(numbered_trial(i),
                       fmt::format(R"({{"lr":{},"layers":{},"optimizer":"adam"}})", lr, i % 8 + 1));
            end_trial(numbered_trial(i), EndState::complete, 1 - lr);
        }
    }

    void fail_trial(const TrialId& id, const std::string& kind) {
        Outcome outcome;
        outcome.state = EndState::failed;
        outcome.kind = kind;
        end_trial(id, std::move(outcome));
    }
    void prune_trial(const TrialId& id) {
        Outcome outcome;
        outcome.state = EndState::pruned;
        outcome.by = pruner_name;
        end_trial(id, std::move(outcome));
    }
    // The experiment with something more about its optimizer.
    void declare(const std::string& more) {
        std::string text = test_experiment, plain = R"("trials": 10)";
        fs.put("experiment.json", text.replace(text.find(plain), plain.size(), plain + ", " + more));
    }

    ordered_json facts() {
        EXPECT_EQ(insight_verb(context, fs, true), 0);
        return json();
    }
    std::string words() {
        EXPECT_EQ(insight_verb(context, fs, false), 0);
        std::string text = out.str();
        out.str("");
        return text;
    }
};

TEST_F(CtlInsightTest, TellsTheCourseOfTheSearch) {
    make_trials(8);
    begin_journal();
    auto found = facts();
    EXPECT_EQ(found["complete"], 8);
    EXPECT_EQ(found["found"], 1);
    EXPECT_EQ(found["quarters"]["cost"].size(), 4u);
    EXPECT_EQ(found["quarters"]["cost"][0], 0);
    EXPECT_EQ(found["best"][0]["id"], "000000");
    EXPECT_THAT(words(),
                HasSubstr("by complete trial 1 of 8; after each quarter of them the best was 0, 0, 0, 0"));
}

TEST_F(CtlInsightTest, OfFewTrialsNothingIsSaidOfParameters) {
    make_trials(19);
    begin_journal();
    EXPECT_EQ(facts()["parameters"].size(), 0u);
    EXPECT_THAT(words(),
                HasSubstr("19 complete trials: too few to tell which parameters matter; from 20 on"));
    EXPECT_THAT(words(), Not(HasSubstr("share")));
}

TEST_F(CtlInsightTest, WhatDecidesWhereTheBestAreAndWhatCouldBeFixed) {
    make_trials(60);
    begin_journal();
    auto found = facts();
    EXPECT_EQ(found["top"], 6);
    ASSERT_EQ(found["parameters"].size(), 4u);
    auto lr = found["parameters"][0];
    EXPECT_EQ(lr["name"], "lr");
    EXPECT_GT(lr["importance"]["cost"], 0.8);
    EXPECT_LT(lr["chance"]["cost"], 0.05);
    EXPECT_EQ(lr["edge"], "high");
    EXPECT_EQ(lr["region"]["high"], 1);
    EXPECT_NEAR(lr["region"]["low"], std::pow(10, -0.25), 1e-9);
    auto optimizer = found["parameters"][2];
    EXPECT_EQ(optimizer["region"]["choices"][0]["choice"], "adam");
    EXPECT_EQ(optimizer["region"]["choices"][0]["trials"], 6);
    EXPECT_TRUE(found["parameters"][3]["region"].is_null()) << "no trial had momentum";
    std::string text = words();
    EXPECT_THAT(text, HasSubstr("What decides whether one of 60 complete trials is among the best 6:"));
    EXPECT_THAT(text, HasSubstr("0.562 to 1"));
    EXPECT_THAT(text, HasSubstr("- the best trials have lr near its upper end 1: consider a wider range"));
    EXPECT_THAT(text, HasSubstr("could be fixed"));
    EXPECT_THAT(text, HasSubstr("layers (1)"));
    EXPECT_THAT(text, Not(HasSubstr("\x1b")));
}

TEST_F(CtlInsightTest, WhatFailedTrialsShare) {
    for (int i = 0; i < 30; ++i) add_trial(numbered_trial(i));
    for (int i = 0; i < 30; ++i) {
        bool sgd = i % 5 == 0;
        put_config(numbered_trial(i), sgd ? R"({"lr":0.1,"layers":3,"optimizer":"sgd","momentum":0.5})"
                                          : R"({"lr":0.1,"layers":3,"optimizer":"adam"})");
        if (sgd)
            fail_trial(numbered_trial(i), i == 25 ? "infra" : "exit");
        else
            end_trial(numbered_trial(i), EndState::complete, i);
    }
    begin_journal();
    auto failed = facts()["failed"];
    EXPECT_EQ(failed["own"], 5);
    EXPECT_EQ(failed["kinds"]["exit"], 5);
    EXPECT_EQ(failed["kinds"]["infra"], 1);
    EXPECT_EQ(failed["trait"]["parameter"], "optimizer");
    EXPECT_EQ(failed["trait"]["others"], 0);
    EXPECT_THAT(
        words(),
        HasSubstr("6 trials (5 exit, 1 infra), 1 of them not by a fault of their own; all 5 others have "
                  "optimizer = sgd, and so have 0 that did not fail"));
}

TEST_F(CtlInsightTest, WhatAPrunerSaved) {
    declare(R"("pruner": {"type": "median"})");
    for (int i = 0; i < 4; ++i) add_trial(numbered_trial(i));
    for (int i = 0; i < 4; ++i) {
        std::string steps;
        for (int step = 1; step <= (i < 2 ? 10 : 2 + i); ++step)
            steps += fmt::format("{{\"step\":{},\"cost\":1}}\n", step);
        fs.put("trials/" + numbered_trial(i) + "/metrics.jsonl", steps);
    }
    end_trial("000000", EndState::complete, 1);
    end_trial("000001", EndState::complete, 2);
    prune_trial("000002");
    prune_trial("000003");
    begin_journal();
    auto pruned = facts()["pruned"];
    EXPECT_EQ(pruned["trials"], 2);
    EXPECT_EQ(pruned["steps"], 9);
    EXPECT_EQ(pruned["whole"], 10);
    EXPECT_THAT(words(), HasSubstr("2 of 4 trials, after 9 steps in all; whole ones take 10: about 55 %"));
}

TEST_F(CtlInsightTest, TrialsOfAnotherSpaceAreLeftOut) {
    make_trials(20);
    add_trial("mine");
    put_config("mine", R"({"lr":7,"layers":3,"optimizer":"adam"})");
    end_trial("mine", EndState::complete, -5);
    begin_journal();
    auto found = facts();
    EXPECT_EQ(found["complete"], 20);
    EXPECT_EQ(found["left_out"], 1);
    EXPECT_THAT(words(), HasSubstr("1 complete trial left out"));
}

TEST_F(CtlInsightTest, ARuleThatEndedTheSearchIsTold) {
    declare(R"("stop": {"patience": 3})");
    make_trials(4);
    begin_journal();
    auto lease =
        Lease::take(fs, layout::optimizer, make_owner(processes.self(), "", clock.now()), std::nullopt);
    ASSERT_TRUE(lease);
    ASSERT_TRUE(publish_stopped(fs, lease->owner().epoch, {"patience", 3, "no improvement"}, "a"));
    EXPECT_THAT(words(), HasSubstr("4 of 4, 4 complete; ended by optimizer.stop.patience"));
    ASSERT_EQ(status_verb(context, fs, true), 0);
    EXPECT_EQ(json()["stopped"]["reason"], "no improvement");
    declare(R"("stop": {"patience": 4})");
    EXPECT_THAT(words(), HasSubstr("4 of 14, 4 complete\n")) << "the rule was edited";
}

}  // namespace
}  // namespace tw
