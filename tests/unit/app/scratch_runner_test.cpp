#include "app/agent/scratch_runner.hpp"

#include <gmock/gmock.h>

#include "support/fake_runner.hpp"
#include "support/said_log.hpp"

namespace tw {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct FakeScratch final : Scratch {
    Result<std::string> make() override {
        if (broken) return fail(Code::no_space, "no room in /tmp");
        return "/tmp/" + std::to_string(++made);
    }
    void remove(const std::string& directory) override { removed.push_back(directory); }

    bool broken = false;
    int made = 0;
    std::vector<std::string> removed;
};

struct ScratchRunnerTest : testing::Test {
    support::FakeRunner inner{4};
    FakeScratch scratch;
    support::SaidLog log;
    ScratchRunner runner{inner, scratch, log};

    JobRef start(int task) {
        AttemptKey key{1, "flow", task, 1};
        runner.start({"000001", key, {}, Seconds(30)}, {"/e", {"/bin/sh"}, {"A=1"}, "/o", "/o", Seconds(60)});
        return {"000001", key};
    }
};

TEST_F(ScratchRunnerTest, each_run_has_its_own_until_it_is_over) {
    JobRef one = start(1), other = start(2);
    EXPECT_THAT(inner.contents[one].environment, ElementsAre("A=1", "TMPDIR=/tmp/1"));
    EXPECT_THAT(inner.contents[other].environment, Contains("TMPDIR=/tmp/2"));
    EXPECT_THAT(runner.over(false), IsEmpty());
    inner.finish(one);
    EXPECT_THAT(runner.over(false), ElementsAre(one));
    EXPECT_THAT(scratch.removed, ElementsAre("/tmp/1"));
}

TEST_F(ScratchRunnerTest, without_one_it_runs_all_the_same) {
    scratch.broken = true;
    JobRef job = start(1);
    EXPECT_THAT(inner.contents[job].environment, ElementsAre("A=1"));
    EXPECT_THAT(log.text, HasSubstr("no room in /tmp"));
    inner.finish(job);
    EXPECT_THAT(runner.over(false), ElementsAre(job));
    EXPECT_THAT(scratch.removed, IsEmpty());
}

}  // namespace
}  // namespace tw
