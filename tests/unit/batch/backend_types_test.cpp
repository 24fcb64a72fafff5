// Schedulers made by the name of their backend, and what is refused before one is made.
#include "batch/backend_types.hpp"

#include <gmock/gmock.h>

#include "support/fake_clock.hpp"
#include "support/fake_commands.hpp"
#include "support/fake_processes.hpp"
#include "support/said_log.hpp"
#include "support/virtual_filesystem.hpp"

namespace tw {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

struct BackendTypes : testing::Test {
    support::VirtualFileSystem fs;
    support::FakeClock clock;
    support::FakeProcesses processes;
    support::FakeCommands commands;
    support::SaidLog log;
    std::map<std::string, CommandResult> answers;  // by program

    BackendTypes() {
        commands.answer = [this](const Command& command) { return Result<CommandResult>(answers[command.argv[0]]); };
    }
    Result<std::unique_ptr<Scheduler>> make(const std::string& type, OptionTable options = {}) {
        return make_scheduler({type, std::move(options)}, {fs, clock, processes, commands, log, "0123456789abcdef"}, 3);
    }
    // What stat says of the file.
    Status with_env_file(const std::string& mode, std::int64_t owner, int status = 0) {
        answers["stat"] = {status, mode + " " + std::to_string(owner) + "\n", ""};
        auto made = make("slurm", {{"env_file", "/home/ann/-secrets"}});
        return made ? Status{} : Status(fail(made.error()));
    }
};

TEST_F(BackendTypes, are_known_by_name) {
    EXPECT_EQ(make("local").value()->slots(), 3);
    for (const char* name : {"slurm", "htcondor", "gridengine"}) EXPECT_TRUE(make(name)) << name;
    EXPECT_TRUE(make("command", {{"profile", "pbs"}}));
    EXPECT_EQ(make("slurn").error().pointer, "/type");
    EXPECT_EQ(find_backend_type("local"), nullptr);
}

TEST_F(BackendTypes, an_env_file_that_others_can_read_or_have_written_is_refused) {
    auto me = static_cast<std::int64_t>(processes.self().uid);
    EXPECT_TRUE(with_env_file("600", me));
    EXPECT_TRUE(with_env_file("400", me));
    EXPECT_THAT(commands.ran.front().argv, ElementsAre("stat", "-L", "-c", "%a %u", "--", "/home/ann/-secrets"));
    for (const char* mode : {"644", "640", "604", "606"}) {
        auto refused = with_env_file(mode, me);
        ASSERT_FALSE(refused) << mode;
        EXPECT_EQ(refused.error().pointer, "/options/env_file");
        EXPECT_THAT(refused.error().what, HasSubstr("can be read by others"));
        EXPECT_EQ(refused.error().hint, "chmod 600 /home/ann/-secrets");
    }
    EXPECT_THAT(with_env_file("600", me + 1).error().what, HasSubstr("somebody else"));
    EXPECT_THAT(with_env_file("", me, 1).error().what, HasSubstr("cannot be read"));
}

TEST_F(BackendTypes, an_array_that_the_system_would_refuse_is_refused_with_its_limit) {
    answers["sinfo"] = {0, "main*|2|8|4000|(null)\n", ""};
    answers["scontrol"] = {0, "MaxArraySize            = 101\n", ""};
    Error error = make("slurm").error();
    EXPECT_EQ(error.pointer, "/options/array");
    EXPECT_EQ(error.hint, "\"array\": 100");
    EXPECT_TRUE(make("slurm", {{"array", "100"}}));
}

}  // namespace
}  // namespace tw
