// Files of other tools, after their documentation, and what becomes of them: data/NAME, expected/NAME.json
// and .notes.
#include "import/import.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "records/experiment.hpp"

namespace tw {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string read_file(const std::string& name) {
    std::ifstream file(SOURCE_DIR "/tests/unit/import/" + name);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

struct Example {
    const char *file, *from;
};

void PrintTo(const Example& example, std::ostream* out) {
    *out << example.file;
}

class Examples : public testing::TestWithParam<Example> {};
INSTANTIATE_TEST_SUITE_P(OfTheirDocumentation, Examples,
                         testing::Values(Example{"wandb_sweep.yaml", "wandb"},
                                         Example{"wandb_sweep.json", "wandb"},
                                         Example{"nni_search_space.json", "nni"},
                                         Example{"nni_nested.json", "nni"}, Example{"nni_config.yml", "nni"},
                                         Example{"ray_space.json", "ray"},
                                         Example{"configspace_old.json", "configspace"},
                                         Example{"configspace_new.json", "configspace"},
                                         Example{"optuna_distributions.json", "optuna"}));

TEST_P(Examples, BecomeWhatIsExpected) {
    const auto [file, from] = GetParam();
    const auto imported = import_space(read_file(std::string("data/") + file), file);
    ASSERT_TRUE(imported) << imported.error().front().text();
    EXPECT_EQ(imported->from, from);
    EXPECT_EQ(imported->experiment, read_file("expected/" + std::string(file) + ".json"));
    std::string notes;
    for (const Error& note : imported->notes) notes += note.text() + "\n";
    EXPECT_EQ(notes, read_file("expected/" + std::string(file) + ".notes"));
}

TEST_P(Examples, AreAcceptedAndReadAlikeWhenTheFormatIsStated) {
    const auto [file, from] = GetParam();
    const auto stated = import_space(read_file(std::string("data/") + file), file, from);
    ASSERT_TRUE(stated);
    EXPECT_EQ(stated->experiment, import_space(read_file(std::string("data/") + file), file)->experiment);
    EXPECT_TRUE(read_experiment(stated->experiment, "experiment.json"));
}

std::vector<std::string> mistakes_of(const std::string& text, const std::string& from = "") {
    const auto imported = import_space(text, "f", from);
    std::vector<std::string> told;
    if (!imported)
        for (const Error& error : imported.error()) told.push_back(error.text());
    return told;
}

std::vector<std::string> notes_of(const std::string& text) {
    const Imported imported = import_space(text, "f").value();
    std::vector<std::string> told;
    for (const Error& note : imported.notes) told.push_back(note.text());
    return told;
}

TEST(ImportSpace, AllMistakesAreToldWithTheirPlaces) {
    EXPECT_THAT(
        mistakes_of("method: random\nparameters:\n  a: {min: 2, max: 1}\n  b: {distribution: unifrom, min: "
                    "0, max: 1}\n"
                    "  c:\n    values: []\n  d: 3\n"),
        ElementsAre(
            HasSubstr("f:3: /parameters/a: the lower bound 2 is above the upper bound 1"),
            HasSubstr("f:4: /parameters/b: there is no distribution 'unifrom' (did you mean 'uniform'?)"),
            HasSubstr("f:6: /parameters/c/values: there must be a list"),
            HasSubstr("f:7: /parameters/d: a parameter must be an object")));
    EXPECT_THAT(mistakes_of("{\"x\": {\"_type\": \"uniform\",\n\"_value\": [0]}}"),
                ElementsAre(HasSubstr("f:2: /x/_value: there must be a list of 2 numbers")));
    EXPECT_THAT(mistakes_of(R"({"x": {"loguniform": [0, 1]}})"),
                ElementsAre(HasSubstr("must be above 0 for a logarithm")));
    EXPECT_THAT(mistakes_of(R"({"hyperparameters": [{"name": "a", "type": "constant", "value": 1}],
                                "conditions": [{"child": "a", "parent": "b", "type": "EQ", "value": 1}]})"),
                ElementsAre(HasSubstr("/conditions/0: there is no hyperparameter 'b'")));
}

TEST(ImportSpace, WhatIsNoSearchSpaceIsRefused) {
    EXPECT_THAT(mistakes_of(R"({"a": 1, "b": [2]})"), ElementsAre(HasSubstr("of no tool that is known")));
    EXPECT_THAT(mistakes_of("[1]", "nni"), ElementsAre(HasSubstr("must be an object")));
    EXPECT_THAT(mistakes_of("{}", "optuna"), ElementsAre(HasSubstr("it has no parameters")));
    EXPECT_THAT(mistakes_of("{}", "wandbb"),
                ElementsAre(HasSubstr("there is no format 'wandbb' (did you mean 'wandb'?)")));
    EXPECT_THAT(mistakes_of(" "), ElementsAre(HasSubstr("the file is empty")));
    EXPECT_THAT(mistakes_of("{\"a\": 1,\n}"), ElementsAre(HasSubstr("f:2")));
    EXPECT_THAT(mistakes_of("a: 1\nb: [2\nc: 3"), ElementsAre(HasSubstr("this is no YAML")));
    EXPECT_THAT(mistakes_of("a: 1\na: 2"), ElementsAre(HasSubstr("f:2: the key 'a' is there twice")));
}

TEST(ImportSpace, AliasesThatStandForTooMuchAreRefused) {
    std::string text = "a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n";
    for (int i = 1; i < 12; ++i) {
        const std::string last = "*a" + std::to_string(i - 1);
        text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + last;
        for (int j = 0; j < 9; ++j) text += ", " + last;
        text += "]\n";
    }
    EXPECT_THAT(mistakes_of(text), ElementsAre(HasSubstr("too many values")));
    EXPECT_EQ(mistakes_of("a: &a [*a]").size(), 1u);
    EXPECT_EQ(mistakes_of(std::string(3000, '[')).size(), 1u);
    EXPECT_EQ(mistakes_of("a: " + std::string(3000, '[')).size(), 1u);
}

TEST(ImportSpace, WordsOfYamlAreWhatTheirToolsRead) {
    const auto imported =
        import_space("parameters:\n  a: {values: [yes, 'yes', 1e-3, 0x10, ~, 1.5, -2, .inf]}\n", "f");
    ASSERT_TRUE(imported);
    const Experiment experiment = read_experiment(imported->experiment, "").value();
    EXPECT_EQ(experiment.space.parameters[0].choices,
              (std::vector<Scalar>{true, std::string("yes"), 1e-3, std::string("0x10"), nullptr, 1.5,
                                   std::int64_t{-2}, std::string(".inf")}));
}

TEST(ImportSpace, NamesAreMadeUsableAndStayApart) {
    const auto imported =
        import_space(R"({"a/b": {"uniform": [0, 1]}, "a:b": {"uniform": [0, 1]}, "1": 2, "trial": 3})", "f");
    ASSERT_TRUE(imported);
    std::vector<std::string> names;
    const Experiment experiment = read_experiment(imported->experiment, "").value();
    for (const Parameter& parameter : experiment.space.parameters) names.push_back(parameter.name);
    EXPECT_THAT(names, ElementsAre("a_b", "a_b_2", "p1", "trial_"));
    EXPECT_EQ(imported->notes.size(), 4u);
}

TEST(ImportSpace, AnObjectBesideParametersIsOneMoreOfThem) {
    const auto imported =
        import_space(R"({"lr": {"uniform": [0, 1]}, "config": {"n": {"randint": [1, 4]}}})", "f");
    ASSERT_TRUE(imported);
    EXPECT_THAT(imported->experiment, HasSubstr("\"config.n\""));
    EXPECT_TRUE(imported->notes.empty());
}

TEST(ImportSpace, WhatIsNotCarriedOverIsTold) {
    EXPECT_THAT(
        notes_of(
            R"({"method": "bayes", "command": ["x"], "parameters": {"a": {"min": 0.0, "max": 1.0, "wish": 2}}})"),
        ElementsAre(HasSubstr("/parameters/a/wish: 'wish' is not carried over"),
                    HasSubstr("/command: 'command' is not")));
    EXPECT_THAT(notes_of(R"({"hyperparameters": [{"name": "n", "type": "uniform_int", "lower": 0, "upper": 9},
                             {"name": "a", "type": "uniform_float", "lower": 0, "upper": 1, "default": 2}],
                             "conditions": [{"child": "a", "parent": "n", "type": "NEQ", "value": 3}],
                             "forbiddens": [{"name": "n", "type": "EQUALS", "value": 4}]})"),
                ElementsAre(HasSubstr("the default 2 is not in the domain"),
                            HasSubstr("the condition 'NEQ' is not carried over"),
                            HasSubstr("/forbiddens/0: a forbidden clause is not carried over")));
    EXPECT_THAT(notes_of(R"({"x": {"choice": [[1, 2], [1, 2], 3]}})"),
                ElementsAre(HasSubstr("becomes the text [1,2]"), HasSubstr("becomes the text [1,2]"),
                            HasSubstr("is there twice")));
}

// Together they can never hold: nothing is known that could be tried.
TEST(ImportSpace, ConditionsThatExcludeEachOtherAreAMistake) {
    EXPECT_THAT(
        mistakes_of(R"({"hyperparameters": [{"name": "k", "type": "categorical", "choices": ["a", "b"]},
                                {"name": "x", "type": "constant", "value": 1}],
                                "conditions": [{"child": "x", "type": "AND", "conditions": [
                                    {"parent": "k", "type": "EQ", "value": "a"}, {"parent": "k", "type": "EQ", "value": "b"}]}]})"),
        ElementsAre(HasSubstr("can never hold together")));
}

}  // namespace
}  // namespace tw
