// What a job is started with.
#include "unit/app/watcher_world.hpp"

namespace tw::test {
namespace {

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

}  // namespace
}  // namespace tw::test
