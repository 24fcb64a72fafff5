// "constraints" of experiment.json, and what results make of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "records/documents.hpp"
#include "records/experiment.hpp"

namespace tw {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string with(const std::string& constraints) {
    return R"({"format": 1, "space": {"x": {"type": "float", "low": 0, "high": 1}, "k-n": {"type": "int", "low": 1, "high": 9}},
"constraints": )" +
           constraints + "}";
}

std::vector<Error> mistakes(const std::string& constraints) {
    auto experiment = read_experiment(with(constraints), "experiment.json");
    return experiment ? std::vector<Error>{} : experiment.error();
}

TEST(Constraints, AreRead) {
    const auto experiment = read_experiment(
        with(
            R"({"parameters": ["x < 0.5", "{k-n} > 2"], "outcomes": [{"name": "ms", "upper": 100}, {"name": "f", "lower": -1, "upper": 1}]})"),
        "e");
    ASSERT_TRUE(experiment);
    ASSERT_EQ(experiment->space.constraints.size(), 2u);
    EXPECT_EQ(experiment->space.constraints[1].text(), "{k-n} > 2");
    EXPECT_FALSE(meets_constraints(experiment->space, {{"x", 0.1}, {"k-n", std::int64_t{2}}}));
    const auto& outcomes = experiment->outcome_constraints;
    ASSERT_EQ(outcomes.size(), 2u);
    EXPECT_EQ(outcomes[0].name, "ms");
    EXPECT_FALSE(outcomes[0].lower);
    EXPECT_EQ(outcomes[1].lower, -1);
    EXPECT_EQ(outcomes[1].upper, 1);
}

TEST(Constraints, TellTheirMistakes) {
    struct Case {
        std::string text, pointer, words;
    };
    for (const Case& item : std::vector<Case>{
             {"3", "/constraints", "must be an object"},
             {R"({"outcome": []})", "/constraints/outcome", "did you mean 'outcomes'?"},
             {R"({"parameters": "x < 1"})", "/constraints/parameters", "must be a list"},
             {R"({"parameters": [{}]})", "/constraints/parameters/0", "must be a string, not an object"},
             {R"({"parameters": ["x < 1", "x <"]})", "/constraints/parameters/1",
              "line 1, column 4: something is"},
             {R"({"outcomes": [3]})", "/constraints/outcomes/0", "must be an object"},
             {R"({"outcomes": [{"name": "m"}]})", "/constraints/outcomes/0", "'lower', 'upper' or both"},
             {R"({"outcomes": [{"lower": 1}]})", "/constraints/outcomes/0", "'name' is missing"},
             {R"({"outcomes": [{"name": "", "lower": 1}]})", "/constraints/outcomes/0/name",
              "needs the name"},
             {R"({"outcomes": [{"name": "m", "lower": "1"}]})", "/constraints/outcomes/0/lower",
              "must be a number"},
             {R"({"outcomes": [{"name": "m", "lower": 2, "upper": 1}]})", "/constraints/outcomes/0/lower",
              "not be more than 'upper'"},
             {R"({"outcomes": [{"name": "m", "lower": 2}, {"name": "m", "upper": 3}]})",
              "/constraints/outcomes/1", "there twice"},
         }) {
        const auto errors = mistakes(item.text);
        ASSERT_EQ(errors.size(), 1u) << item.text << (errors.size() > 1 ? errors[1].text() : "");
        EXPECT_EQ(errors[0].pointer, item.pointer) << item.text;
        EXPECT_EQ(errors[0].line, 2) << item.text;
        EXPECT_THAT(errors[0].text(), HasSubstr(item.words)) << item.text;
    }
}

TEST(Constraints, OfABrokenSpaceTellTheirOwnMistakesOnly) {
    const auto errors = read_experiment(
        R"({"format": 1, "space": {"x": {"type": "float", "low": 1}}, "constraints": {"parameters": ["x < 1", "y < 1"]}})",
        "e");
    ASSERT_FALSE(errors);
    ASSERT_EQ(errors.error().size(), 2u);
    EXPECT_EQ(errors.error()[1].pointer, "/constraints/parameters/1");
}

TEST(Constraints, BindTheConfigurationsToTryFirst) {
    const std::string text =
        R"({"format": 1, "space": {"x": {"type": "float", "low": 0, "high": 1}, "y": {"type": "float", "low": 0, "high": 1}},
"constraints": {"parameters": ["x < y"]}, "optimizer": {"first": [{"x": 0.2, "y": 0.3}, {"x": 0.9}, {"x": 0.3, "y": 0.2}]}})";
    const auto errors = read_experiment(text, "e");
    ASSERT_FALSE(errors);
    ASSERT_EQ(errors.error().size(), 1u);
    EXPECT_EQ(errors.error()[0].pointer, "/optimizer/first/2");
    EXPECT_EQ(errors.error()[0].what, "the constraint 'x < y' does not hold with x = 0.3, y = 0.2");
}

const std::vector<OutcomeConstraint> constraints{{"ms", std::nullopt, 100}, {"f", -1, 0}};

TEST(Constraints, OfOutcomesAreMeasuredInUnitsOfTheBound) {
    const auto excess = excess_of(constraints, {{"ms", 150}, {"f", 0.25}, {"other", NAN}});
    ASSERT_TRUE(excess);
    EXPECT_THAT(*excess, ElementsAre(0.5, -1.25, 0.25));
    EXPECT_EQ(violation_of(*excess), 0.75);
    EXPECT_EQ(violation_of(*excess_of(constraints, {{"ms", 100}, {"f", 0}})), 0) << "bounds are included";
    EXPECT_FALSE(excess_of(constraints, {{"ms", 150}}));
    EXPECT_FALSE(excess_of(constraints, {{"ms", 150}, {"f", INFINITY}}));
    const auto far = excess_of({{"m", std::nullopt, 1e-300}}, {{"m", 1e300}});
    EXPECT_TRUE(std::isfinite(far->front()));
}

TEST(Constraints, OfOutcomesAreDescribed) {
    EXPECT_EQ(describe_violation(constraints, {{"ms", 150}, {"f", -1}}), "ms = 150 is above 100");
    EXPECT_EQ(describe_violation(constraints, {{"f", -1.5}}), "ms is not known, f = -1.5 is below -1");
    EXPECT_EQ(describe_violation(constraints, {{"ms", 100}, {"f", 0}}), "");
}

TEST(Constraints, AResultWithoutTheValueCannotBeUsed) {
    const std::vector<Objective> objectives{{"cost"}};
    EXPECT_TRUE(judge_result({{{"cost", 1}, {"ms", 500}, {"f", 0}}, {}}, objectives, constraints));
    EXPECT_THAT(judge_result({{{"cost", 1}, {"ms", 500}}, {}}, objectives, constraints).error().what,
                HasSubstr("the result has no number 'f'"));
    EXPECT_FALSE(judge_result({{{"cost", 1}, {"ms", NAN}, {"f", 0}}, {}}, objectives, constraints));
}

}  // namespace
}  // namespace tw
