#include "records/experiment.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "records/stopped.hpp"

namespace tw {
namespace {

using std::int64_t;
using testing::ElementsAre;

Experiment read(const std::string& text) {
    auto experiment = read_experiment(text, "experiment.json");
    for (const Error& error : experiment ? std::vector<Error>{} : experiment.error())
        ADD_FAILURE() << error.text();
    return experiment ? *experiment : Experiment{};
}

// Everything that can be said, with comments.
const char* whole = R"(/* of the design */ {
  "format": 1, "$schema": "experiment.schema.json",
  "name": "power-flow", // a name
  "objectives": [{"name": "cost"}, {"name": "gain", "direction": "maximize"}],
  "space": {
    "lr":        {"type": "float", "low": 1e-5, "high": 0.1, "log": true, "default": 1e-3},
    "layers":    {"type": "int", "low": 1, "high": 4, "default": 2},
    "optimizer": {"type": "categorical", "choices": ["adam", "sgd", 3, null, true]},
    "momentum":  {"type": "float", "low": 0.0, "high": 0.99, "step": 0.09, "when": {"optimizer": ["sgd"]}},
    "beta":      {"type": "float", "low": 0, "high": 1, "when": {"optimizer": "adam", "layers": {"ge": 2, "lt": 4}}},
    "epochs":    {"type": "fixed", "value": 81}
  },
  "optimizer": {"sampler": "sobol", "trials": 200, "parallel": 8, "seed": 18446744073709551615,
                "pruner": {"type": "none", "metric": "loss", "direction": "maximize", "min": 1, "max": 81, "eta": 3}},
  "backend": {"type": "local", "options": {"slots": 4, "nice": true, "shell": "sh", "load": 1.5}},
  "setup": ["module load python"], "setup_shell": "zsh",
  "stages": [
    {"name": "fetch", "command": ["./fetch.sh"], "once": "before"},
    {"name": "train", "command": ["./train.sh", "{lr}"], "done": "training_done", "retries": 2, "retry_delay": "1m", "checkpoint_exit_code": 85,
     "on_stop": "continue", "start_on": "marker", "grace": 5, "args": "hydra",
     "resources": {"cpus": 2, "gpus": 1, "memory": "2G", "time": "1h30m", "nodes": 2, "ranks": 3, "options": {"qos": 1}}},
    {"name": "flow", "command": ["python3", "flow.py"], "array": "flows/*.json", "submit": "run_flow.cmd",
     "done": "flows/results/{stem}.json", "max_failed": 0.05, "allow_empty": true,
     "backend": {"type": "local", "options": {}}},
    {"name": "other", "command": ["./train.sh"], "after": ["train"], "resources": {"memory": 1000}},
    {"name": "metric", "command": ["./metric.sh"], "after": ["flow", "other"]},
    {"name": "report", "command": ["./report.sh"], "once": "after", "after": []}
  ],
  "limits": {"pause_after": 0, "infra_retries": 3, "infra_delay": "2s", "max_queued": 50},
  "hooks": {"paused": "mail a", "done": "mail b", "failed": "mail c"},
  "group": true
})";

TEST(Experiment, TopLevel) {
    const Experiment experiment = read(whole);
    EXPECT_EQ(experiment.name, "power-flow");
    ASSERT_EQ(experiment.objectives.size(), 2u);
    EXPECT_EQ(experiment.objectives[0].direction, Direction::minimize);
    EXPECT_EQ(experiment.objectives[1].direction, Direction::maximize);
    EXPECT_EQ(experiment.optimizer.sampler, "sobol");
    EXPECT_EQ(experiment.optimizer.trials, 200);
    EXPECT_EQ(experiment.optimizer.seed, UINT64_MAX);
    EXPECT_EQ(experiment.optimizer.pruner.direction, Direction::maximize);
    EXPECT_EQ(experiment.optimizer.pruner.max, 81);
    EXPECT_EQ(experiment.backend.options,
              (std::map<std::string, std::string>{
                  {"slots", "4"}, {"nice", "true"}, {"shell", "sh"}, {"load", "1.5"}}));
    EXPECT_EQ(experiment.setup_shell, "zsh");
    EXPECT_EQ(experiment.limits.max_queued, 50);
    EXPECT_EQ(experiment.limits.infra_delay, Seconds(2));
    EXPECT_EQ(experiment.hooks.failed, "mail c");
    EXPECT_TRUE(experiment.group);
}

