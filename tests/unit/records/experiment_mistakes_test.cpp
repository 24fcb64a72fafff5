// What people get wrong in experiment.json, and what they are told.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "records/experiment.hpp"

namespace tw {
namespace {

using testing::HasSubstr;

std::vector<Error> mistakes(const std::string& text) {
    auto experiment = read_experiment(text, "experiment.json");
    return experiment ? std::vector<Error>{} : experiment.error();
}

struct Case {
    std::string text;  // of one member, put into an object with "format": 1
    std::string pointer, words;
};

void check(const std::vector<Case>& cases) {
    for (const Case& item : cases) {
        const auto errors = mistakes("{\"format\": 1,\n" + item.text + "}");
        ASSERT_EQ(errors.size(), 1u) << item.text << (errors.size() > 1 ? errors[1].text() : "");
        EXPECT_EQ(errors[0].pointer, item.pointer) << item.text;
        EXPECT_EQ(errors[0].line, 2) << item.text;
        EXPECT_EQ(errors[0].code, Code::invalid);
        EXPECT_THAT(errors[0].text(), HasSubstr(item.words)) << item.text;
    }
}

std::string parameter(const std::string& text) {
    return R"("space": {"x": )" + text + "}";
}
std::string stage(const std::string& text) {
    return R"("stages": [{"name": "a", "command": ["x"], )" + text +
           R"(}, {"name": "last", "command": ["x"]}])";
}

TEST(Mistakes, TopLevel) {
    check({
        {R"("optimiser": {})", "/optimiser", "unknown key 'optimiser' (did you mean 'optimizer'?)"},
        {R"("zebra": {})", "/zebra", "known: format, "},
        {R"("name": 3)", "/name", "'name' must be a string, not a number"},
        {R"("group": "yes")", "/group", "must be true or false, not a string"},
        {R"("setup": "module load")", "/setup", "a list of strings"},
        {R"("setup": ["a", 1])", "/setup", "a list of strings only, not a number"},
        {R"("setup_shell": "")", "/setup_shell", "must name a shell"},
        {R"("objectives": [])", "/objectives", "at least one"},
        {R"("objectives": [{}])", "/objectives/0", "'name' is missing"},
        {R"("objectives": [{"name": "a"}, {"name": "a"}])", "/objectives/1", "'a' is there twice"},
        {R"("objectives": [{"name": "a", "direction": "min"}])", "/objectives/0/direction",
         "known: minimize, maximize"},
        {R"("objectives": [{"name": "a", "direction": "minimise"}])", "/objectives/0/direction",
         "did you mean 'minimize'?"},
        {R"("optimizer": {"pbt": {}})", "/optimizer/pbt", "'pbt' is a key of the sampler pbt, not of 'auto'"},
        {R"("optimizer": {"sampler": "pbt", "pbt": {"population": 1}})", "/optimizer/pbt/population",
         "from 2"},
        {R"("optimizer": {"sampler": "pbt", "pbt": {"interval": 9, "max": 3}})", "/optimizer/pbt/max",
         "not be less than 'interval'"},
        {R"("optimizer": {"sampler": "pbt", "pbt": {"steps": 9}})", "/optimizer/pbt/steps", "unknown key"},
        {R"("optimizer": {"sampler": "pbt", "pruner": {"type": "asha", "promote": true}})",
         "/optimizer/pruner", "both give trials their budgets"},
        {R"("optimizer": {"sampler": "sobl"})", "/optimizer/sampler",
         "no sampler 'sobl' (did you mean 'sobol'?)"},
        {R"("optimizer": {"trials": -1})", "/optimizer/trials", "a whole number from 0, not -1"},
        {R"("optimizer": {"trials": 1.5})", "/optimizer/trials", "not 1.5"},
        {R"("optimizer": {"seed": -1})", "/optimizer/seed", "from 0"},
        {R"("backend": {"type": "locl"})", "/backend/type", "did you mean 'local'?"},
        {R"("backend": {"options": {"a": []}})", "/backend/options/a", "the option 'a'"},
        {R"("limits": {"pause": 1})", "/limits/pause", "unknown key 'pause'"},
        {R"("limits": {"infra_delay": "soon"})", "/limits/infra_delay", "'soon' is not a length of time"},
        {R"("hooks": [])", "/hooks", "must be an object, not a list"},
    });
}

std::string pruner(const std::string& text) {
    return R"("optimizer": {"pruner": {)" + text + "}}";
}

TEST(Mistakes, Pruners) {
    const std::string at = "/optimizer/pruner";
    check({
        {pruner(R"("type": "ahsa")"), at + "/type", "there is no pruner 'ahsa' (did you mean 'asha'?)"},
        {pruner(R"("eta": 1)"), at + "/eta", "'eta' must be from 1.1 to 1000000"},
        {pruner(R"("min": 3, "max": 2)"), at + "/max", "not be less than 'min'"},
        {pruner(R"("type": "hyperband")"), at + "/type", "hyperband needs 'max'"},
        {pruner(R"("type": "bohb", "max": 0)"), at + "/max", "bohb needs 'max'"},
        {pruner(R"("type": "median", "eta": 3)"), at + "/eta",
         "'eta' is a key of asha, hyperband, bohb, not of the pruner 'median'"},
        {pruner(R"("type": "median", "percentile": 30)"), at + "/percentile",
         "'percentile' is a key of percentile, not of the pruner 'median'"},
        {pruner(R"("type": "asha", "etta": 3)"), at + "/etta", "unknown key 'etta' (did you mean 'eta'?)"},
        {pruner(R"("type": "median", "promote": true)"), at + "/promote",
         "'promote' is a key of asha, hyperband, bohb, not of the pruner 'median'"},
        {pruner(R"("type": "asha", "promote": 1)"), at + "/promote", "true or false"},
        {pruner(R"("type": "asha", "promote": true, "metric": "loss")"), at + "/metric",
         "'metric' has no meaning with 'promote'"},
        {pruner(R"("type": "patient", "patience": 1, "pruner": {"type": "asha", "promote": true})"),
         at + "/pruner/promote", "'promote' stops none"},
        {pruner(R"("type": "percentile", "percentile": 101)"), at + "/percentile", "from 0 to 100"},
        {pruner(R"("type": "median", "interval": 0)"), at + "/interval", "a whole number from 1"},
        {pruner(R"("type": "median", "metric": "")"), at + "/metric", "must name a metric"},
        {pruner(R"("type": "median", "direction": "maximize")"), at + "/direction",
         "the objective 'cost' has the other direction (leave it out)"},
        {pruner(R"("type": "threshold")"), at + "/type", "needs 'lower', 'upper' or both"},
        {pruner(R"("type": "threshold", "lower": 2, "upper": 1)"), at + "/upper", "not be less than 'lower'"},
        {pruner(R"("type": "patient")"), at, "'patience' is missing"},
        {pruner(R"("type": "patient", "patience": 1, "min_delta": -1)"), at + "/min_delta", "at least 0"},
        {pruner(R"("type": "patient", "patience": 1, "pruner": {})"), at + "/pruner", "'type' is missing"},
        {pruner(R"("type": "patient", "patience": 1, "pruner": {"type": "patient"})"), at + "/pruner/type",
         "cannot wrap 'patient'"},
        {pruner(R"("type": "patient", "patience": 1, "pruner": {"type": "asha", "metric": "a"})"),
         at + "/pruner/metric", "unknown key 'metric'"},
        {pruner(R"("type": "patient", "patience": 1, "pruner": {"type": "asha", "patience": 1})"),
         at + "/pruner/patience", "'patience' is a key of patient, not of the pruner 'asha'"},
        {pruner(R"("type": "wilcoxon", "p_threshold": 2)"), at + "/p_threshold", "from 0 to 1"},
        {R"("optimizer": {"pruner": 3})", at, "must be an object"},
    });
}

TEST(Mistakes, Parameters) {
    check({
        {R"("space": [])", "/space", "must be an object"},
        {parameter("3"), "/space/x", "must be an object, not a number"},
        {parameter("{}"), "/space/x", "'type' is missing"},
        {parameter(R"({"type": "bool"})"), "/space/x/type", "known: float, int, categorical, fixed"},
        {parameter(R"({"type": "float", "low": 0})"), "/space/x", "'high' is missing"},
        {parameter(R"({"type": "float", "low": 2, "high": 1})"), "/space/x/low",
         "'low' must be less than 'high'"},
        {parameter(R"({"type": "float", "low": 1, "high": 1})"), "/space/x/low", "less than"},
        {parameter(R"({"type": "float", "low": 0, "high": 1, "log": true})"), "/space/x/low",
         "more than 0 when 'log'"},
        {parameter(R"({"type": "float", "low": 1, "high": 2, "log": true, "step": 1})"), "/space/x/step",
         "cannot go together"},
        {parameter(R"({"type": "float", "low": 0, "high": 1, "step": 0})"), "/space/x/step", "more than 0"},
        {parameter(R"({"type": "float", "low": 0, "high": 1, "step": 2})"), "/space/x/step",
         "longer than the range"},
        {parameter(R"({"type": "float", "low": -1e308, "high": 1e308})"), "/space/x/high", "too wide"},
        {parameter(R"({"type": "float", "low": "0", "high": 1})"), "/space/x/low",
         "must be a number, not a string"},
        {parameter(R"({"type": "float", "low": 0, "high": 1, "lgo": true})"), "/space/x/lgo",
         "did you mean 'log'?"},
        {parameter(R"({"type": "float", "low": 0, "high": 1, "default": 2})"), "/space/x/default",
         "x = 2 is not from 0 to 1"},
        {parameter(R"({"type": "int", "low": 0.5, "high": 1})"), "/space/x/low", "whole number"},
        {parameter(R"({"type": "int", "low": 0, "high": 1e17})"), "/space/x/high", "whole number"},
        {parameter(R"({"type": "int", "low": 0, "high": 9, "step": 2, "default": 3})"), "/space/x/default",
         "not on the grid"},
        {parameter(R"({"type": "categorical"})"), "/space/x", "'choices' is missing"},
        {parameter(R"({"type": "categorical", "choices": []})"), "/space/x/choices", "at least one"},
        {parameter(R"({"type": "categorical", "choices": ["a", ["b"]]})"), "/space/x/choices",
         "must be a list of"},
        {parameter(R"({"type": "categorical", "choices": [1, 1.0]})"), "/space/x/choices",
         "the choice 1.0 is there twice"},
        {parameter(R"({"type": "categorical", "choices": ["a"], "default": "b"})"), "/space/x/default",
         "not one of the choices"},
        {parameter(R"({"type": "fixed"})"), "/space/x", "'value' is missing"},
        {parameter(R"({"type": "fixed", "value": []})"), "/space/x/value", "'value' must be"},
        {parameter(R"({"type": "fixed", "value": 1, "default": 1})"), "/space/x/default", "unknown key"},
        {R"("space": {"_x": {"type": "fixed", "value": 1}})", "/space/_x",
         "cannot be the name of a parameter"},
        {R"("space": {"trial": {"type": "fixed", "value": 1}})", "/space/trial", "already means a directory"},
        {R"("space": {"a/b": {"type": "fixed", "value": 1}})", "/space/a~1b", "'a/b' cannot be the name"},
    });
}

std::string child(const std::string& when) {
    return R"("space": {"n": {"type": "int", "low": 0, "high": 4, "step": 2}, "c": {"type": "categorical", "choices": ["a", 7]},
        "x": {"type": "fixed", "value": 1, "when": )" +
           when + "}}";
}

TEST(Mistakes, Conditions) {
    const std::vector<Case> cases = {
        {child("[]"), "/space/x/when", "must be an object of parents"},
        {child(R"({"m": 1})"), "/space/x/when/m", "no parameter 'm'"},
        {child(R"({"n": []})"), "/space/x/when/n", "a condition must be"},
        {child(R"({"n": [[1]]})"), "/space/x/when/n", "a condition must be"},
        {child(R"({"n": {}})"), "/space/x/when/n", "one of 'ge', 'gt', 'le' and 'lt'"},
        {child(R"({"n": {"eq": 1}})"), "/space/x/when/n/eq", "unknown key"},
        {child(R"({"n": {"ge": "1"}})"), "/space/x/when/n/ge", "must be a number"},
        {child(R"({"n": 1})"), "/space/x/when/n", "can never hold: n = 1 is not on the grid"},
        {child(R"({"n": [2, 9]})"), "/space/x/when/n", "can never hold: n = 9"},
        {child(R"({"n": {"gt": 2, "lt": 4}})"), "/space/x/when/n", "no value of 'n' lies in the range"},
        {child(R"({"n": {"gt": 4}})"), "/space/x/when/n", "no value of 'n'"},
        {child(R"({"c": "b"})"), "/space/x/when/c", "not one of the choices"},
        {child(R"({"c": {"lt": 7}})"), "/space/x/when/c", "no value of 'c'"},
        {child(R"({"x": 1})"), "/space/x/when", "in a circle: x -> x"},
    };
    for (const Case& item : cases) {
        const auto errors = mistakes("{\"format\": 1, " + item.text + "}");
        ASSERT_EQ(errors.size(), 1u) << item.text;
        EXPECT_EQ(errors[0].pointer, item.pointer) << item.text;
        EXPECT_THAT(errors[0].text(), HasSubstr(item.words)) << item.text;
    }
    for (const char* fine : {R"({"n": {"gt": 2}})", R"({"n": {"le": 0}})", R"({"c": {"ge": 7}})",
                             R"({"n": [0, 2.0]})", R"({"c": "a", "n": 4})"})
        EXPECT_TRUE(mistakes("{\"format\": 1, " + child(fine) + "}").empty()) << fine;
}

TEST(Mistakes, ConditionsInACircle) {
    const auto errors = mistakes(R"({"format": 1, "space": {
        "a": {"type": "fixed", "value": 1, "when": {"b": 1}}, "b": {"type": "fixed", "value": 1, "when": {"c": 1}},
        "c": {"type": "fixed", "value": 1, "when": {"b": 1}}}})");
    ASSERT_EQ(errors.size(), 1u);
    EXPECT_THAT(errors[0].what, HasSubstr("b -> c -> b"));
}

