// Trials of earlier experiments are known to the sampler from the beginning, and the same after every
// restart.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "optimizer_world.hpp"
#include "trialdir/publish.hpp"

namespace tw::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

struct WarmStart : ::testing::Test {
    OptimizerWorld world{R"("trials":6,"parallel":2,"warm_start":["../first"])"};
    std::shared_ptr<support::VirtualDisk> disk = std::make_shared<support::VirtualDisk>();
    support::VirtualFileSystem first{disk, "/virtual/first"};
    std::vector<std::string> opened;

    WarmStart() {
        world.learn();
        first.put(layout::experiment_file, experiment_json(plain_space, ""));
        first.make_directories(layout::trials);
        first.make_directories(layout::journal);
        first.put(layout::journal + "/0000000001", "");  // a watcher was there
        add("000000", R"({"x":0.5})", 2, EndState::complete, {{"cost", 1}, {"other", 7}});
        add("mine", R"({"x":0.25})", 1, EndState::complete, {{"cost", 2}});
        add("000001", R"({"x":0.75})", 3, EndState::failed, {});
    }

    void add(const TrialId& id, const std::string& config, std::int64_t seq, EndState state,
             std::map<std::string, double> values) {
        Outcome outcome;
        outcome.seq = seq;
        outcome.state = state;
        outcome.values = std::move(values);
        first.put(layout::config(id), config);
        first.put(layout::outcome(id), write_outcome(outcome));
    }
    std::vector<Error> start() {
        OptimizerOptions options;
        options.open = [this](const std::string& path) -> Result<std::unique_ptr<FileSystem>> {
            opened.push_back(path);
            if (path != "/virtual/experiment/../first")
                return fail(Code::not_found, "there is no such directory", path);
            return std::make_unique<support::VirtualFileSystem>(disk, "/virtual/first");
        };
        world.diary.clear();
        opened.clear();
        return world.start(options);
    }
    std::vector<Error> restart() {
        world.optimizer.reset();
        world.processes.restart();
        return start();
    }
    std::string import() {
        for (auto& [path, text] : world.fs.dump())
            if (path.starts_with(layout::optimizer + "/imported.")) return path;
        return "";
    }
    void declare(const std::string& list) {
        world.declare(experiment_json(plain_space, R"("trials":6,"parallel":2,"warm_start":)" + list));
    }
    const std::vector<std::string> both{"0=../first/mine k-1", "0=../first/000000 k-1"};
};

TEST_F(WarmStart, TheSamplerKnowsThemFirst) {
    world.watch();
    world.fs.put("trials/here/config.json", R"({"x":0.5})");
    world.end("here", 3);
    ASSERT_THAT(start(), IsEmpty());
    EXPECT_THAT(world.diary, ElementsAre(both[0], both[1], "1=here k-1"));
    EXPECT_EQ(world.optimizer->search().imported(), 2);
    EXPECT_EQ(world.optimizer->search().told(), 1);  // of this experiment
    EXPECT_EQ(world.optimizer->book().trials().size(), 1u);
    EXPECT_EQ(world.said.count("2 trials of earlier experiments are known from the beginning"), 1);
}

TEST_F(WarmStart, ARestartKnowsTheSame) {
    ASSERT_THAT(start(), IsEmpty());
    world.tick();
    const std::string run = world.optimizer->search().name();
    add("000000", R"({"x":0.9})", 2, EndState::complete, {{"cost", 0}});
    add("000009", R"({"x":0.9})", 4, EndState::complete, {{"cost", 0}});
    ASSERT_THAT(restart(), IsEmpty());
    EXPECT_EQ(world.diary, both);
    EXPECT_THAT(opened, IsEmpty());  // it may be gone
    EXPECT_EQ(world.optimizer->search().name(), run);

    must(world.fs.remove(import()));
    ASSERT_THAT(restart(), IsEmpty());
    EXPECT_THAT(world.diary, SizeIs(3));
    EXPECT_NE(world.optimizer->search().name(), run);
}

TEST_F(WarmStart, WithoutOneTheRunHasItsOldName) {
    ASSERT_THAT(start(), IsEmpty());
    const std::string warm = world.optimizer->search().name();
    declare("[]");
    ASSERT_THAT(restart(), IsEmpty());
    EXPECT_THAT(world.diary, IsEmpty());
    const Experiment plain = read_experiment(*world.fs.get(layout::experiment_file), "").value();
    const std::string id = read_identity(*world.fs.get(layout::identity), "").value().id;
    EXPECT_EQ(world.optimizer->search().name(), run_name(id, plain.space, "learning", 1));
    EXPECT_NE(world.optimizer->search().name(), warm);
}

TEST_F(WarmStart, WhatDoesNotFitIsLeftOut) {
    add("000002", R"({"x":7})", 4, EndState::complete, {{"cost", 1}});
    add("000003", R"({"y":0.5})", 5, EndState::complete, {{"cost", 1}});
    add("000004", R"({"x":0.5})", 6, EndState::complete, {{"loss", 1}});
    add("000005", R"({"x":1,"y":2})", 7, EndState::complete, {{"cost", 1}});
    ASSERT_THAT(start(), IsEmpty());
    EXPECT_THAT(world.diary, ElementsAre(both[0], both[1], "0=../first/000005 k-1"));
    EXPECT_EQ(world.said.count("3 ended trials are left out"), 1);
    EXPECT_THAT(world.said.text, HasSubstr("../first/000002"));
}