PrunerSpec read_pruner(const std::string& text, const std::string& objectives = "") {
    return read(R"({"format": 1, )" + objectives + R"("optimizer": {"pruner": )" + text + "}}")
        .optimizer.pruner;
}

TEST(Experiment, PrunersHaveTheirSettings) {
    const PrunerSpec patient = read_pruner(R"({"type": "patient", "metric": "loss", "direction": "maximize",
        "patience": 4, "min_delta": 0.5, "pruner": {"type": "percentile", "percentile": 10, "startup_trials": 2,
        "warmup_steps": 3, "interval": 4}})");
    EXPECT_EQ(patient.patience, 4);
    EXPECT_EQ(patient.min_delta, 0.5);
    ASSERT_EQ(patient.wrapped.size(), 1u);
    const PrunerSpec& inside = patient.wrapped.front();
    EXPECT_EQ(inside.type, "percentile");
    EXPECT_EQ(inside.metric, "loss");
    EXPECT_EQ(inside.direction, Direction::maximize);
    EXPECT_EQ(inside.percentile, 10);
    EXPECT_EQ(inside.startup_trials, 2);
    EXPECT_EQ(inside.warmup_steps, 3);
    EXPECT_EQ(inside.interval, 4);
    const PrunerSpec threshold = read_pruner(R"({"type": "threshold", "upper": 1.5})");
    EXPECT_FALSE(threshold.lower);
    EXPECT_EQ(threshold.upper, 1.5);
    const PrunerSpec wilcoxon =
        read_pruner(R"({"type": "wilcoxon", "p_threshold": 0.05, "startup_steps": 7})");
    EXPECT_EQ(wilcoxon.p_threshold, 0.05);
    EXPECT_EQ(wilcoxon.startup_steps, 7);
}

TEST(Experiment, AMetricThatIsNotNamedIsTheFirstObjective) {
    const std::string gain =
        R"("objectives": [{"name": "gain", "direction": "maximize"}, {"name": "cost"}], )";
    EXPECT_EQ(read_pruner(R"({"type": "median"})").metric, "cost");
    EXPECT_EQ(read_pruner(R"({"type": "median"})", gain).metric, "gain");
    EXPECT_EQ(read_pruner(R"({"type": "median"})", gain).direction, Direction::maximize);
    EXPECT_EQ(read_pruner(R"({"type": "median", "metric": "cost"})", gain).direction, Direction::minimize);
    EXPECT_EQ(read_pruner(R"({"type": "median", "metric": "loss"})", gain).direction, Direction::minimize);
}

TEST(Experiment, Parameters) {
    const Space space = read(whole).space;
    ASSERT_EQ(space.parameters.size(), 6u);
    EXPECT_EQ(space.parameters[0].name, "lr");
    EXPECT_TRUE(space.parameters[0].log);
    EXPECT_EQ(space.parameters[0].default_value, Scalar(1e-3));
    EXPECT_EQ(space.parameters[1].type, ParameterType::integer);
    EXPECT_EQ(space.parameters[1].high, 4);
    EXPECT_THAT(space.parameters[2].choices,
                ElementsAre(Scalar(std::string("adam")), Scalar(std::string("sgd")), Scalar(int64_t{3}),
                            Scalar(nullptr), Scalar(true)));
    EXPECT_EQ(space.parameters[3].step, 0.09);
    ASSERT_EQ(space.parameters[4].when.size(), 2u);
    EXPECT_THAT(space.parameters[4].when[0].values, ElementsAre(Scalar(std::string("adam"))));
    EXPECT_EQ(space.parameters[4].when[1].ge, 2);
    EXPECT_EQ(space.parameters[4].when[1].lt, 4);
    EXPECT_FALSE(space.parameters[4].when[1].gt);
    EXPECT_EQ(space.parameters[5].value, Scalar(int64_t{81}));
}

