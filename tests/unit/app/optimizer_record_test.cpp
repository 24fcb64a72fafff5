// The record of ended trials: a start opens none of those that it may believe, and believes nothing that the
// directories and the journal do not say.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "optimizer_world.hpp"
#include "trialdir/publish.hpp"

namespace tw::test {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

struct OptimizerRecord : ::testing::Test {
    OptimizerWorld world{R"("trials":8,"parallel":4)"};

    OptimizerRecord() { world.learn(); }

    // Four have ended and are in the record.
    void begin(bool watched = true) {
        if (watched) world.watch();
        ASSERT_THAT(world.start(), IsEmpty());
        world.tick();
        for (auto& id : world.unended()) world.end(id, static_cast<double>(world.seq) / 8);
        world.tick();
        world.clock.advance(Seconds(60));
        restart();
    }
    // Where no watcher ever ran.
    void end_all_by_their_results() {
        ASSERT_THAT(world.start(), IsEmpty());
        world.tick();
        for (auto& id : world.unended()) world.fs.put("trials/" + id + "/result.json", R"({"cost":0.5})");
        world.clock.advance(Seconds(60));
    }
    // Ended trials whose files the start opened.
    std::set<TrialId> restart() {
        world.diary.clear();
        world.fs.accesses.clear();
        world.restart();
        std::set<TrialId> opened;
        for (auto& access : world.fs.accesses)
            if ((access.op == "read" || access.op == "list") && access.path.starts_with("trials/") &&
                ended(access.path.substr(7, 6)))
                opened.insert(access.path.substr(7, 6));
        return opened;
    }
    bool ended(const TrialId& id) {
        auto found = world.optimizer->book().trials().find(id);
        return found != world.optimizer->book().trials().end() && found->second.outcome;
    }
    bool live(const TrialId& id) { return world.optimizer->book().live().contains(id); }
    std::string record() {
        std::string name;
        for (auto& [path, text] : world.fs.dump())
            if (path.starts_with(layout::optimizer + "/record.")) name = path;
        return name;
    }
    // What it would be told without a record.
    std::vector<std::string> told_by_directories() {
        must(world.fs.remove(record()));
        restart();
        return world.diary;
    }
    void journal(const Ledger& ledger) {
        Owner owner = make_owner(world.processes.self(), "", world.clock.now());
        Journal::begin(world.fs, owner, ledger, read_newest(world.fs).value()).value();
    }
    Ledger knows(const TrialId& id, std::optional<std::int64_t> seq, bool retried = false) {
        Ledger ledger;
        Event revision{EventKind::revision, world.clock.now()};
        revision.number = 1;
        revision.text = *world.fs.get(layout::experiment_file);
        ledger.apply(revision).value();
        Event created{EventKind::created, world.clock.now(), id};
        created.state = Trial{};
        created.state->revision = 1;
        ledger.apply(created).value();
        Event concluded{EventKind::concluded, world.clock.now(), id};
        concluded.outcome = Outcome{};
        concluded.outcome->seq = seq.value_or(0);
        if (seq) ledger.apply(concluded).value();
        if (seq) ledger.apply(Event{EventKind::settled, world.clock.now(), id}).value();
        if (retried) ledger.apply(Event{EventKind::retry, world.clock.now(), id}).value();
        return ledger;
    }
};

TEST_F(OptimizerRecord, AStartOpensNoneThatItKnows) {
    begin();
    EXPECT_THAT(restart(), IsEmpty());
    auto diary = world.diary;
    EXPECT_THAT(diary, SizeIs(4));
    EXPECT_EQ(told_by_directories(), diary);
}

TEST_F(OptimizerRecord, ThoseThatEndMeanwhileAreAdded) {
    begin();
    world.tick();
    const TrialId id = world.unended().at(0);
    world.end(id, 0.5);
    world.tick();
    EXPECT_THAT(restart(), ElementsAre(id));  // too young
    world.end(world.unended().at(0), 0.25);
    for (int i = 0; i < 25; ++i) world.tick();
    EXPECT_THAT(restart(), IsEmpty());
    EXPECT_THAT(world.diary, SizeIs(6));
}

TEST_F(OptimizerRecord, ARemovedTrialIsNotBelieved) {
    begin();
    must(remove_tree(world.fs, "trials/000001"));
    restart();
    EXPECT_THAT(world.diary, SizeIs(3));
    EXPECT_FALSE(world.optimizer->book().trials().contains("000001"));
}

TEST_F(OptimizerRecord, OneMadeUnderTheSameNumberIsAnother) {
    begin();
    const std::string config = *world.fs.get("trials/000001/config.json");
    must(remove_tree(world.fs, "trials/000001"));
    world.fs.put("trials/000001/config.json", config);
    restart();
    EXPECT_THAT(world.diary, SizeIs(3));
    EXPECT_TRUE(live("000001"));
}

TEST_F(OptimizerRecord, AnOutcomeThatWasTakenAwayIsSeenByTheDirectorysTime) {
    begin();
    world.clock.advance(Seconds(1));
    must(world.fs.rename("trials/000001/outcome.json", "trials/000001/outcome.2.json"));
    restart();
    EXPECT_TRUE(live("000001"));
}

TEST_F(OptimizerRecord, AndOneThatWasReplaced) {
    begin();
    world.clock.advance(Seconds(1));
    must(world.fs.remove("trials/000001/outcome.json"));
    world.end("000001", 0.75);
    EXPECT_THAT(restart(), ElementsAre("000001"));
    EXPECT_EQ(world.optimizer->book().trials().at("000001").outcome->values.at("cost"), 0.75);
}

// A network client may show the directory's time of before.
TEST_F(OptimizerRecord, ATrialThatTheJournalHasTriedAgainIsLookedAt) {
    begin();
    journal(knows("000001", 2, true));
    EXPECT_THAT(restart(), ElementsAre("000001"));
    journal(knows("000001", 7));
    EXPECT_THAT(restart(), ElementsAre("000001"));
    journal(knows("000001", 2));
    EXPECT_THAT(restart(), IsEmpty());
    journal(knows("000001", std::nullopt));
    EXPECT_THAT(restart(), ElementsAre("000001"));
}

TEST_F(OptimizerRecord, TrialsOfOthersOnlyWhileTheyAreTaken) {
    const std::string open = experiment_json(plain_space, R"("trials":8,"parallel":4)");
    std::string group = open;
    group.insert(group.size() - 1, R"(,"group":true)");
    world.declare(group);
    world.watch();
    world.fs.put("trials/000000/config.json", R"({"x":0.5})");
    world.fs.set_owner("trials/000000/config.json", 77);
    world.end("000000", 0.5);
    world.clock.advance(Seconds(60));
    ASSERT_THAT(world.start(), IsEmpty());
    EXPECT_THAT(restart(), IsEmpty());
    EXPECT_TRUE(ended("000000"));
    world.declare(open);
    restart();
    EXPECT_FALSE(ended("000000"));
}

TEST_F(OptimizerRecord, WhereNoWatcherEverRan) {
    ASSERT_THAT(world.start(), IsEmpty());
    world.tick();
    for (auto& id : world.unended())
        world.fs.put("trials/" + id + "/result.json", R"({"cost":0.5,"loss":2})");
    world.tick();
    world.clock.advance(Seconds(60));
    EXPECT_THAT(restart(), SizeIs(4));
    EXPECT_THAT(restart(), IsEmpty());
    auto diary = world.diary;
    EXPECT_EQ(told_by_directories(), diary);

    restart();
    std::string other = experiment_json(plain_space, R"("trials":8,"parallel":4)");
    other.replace(other.find(R"("cost")"), 6, R"("size")");
    world.declare(other);
    EXPECT_THAT(restart(), SizeIs(4));  // they are failures now
    EXPECT_EQ(world.optimizer->book().trials().at("000000").outcome->state, EndState::failed);
}

// As their directories would be judged now.
TEST_F(OptimizerRecord, AResultWithoutANumberThatAConstraintIsOnIsNotBelieved) {
    end_all_by_their_results();
    restart();
    EXPECT_THAT(restart(), IsEmpty());
    std::string other = experiment_json(plain_space, R"("trials":8,"parallel":4)");
    other.insert(other.size() - 1, R"(,"constraints":{"outcomes":[{"name":"ms","upper":5}]})");
    world.declare(other);
    EXPECT_THAT(restart(), SizeIs(4));
    EXPECT_EQ(world.optimizer->book().trials().at("000000").outcome->state, EndState::failed);
}

TEST_F(OptimizerRecord, WhenAWatcherBeginsResultsAreNoEndingsAnyMore) {
    end_all_by_their_results();
    restart();
    ASSERT_TRUE(ended("000000"));
    world.watch();
    restart();
    EXPECT_TRUE(live("000000"));
}

TEST_F(OptimizerRecord, ADamagedOneIsMadeAnew) {
    begin();
    auto diary = (restart(), world.diary);
    std::string bytes = *world.fs.get(record());
    bytes[bytes.size() / 2] ^= 1;
    world.fs.put(record(), bytes);
    EXPECT_THAT(restart(), Not(IsEmpty()));
    EXPECT_EQ(world.diary, diary);
    EXPECT_THAT(restart(), IsEmpty());
    EXPECT_EQ(world.diary, diary);
}

TEST_F(OptimizerRecord, AFullDiskCostsTheRecordAndNothingElse) {
    world.watch();
    ASSERT_THAT(world.start(), IsEmpty());
    world.tick();
    world.fs.inject({"create_appender", layout::optimizer, Code::no_space, 1, -1});
    for (auto& id : world.unended()) world.end(id, 0.5);
    for (int i = 0; i < 40; ++i) world.tick();
    EXPECT_EQ(world.said.count("the record of ended trials is not kept"), 1);
    EXPECT_EQ(record(), "");
    world.fs.clear_faults();
    restart();
    EXPECT_THAT(restart(), IsEmpty());
}

// What it costs to hear of one more ending does not depend on how many there were.
TEST_F(OptimizerRecord, ATickOpensNoneThatHasEnded) {
    world.watch();
    for (int i = 0; i < 300; ++i) {
        const TrialId id = numbered_trial(i);
        world.fs.put(layout::config(id), R"({"x":0.5})");
        world.end(id, 0.5);
    }
    world.clock.advance(Seconds(60));
    ASSERT_THAT(world.start(), IsEmpty());
    world.tick();
    world.fs.accesses.clear();
    for (int i = 0; i < 30; ++i) {
        if (i % 10 == 5) world.end(world.unended().at(0), 0.25);
        world.tick();
    }
    for (auto& access : world.fs.accesses)
        if (access.path.starts_with("trials/000")) {
            EXPECT_GE(access.path.substr(7, 6), "000300") << access.op;
        }
}

struct Killed {};

// Killed before each single operation of a start and of the ticks after it, it tells the sampler what the
// directories say.
TEST(OptimizerRecordCrash, NothingIsBelievedThatIsNotThere) {
    for (int last = 0, ended = false; !ended; ++last) {
        SCOPED_TRACE(last);
        OptimizerWorld world{R"("trials":8,"parallel":4)"};
        world.learn();
        world.watch();
        ASSERT_THAT(world.start(), IsEmpty());
        world.tick();
        for (auto& id : world.unended()) world.end(id, static_cast<double>(world.seq) / 8);
        world.clock.advance(Seconds(60));
        int count = 0;
        world.fs.on_access([&](auto&) -> Status {
            if (count++ == last) throw Killed{};
            return {};
        });
        try {
            world.restart();
            world.tick();
            count = -1000000;  // the watcher is not killed
            world.end(world.unended().at(0), 0.9);
            count += 1000000;
            for (int i = 0; i < 12; ++i) world.tick();
            ended = true;
        } catch (const Killed&) {
            world.optimizer.reset();
        }
        world.fs.on_access({});
        must(world.fs.remove("trials/000002/outcome.json"));
        world.diary.clear();
        world.restart();
        auto diary = world.diary;
        for (auto& [path, text] : world.fs.dump())
            if (path.starts_with(layout::optimizer + "/record.")) must(world.fs.remove(path));
        world.diary.clear();
        world.restart();
        ASSERT_EQ(world.diary, diary);
    }
}

}  // namespace
}  // namespace tw::test
