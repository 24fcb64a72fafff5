// What a job is started with.
#include "unit/app/watcher_world.hpp"

namespace tw::test {
namespace {

using testing::Contains;

std::string array_stage(const std::string& args) {
    return R"("stages":[{"name":"flow","command":["python3","flow.py","{trial}","-v"],"array":"flows/*.json","args":")" +
           args + R"("},{"name":"metric","command":["metric"]}])";
}

// What follows the wrapper's own words: ... EXPERIMENT ID TRIAL KEY SHARD DONE COMMAND.
std::vector<std::string> command_of(const std::string& settings, std::size_t number = 0) {
    WatcherWorld world(settings);
    world.trial("000001", R"({"lr":0.5,"layers":3,"Z":true,"list":[1]})");
    for (auto* name : {"1.json", "2.json"}) world.fs.put(std::string("trials/000001/flows/") + name, "{}");
    world.tick();
    auto argv = world.backend.submitted.at(number).tasks.at(0).argv;
    auto key = std::find(argv.begin(), argv.end(), world.backend.refs().at(number).key.name());
    return {key + 3, argv.end()};
}

TEST(Arguments, TheInputFollowsTheWordsOfTheCommand) {
    EXPECT_THAT(command_of(array_stage("none")),
                ElementsAre("python3", "flow.py", "000001", "-v", "flows/1.json"));
    EXPECT_THAT(command_of(array_stage("none"), 1),
                ElementsAre("python3", "flow.py", "000001", "-v", "flows/2.json"));
}

TEST(Arguments, ParametersComeLastInTheOrderOfTheirBytes) {
    EXPECT_THAT(command_of(array_stage("flags")),
                ElementsAre("python3", "flow.py", "000001", "-v", "flows/1.json", "--Z", "true", "--layers",
                            "3", "--lr", "0.5"));
    EXPECT_THAT(
        command_of(array_stage("hydra")),
        ElementsAre("python3", "flow.py", "000001", "-v", "flows/1.json", "Z=true", "layers=3", "lr=0.5"));
}

TEST(Arguments, ASingleTaskHasNoInput) {
    EXPECT_THAT(command_of(train_stage(R"("args":"flags",)")),
                ElementsAre("train", "--Z", "true", "--layers", "3", "--lr", "0.5"));
}

std::vector<std::string> environment_of(const std::string& config, const std::string& directory = "") {
    WatcherWorld world;
    world.trial("000001", config);
    if (!directory.empty()) world.fs.make_directories(directory);
    world.tick();
    return world.backend.submitted.at(0).tasks.at(0).environment;
}

TEST(Environment, ABudgetIsWholeWhereItCanBe) {
    EXPECT_THAT(environment_of(R"({"_trial":{"budget":27.0}})"), Contains("TRIAL_BUDGET=27"));
    EXPECT_THAT(environment_of(R"({"_trial":{"budget":2.5}})"), Contains("TRIAL_BUDGET=2.5"));
    EXPECT_THAT(environment_of("{}"), Contains("TRIAL_BUDGET="));
}

TEST(Environment, TheParentsCheckpointIsNamedWhereItIs) {
    const std::string config = R"({"_trial":{"parent":"000000"}})", nothing = "TRIAL_CHECKPOINT_FROM=";
    EXPECT_THAT(environment_of(config, "trials/000000/checkpoint"),
                Contains(nothing + "/virtual/experiment/trials/000000/checkpoint"));
    EXPECT_THAT(environment_of(config, "trials/000000"), Contains(nothing));
    EXPECT_THAT(environment_of(config), Contains(nothing));
    EXPECT_THAT(environment_of(R"({"_trial":{"parent":"../other"}})", "other/checkpoint"), Contains(nothing));
    EXPECT_THAT(environment_of("{}"), Contains(nothing));
}

}  // namespace
}  // namespace tw::test