TEST(Experiment, WhatIsBelievedAndTriedFirst) {
    const auto read = read_experiment(R"({"format":1,"space":{
        "lr":{"type":"float","low":1e-5,"high":0.1,"log":true,"prior":{"mean":1e-3,"std":0.5}},
        "size":{"type":"categorical","choices":["s","m","l"],"ordered":true,"prior":{"weights":[2,1,0]}}},
        "optimizer":{"first":[{"lr":0.01},{"lr":0.1,"size":"m"}]}})",
                                      "experiment.json");
    ASSERT_TRUE(read);
    const Parameter &lr = read->space.parameters[0], &size = read->space.parameters[1];
    ASSERT_TRUE(lr.prior && size.prior);
    EXPECT_EQ(lr.prior->mean, 1e-3);
    EXPECT_EQ(lr.prior->std, 0.5);
    EXPECT_EQ(size.prior->weights, (std::vector<double>{2, 1, 0}));
    EXPECT_TRUE(size.ordered && !lr.ordered);
    ASSERT_EQ(read->optimizer.first.size(), 2u);
    EXPECT_EQ(read->optimizer.first[1], (Params{{"lr", 0.1}, {"size", std::string("m")}}));
}

TEST(Experiment, MistakesOfTheFirstConfigurationsAreAllTold) {
    const auto read = read_experiment(R"({"format":1,"space":{"n":{"type":"int","low":1,"high":9}},
"optimizer":{"first":[{"n":3},
{"n":10},
{"m":1},
7]}})",
                                      "experiment.json");
    ASSERT_FALSE(read);
    std::vector<std::string> places;
    for (const Error& error : read.error())
        places.push_back(error.pointer + ":" + std::to_string(error.line));
    EXPECT_EQ(places, (std::vector<std::string>{"/optimizer/first/1/n:3", "/optimizer/first/2/m:4",
                                                "/optimizer/first/3:5"}));
}

TEST(Experiment, Stages) {
    const Experiment experiment = read(whole);
    ASSERT_EQ(experiment.stages.size(), 6u);
    const Stage& train = *experiment.find_stage("train");
    EXPECT_EQ(train.retries, 2);
    EXPECT_EQ(train.retry_delay, Seconds(60));
    EXPECT_EQ(train.checkpoint_exit_code, 85);
    EXPECT_EQ(train.on_stop, OnStop::finish);
    EXPECT_EQ(train.start_on, StartOn::marker);
    EXPECT_EQ(train.grace, Seconds(5));
    EXPECT_EQ(train.args, ArgumentStyle::hydra);
    EXPECT_EQ(train.resources.cpus, 2);
    EXPECT_EQ(train.resources.memory, int64_t{2} << 30);
    EXPECT_EQ(train.resources.time, Seconds(5400));
    EXPECT_EQ(train.resources.options.at("qos"), "1");
    const Stage& flow = *experiment.find_stage("flow");
    EXPECT_EQ(flow.max_failed, 0.05);
    EXPECT_TRUE(flow.allow_empty);
    EXPECT_TRUE(flow.backend);
    EXPECT_EQ(experiment.find_stage("other")->resources.memory, 1000);
    EXPECT_EQ(experiment.find_stage("report")->once, Once::after);
    EXPECT_EQ(experiment.find_stage("nothing"), nullptr);
    EXPECT_THAT(script_paths(experiment), ElementsAre("fetch.sh", "train.sh", "metric.sh", "report.sh"));
}