// A parent's name says nothing about this experiment's trial of the same name.
TEST_F(WarmStart, BudgetsCountAndParentsAreNotMixedUp) {
    std::vector<Observation> told;
    struct Listening final : Sampler {
        explicit Listening(std::vector<Observation>& told) : told_(told) {}
        Result<Suggestion> ask(std::int64_t) override { return Suggestion{{{"x", 0.5}}, name()}; }
        void tell(const Observation& observation) override { told_.push_back(observation); }
        std::string name() const override { return "listening"; }
        std::vector<Observation>& told_;
    };
    world.maker = [&](auto&, auto&, auto&) -> Result<std::unique_ptr<Sampler>> {
        return std::make_unique<Listening>(told);
    };
    add("000002", R"({"x":0.5,"_trial":{"run":"r","k":2,"budget":9,"parent":"000000"}})", 4,
        EndState::complete, {{"cost", 1}});
    ASSERT_THAT(start(), IsEmpty());
    ASSERT_THAT(told, SizeIs(3));
    EXPECT_EQ(told[2].budget, 9.0);
    EXPECT_EQ(told[2].parent, told[1].trial);
    EXPECT_EQ(told[2].k, -1);
}

TEST_F(WarmStart, OneThatAConstraintCannotJudgeIsLeftOut) {
    std::string text = experiment_json(plain_space, R"("trials":6,"parallel":2,"warm_start":["../first"])");
    text.insert(text.size() - 1, R"(,"constraints":{"outcomes":[{"name":"other","upper":5}]})");
    world.declare(text);
    ASSERT_THAT(start(), IsEmpty());
    EXPECT_THAT(world.diary, ElementsAre(both[1]));
    EXPECT_EQ(world.said.count("1 ended trial is left out"), 1);
}

TEST_F(WarmStart, ResultsOfWhereNoWatcherEverRan) {
    must(remove_tree(first, layout::journal));
    first.put("trials/000008/config.json", R"({"x":0.125})");
    first.put("trials/000008/result.json", R"({"cost":4})");
    ASSERT_THAT(start(), IsEmpty());
    EXPECT_THAT(world.diary, SizeIs(3));
}

TEST_F(WarmStart, MistakesAreTold) {
    declare(R"(["../nowhere"])");
    auto errors = start();
    ASSERT_THAT(errors, SizeIs(1));
    EXPECT_THAT(errors[0].text(), HasSubstr("'../nowhere': there is no such directory"));
    EXPECT_EQ(exit_status(errors[0]), 2);
    EXPECT_TRUE(world.released());
    EXPECT_EQ(import(), "");
    declare(R"(["../first"])");
    first.put(layout::experiment_file, "{}");
    errors = start();
    ASSERT_THAT(errors, SizeIs(1));
    EXPECT_THAT(errors[0].text(), HasSubstr("../first/experiment.json"));
    EXPECT_THAT(world.configs(), IsEmpty());
}

TEST_F(WarmStart, NotFromItself) {
    OptimizerOptions options;
    options.open = [&](auto&) -> Result<std::unique_ptr<FileSystem>> {
        return std::make_unique<support::VirtualFileSystem>(world.disk);
    };
    auto errors = world.start(options);
    ASSERT_THAT(errors, SizeIs(1));
    EXPECT_THAT(errors[0].text(), HasSubstr("it is this one"));
}

TEST_F(WarmStart, WhatCannotBeSeenIsNotLeftOut) {
    for (const std::string name : {"config.json", "outcome.json"}) {
        OptimizerOptions options;
        options.open = [&](auto&) -> Result<std::unique_ptr<FileSystem>> {
            auto fs = std::make_unique<support::VirtualFileSystem>(disk, "/virtual/first");
            fs->inject({"read", "trials/000000/" + name, Code::io});
            return fs;
        };
        EXPECT_THAT(world.start(options), SizeIs(1)) << name;
        EXPECT_EQ(import(), "");
    }
}

TEST_F(WarmStart, ADamagedImportIsAnError) {
    ASSERT_THAT(start(), IsEmpty());
    const std::string whole = *world.fs.get(import()), path = import();
    for (std::size_t size = 0; size < whole.size(); ++size) {
        world.fs.put(path, whole.substr(0, size));
        auto read = read_import(world.fs, path);
        ASSERT_FALSE(read) << size;
    }
    auto errors = restart();
    ASSERT_THAT(errors, SizeIs(1));
    EXPECT_THAT(errors[0].text(), HasSubstr("remove this file"));
}

TEST_F(WarmStart, AnEditUnderARunningOptimizerBeginsAnotherRun) {
    declare("[]");
    ASSERT_THAT(start(), IsEmpty());
    world.tick();
    const std::string run = world.optimizer->search().name();
    declare(R"(["../first"])");
    world.tick();
    EXPECT_NE(world.optimizer->search().name(), run);
    EXPECT_EQ(world.optimizer->search().imported(), 2);
    declare(R"(["../nowhere"])");
    world.tick();
    EXPECT_EQ(world.optimizer->search().imported(), 2);
    EXPECT_THAT(world.said.text, HasSubstr("the search goes on as before"));
}

}  // namespace
}  // namespace tw::test