TEST(Mistakes, Stages) {
    check({
        {R"("stages": {})", "/stages", "must be a list of stages, not an object"},
        {R"("stages": [])", "/stages", "no stage runs for each trial"},
        {R"("stages": [{"name": "a", "command": ["x"], "once": "before"}])", "/stages",
         "no stage runs for each trial"},
        {R"("stages": [{"name": "a"}])", "/stages/0", "'command' is missing"},
        {R"("stages": [{"command": ["x"]}])", "/stages/0", "'name' is missing"},
        {R"("stages": [{"name": "A", "command": ["x"]}])", "/stages/0/name",
         "'A' cannot be the name of a stage"},
        {R"("stages": [{"name": "a", "command": ["x"]}, {"name": "a", "command": ["x"], "after": []}])",
         "/stages/1/name", "there twice"},
        {R"("stages": [{"name": "a", "command": "./x.sh"}])", "/stages/0/command",
         "a list of words, not one string"},
        {R"("stages": [{"name": "a", "command": []}])", "/stages/0/command", "must name a program"},
        {R"("stages": [{"name": "a", "command": ["x", 1]}])", "/stages/0/command", "strings only"},
        {R"("stages": [{"name": "a", "command": ["./../x"]}])", "/stages/0/command", "without '..'"},
        {stage(R"("after": ["b"])"), "/stages/0/after", "there is no stage 'b'"},
        {stage(R"("after": ["a"])"), "/stages", "in a circle: a -> a"},
        {stage(R"("array": "/tmp/*.json")"), "/stages/0/array", "inside the trial directory"},
        {stage(R"("array": "a/../../b")"), "/stages/0/array", "without '..'"},
        {stage(R"("done": "")"), "/stages/0/done", "inside the trial directory"},
        {stage(R"("done": "../x")"), "/stages/0/done", "without '..'"},
        {stage(R"("submit": "x.cmd")"), "/stages/0/submit", "with an 'array'"},
        {stage(R"("max_failed": -1)"), "/stages/0/max_failed", "a fraction below 1"},
        {stage(R"("max_failed": 1.5)"), "/stages/0/max_failed", "a fraction below 1"},
        {stage(R"("retries": -1)"), "/stages/0/retries", "from 0"},
        {stage(R"("checkpoint_exit_code": 256)"), "/stages/0/checkpoint_exit_code", "from 1 to 255"},
        {stage(R"("checkpoint_exit_code": 0)"), "/stages/0/checkpoint_exit_code", "1"},
        {stage(R"("retry_delay": -1)"), "/stages/0/retry_delay", "not a length of time"},
        {stage(R"("grace": [])"), "/stages/0/grace", "seconds or a text"},
        {stage(R"("on_stop": "finish")"), "/stages/0/on_stop", "known: end, continue"},
        {stage(R"("start_on": "exits")"), "/stages/0/start_on", "did you mean 'exit'?"},
        {stage(R"("once": "never")"), "/stages/0/once", "cannot be 'never'"},
        {stage(R"("args": "flag")"), "/stages/0/args", "did you mean 'flags'?"},
        {stage(R"("comand": [])"), "/stages/0/comand", "did you mean 'command'?"},
        {stage(R"("resources": {"cpus": 0})"), "/stages/0/resources/cpus", "from 1"},
        {stage(R"("resources": {"gpus": -1})"), "/stages/0/resources/gpus", "from 0"},
        {stage(R"("resources": {"gpus": 1.5})"), "/stages/0/resources/gpus", "such as 0.25"},
        {stage(R"("resources": {"nodes": 0})"), "/stages/0/resources/nodes", "from 1"},
        {stage(R"("resources": {"cpus": 99999999999})"), "/stages/0/resources/cpus", "from 1 to 2147483647"},
        {stage(R"("resources": {"memory": "2 apples"})"), "/stages/0/resources/memory",
         "not an amount of memory"},
        {stage(R"("resources": {"memory": -5})"), "/stages/0/resources/memory", "from 0"},
        {stage(R"("resources": {"time": "0s"})"), "/stages/0/resources/time", "more than 0"},
        {stage(R"("resources": {"gpu": 1})"), "/stages/0/resources/gpu", "did you mean 'gpus'?"},
    });
}

TEST(Mistakes, ChainsDoNotMix) {
    const auto errors =
        mistakes(R"({"format": 1, "stages": [{"name": "a", "command": ["x"], "once": "before"},
        {"name": "b", "command": ["x"], "after": ["a"]}]})");
    ASSERT_EQ(errors.size(), 1u);
    EXPECT_EQ(errors[0].what,
              "'b' runs for each trial and cannot wait for 'a', which runs once before the first trial");
}

TEST(Mistakes, StagesInACircle) {
    const auto errors = mistakes(R"({"format": 1, "stages": [{"name": "a", "command": ["x"], "after": ["b"]},
        {"name": "b", "command": ["x"]}]})");
    ASSERT_EQ(errors.size(), 1u);
    EXPECT_THAT(errors[0].what, HasSubstr("a -> b -> a"));
}

TEST(Mistakes, AllAreReportedWithTheirLines) {
    const auto errors = mistakes(R"({
  "format": 1,
  "nam": "x", // the string "space": stands here too
  "space": {
    "lr": {"type": "float", "low": 2, "high": 1},
    /* two
       lines */ "mode": {"type": "categorical", "choices": []}
  },
  "stages": [{"name": "a", "command": ["x"]},
             {"name": "b", "command": ["{\"}"],
              "retries": -1}]
})");
    std::vector<int> lines;
    for (const Error& error : errors) lines.push_back(error.line);
    std::sort(lines.begin(), lines.end());
    EXPECT_THAT(lines, testing::ElementsAre(3, 5, 7, 11));
}

TEST(Mistakes, RepeatedKeys) {
    const auto errors = mistakes(
        "{\"format\": 1,\n\"name\": \"a\",\n\"name\": \"b\",\n\"limits\": {\"max_queued\": "
        "1,\n\"max_queued\": 2}}");
    ASSERT_EQ(errors.size(), 2u);
    EXPECT_EQ(errors[0].text(), "experiment.json:3: /name: the key is there twice");
    EXPECT_EQ(errors[1].text(), "experiment.json:5: /limits/max_queued: the key is there twice");
}

TEST(Mistakes, ThousandsTakeNoMinutes) {
    std::string text = "{\"format\": 1";
    for (int i = 0; i < 2000; ++i) text += ",\n\"wrong" + std::to_string(i % 1500) + "\": 1";
    EXPECT_EQ(mistakes(text + "}").size(), 2000u);
}

TEST(Mistakes, Syntax) {
    const auto missing_comma = mistakes("{\"format\": 1\n\n\"name\": 2}");
    ASSERT_EQ(missing_comma.size(), 1u);
    EXPECT_EQ(missing_comma[0].line, 3);
    EXPECT_THAT(missing_comma[0].what, HasSubstr("not valid JSON: syntax error while parsing object"));
    for (const char* text : {"", "{", "{\"format\": 1", "nul", "[1,]", "{\"a\" 1}", "{\"a\": NaN}",
                             "{\"a\": 1e999}", "{} {}", "/*"}) {
        const auto errors = mistakes(text);
        ASSERT_EQ(errors.size(), 1u) << text;
        EXPECT_EQ(errors[0].code, Code::invalid) << text;
        EXPECT_FALSE(errors[0].what.empty());
    }
}

TEST(Mistakes, Format) {
    for (const char* text :
         {"{}", R"({"format": 0})", R"({"format": "1"})", R"({"format": 1.5})", "[]", "3"}) {
        const auto errors = mistakes(text);
        ASSERT_EQ(errors.size(), 1u) << text;
        EXPECT_EQ(errors[0].code, Code::invalid);
    }
    const auto newer = mistakes(R"({"format": 2, "new_key": true})");
    ASSERT_EQ(newer.size(), 1u);
    EXPECT_EQ(newer[0].code, Code::newer_version);
    EXPECT_THAT(newer[0].text(), HasSubstr("format 2 is newer"));
}

}  // namespace
}  // namespace tw