TEST(Experiment, RulesThatEndASearch) {
    const StopSpec none = read(R"({"format": 1})").optimizer.stop;
    EXPECT_FALSE(none.time || none.target || none.regret || none.stop_running);
    EXPECT_EQ(none.patience, 0);
    const StopSpec all =
        read(R"({"format": 1, "optimizer": {"stop": {"time": "1h30m", "target": -2, "patience": 20,
        "min_delta": 0.5, "regret": 0.01, "running": "stop"}}})")
            .optimizer.stop;
    EXPECT_EQ(all.time, Seconds(5400));
    EXPECT_EQ(all.target, -2);
    EXPECT_EQ(all.patience, 20);
    EXPECT_EQ(all.min_delta, 0.5);
    EXPECT_EQ(all.regret, 0.01);
    EXPECT_TRUE(all.stop_running);
    for (const char* rule : {"time", "target", "patience", "regret"}) {
        EXPECT_FALSE(setting_of(none, rule)) << rule;
        EXPECT_TRUE(setting_of(all, rule)) << rule;
    }
    EXPECT_EQ(setting_of(all, "time"), 5400);
    EXPECT_FALSE(setting_of(all, "another"));
}

TEST(Experiment, EachKindOfStageIsAChain) {
    const Experiment experiment = read(whole);
    EXPECT_THAT(experiment.find_stage("fetch")->after, ElementsAre());
    EXPECT_THAT(experiment.find_stage("train")->after, ElementsAre());
    EXPECT_THAT(experiment.find_stage("flow")->after, ElementsAre("train"));
    EXPECT_THAT(experiment.find_stage("metric")->after, ElementsAre("flow", "other"));
    EXPECT_THAT(experiment.find_stage("report")->after, ElementsAre());
    const Experiment chains = read(R"({"format": 1, "stages": [
        {"name": "a", "command": ["x"], "once": "before"}, {"name": "b", "command": ["x"]},
        {"name": "c", "command": ["x"], "once": "before"}, {"name": "d", "command": ["x"]}]})");
    EXPECT_THAT(chains.find_stage("c")->after, ElementsAre("a"));
    EXPECT_THAT(chains.find_stage("d")->after, ElementsAre("b"));
}

TEST(Experiment, TheLastStageHasAResult) {
    EXPECT_EQ(read(whole).find_stage("metric")->done, "result.json");
    const Experiment one = read(R"({"format": 1, "stages": [{"name": "a", "command": ["x"]},
        {"name": "z", "command": ["x"], "once": "after"}]})");
    EXPECT_EQ(one.find_stage("a")->done, "result.json");
    EXPECT_EQ(one.find_stage("z")->done, "");
    EXPECT_EQ(
        read(R"({"format": 1, "stages": [{"name": "a", "command": ["x"], "done": "m"}]})").stages[0].done,
        "m");
    auto array =
        read_experiment(R"({"format": 1, "stages": [{"name": "a", "command": ["x"], "array": "*"}]})", "f");
    ASSERT_FALSE(array);
    EXPECT_NE(array.error()[0].text().find("single task"), std::string::npos);
}

TEST(Experiment, Defaults) {
    const Experiment experiment = read(R"({"format": 1})");
    ASSERT_EQ(experiment.objectives.size(), 1u);
    EXPECT_EQ(experiment.objectives[0].name, "cost");
    EXPECT_EQ(experiment.optimizer.sampler, "auto");
    EXPECT_EQ(experiment.backend.type, "local");
    EXPECT_EQ(experiment.limits.pause_after, 5);
    EXPECT_TRUE(experiment.space.parameters.empty());
    ASSERT_EQ(experiment.stages.size(), 3u);
    EXPECT_EQ(experiment.stages[0].done, "training_done");
    EXPECT_EQ(experiment.stages[1].array, "flows/*.json");
    EXPECT_EQ(experiment.stages[1].submit, "run_flow.cmd");
    EXPECT_THAT(experiment.stages[2].after, ElementsAre("flow"));
    EXPECT_EQ(experiment.stages[2].done, "result.json");
    EXPECT_FALSE(experiment.group);
}

}  // namespace
}  // namespace tw
