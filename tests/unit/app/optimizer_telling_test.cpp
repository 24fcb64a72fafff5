// What the sampler is told, and in which order.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "optimizer_world.hpp"

namespace tw::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

struct OptimizerTelling : ::testing::Test {
    OptimizerWorld world{R"("trials":50,"parallel":3)"};

    OptimizerTelling() { world.learn(); }
    void begin(bool watched = true) {
        ASSERT_THAT(world.start(), IsEmpty());
        if (watched) world.watch();
        if (watched) world.restart();
        world.tick();
    }
    void complete(const TrialId& id, std::int64_t seq) {
        world.end_as(id, seq, EndState::complete, {{"cost", 1}});
    }
    std::int64_t seen_by(const TrialId& id) { return world.configs().at(id).proposal.seen; }
};

TEST_F(OptimizerTelling, InTheJournalsOrder) {
    begin();
    complete("000002", 1);
    complete("000000", 2);
    world.tick();
    EXPECT_THAT(world.diary, ElementsAre("1=000002 k2", "2=000000 k0"));
    EXPECT_EQ(seen_by("000000"), 0);
    EXPECT_EQ(seen_by("000004"), 2);
}

TEST_F(OptimizerTelling, AMissingNumberIsWaitedFor) {
    begin();
    complete("000001", 2);
    world.tick();
    EXPECT_THAT(world.diary, IsEmpty());
    EXPECT_EQ(seen_by("000003"), 0);  // proposing does not wait
    complete("000000", 1);
    world.tick();
    EXPECT_THAT(world.diary, ElementsAre("1=000000 k0", "2=000001 k1"));
}

TEST_F(OptimizerTelling, ButNotForEver) {
    begin();
    complete("000001", 2);
    world.tick();
    world.clock.advance(Seconds(60));
    world.tick();
    EXPECT_THAT(world.diary, IsEmpty());
    world.clock.advance(Seconds(60));
    world.tick();
    EXPECT_THAT(world.diary, ElementsAre("2=000001 k1"));
    complete("000000", 1);  // late after all
    world.tick();
    EXPECT_THAT(world.diary, ElementsAre("2=000001 k1", "1=000000 k0"));
    complete("000002", 3);
    world.tick();
    EXPECT_EQ(world.diary.back(), "3=000002 k2");
}

TEST_F(OptimizerTelling, NorWhereEveryTrialHasEnded) {
    OptimizerWorld small(R"("trials":2,"parallel":2)");
    small.learn();
    small.watch();
    ASSERT_THAT(small.start(), IsEmpty());
    small.tick();
    small.end_as("000000", 3, EndState::killed);
    small.end_as("000001", 5, EndState::failed);
    small.tick();
    small.tick();  // the missing number makes it look around
    EXPECT_THAT(small.diary, ElementsAre("3=000000 k0", "5=000001 k1"));
}

TEST_F(OptimizerTelling, OtherPeoplesTrialsToo) {
    begin();
    world.fs.put("trials/mine/config.json", R"({"x":0.25})");
    complete("mine", 1);
    complete("000000", 2);
    world.tick();
    world.tick();  // the missing number makes it look around
    EXPECT_THAT(world.diary, ElementsAre("1=mine k-1", "2=000000 k0"));
}

TEST_F(OptimizerTelling, NotThoseOfAnotherUser) {
    world.fs.put("trials/theirs/config.json", R"({"x":0.25})");
    world.fs.set_owner("trials/theirs/config.json", 4711);
    complete("theirs", 1);
    begin();
    complete("000000", 2);
    world.clock.advance(Seconds(100));
    world.tick();
    EXPECT_THAT(world.diary, ElementsAre("2=000000 k0"));
    EXPECT_THAT(world.said.text, HasSubstr("belongs to another user"));
}

TEST_F(OptimizerTelling, ARestartTellsTheSame) {
    begin();
    complete("000001", 1);
    world.tick();
    complete("000000", 2);
    world.tick();
    auto before = world.diary;
    world.diary.clear();
    world.restart();
    EXPECT_EQ(world.diary, before);
    world.tick();
    EXPECT_EQ(world.diary, before);
}

TEST_F(OptimizerTelling, ATrialThatIsTriedAgainIsLiveAgain) {
    begin();
    world.end_as("000000", 1, EndState::failed);
    world.tick();
    EXPECT_THAT(world.unended(), SizeIs(3));
    ASSERT_TRUE(world.fs.remove(layout::outcome("000000")));
    world.tick();
    EXPECT_THAT(world.optimizer->book().live(), SizeIs(4));
    complete("000000", 2);
    world.tick();
    EXPECT_THAT(world.diary, ElementsAre("1=000000 k0", "2=000000 k0"));
}

TEST_F(OptimizerTelling, UnderAWatcherAResultIsNotTheEnd) {
    begin();
    world.fs.put("trials/000000/result.json", R"({"cost":1})");
    world.tick();
    EXPECT_THAT(world.optimizer->book().live(), SizeIs(3));
}

TEST_F(OptimizerTelling, WithoutAWatcherItIs) {
    begin(false);
    world.fs.put("trials/000002/result.json", R"({"cost":1})");
    world.clock.advance(Seconds(1));
    world.fs.put("trials/000001/result.json", R"({"cost":2})");
    world.fs.put("trials/000000/result.json", R"({"cost":3})");
    world.tick();
    EXPECT_THAT(world.diary, ElementsAre("1=000002 k2", "2=000000 k0", "3=000001 k1"));
    auto before = world.diary;
    world.diary.clear();
    world.restart();
    EXPECT_EQ(world.diary, before);
}

TEST_F(OptimizerTelling, WithoutAWatcherABadResultFails) {
    begin(false);
    world.fs.put("trials/000000/result.json", R"({"cost":)");  // half
    world.fs.put("trials/000001/result.json", R"({"cost":NaN})");
    world.fs.put("trials/000002/result.json", R"({"kost":1})");
    world.tick();
    EXPECT_THAT(world.diary, ElementsAre("1=000001 k1", "2=000002 k2"));
    EXPECT_EQ(world.optimizer->book().trials().at("000001").outcome->state, EndState::failed);
    EXPECT_THAT(world.said.text, HasSubstr("no usable value"));
}

TEST_F(OptimizerTelling, ATornOutcomeIsWaitedFor) {
    begin();
    world.fs.put(layout::outcome("000000"), "");
    world.tick();
    EXPECT_THAT(world.optimizer->book().live(), SizeIs(3));
    complete("000000", 1);
    world.tick();
    EXPECT_THAT(world.diary, SizeIs(1));
}

}  // namespace
}  // namespace tw::test
