#include "trialdir/lease.hpp"

#include <gmock/gmock.h>

#include "support/fake_processes.hpp"
#include "trialdir/layout.hpp"
#include "unit/trialdir/segments.hpp"

namespace tw::test {
namespace {

using support::FakeProcesses;

Owner owner_on(FakeProcesses& processes) {
    return make_owner(processes.self(), "0123456789abcdef", at(0));
}

TEST(Standing, OfAProcessOnThisHost) {
    FakeProcesses processes("n1");
    Owner owner = owner_on(processes);
    EXPECT_EQ(standing_of(owner, processes), Standing::alive);
    owner.start_time += 1;  // the pid is another process's now
    EXPECT_EQ(standing_of(owner, processes), Standing::dead);
    owner = owner_on(processes);
    processes.restart();
    EXPECT_EQ(standing_of(owner, processes), Standing::dead);
}

TEST(Standing, AfterARebootIsDead) {
    FakeProcesses processes("n1");
    Owner owner = owner_on(processes);
    processes.reboot();
    owner.pid = processes.self().pid;
    owner.start_time = processes.self().start_time;
    EXPECT_EQ(standing_of(owner, processes), Standing::dead);
}

TEST(Standing, OnAnotherHostIsNotKnown) {
    FakeProcesses here("n1"), there("n2");
    EXPECT_EQ(standing_of(owner_on(there), here), Standing::elsewhere);
}

TEST(OwnerText, SaysWhoWhereSinceWhen) {
    FakeProcesses processes("login2");
    Owner owner = owner_on(processes);
    owner.pid = 4711;
    owner.user = "anna";
    EXPECT_EQ(describe(owner), "pid 4711 of anna on login2, since 2026-01-01T00:00:00Z");
}

struct HeartTest : testing::Test {
    VirtualFileSystem fs;
    Heart heart{fs, "watcher", 3};
    HeartTest() { fs.make_directories(layout::beats); }
    std::vector<std::string> files() {
        std::vector<std::string> names;
        auto entries = fs.list(layout::beats);
        for (auto& entry : *entries) names.push_back(entry.name);
        return names;
    }
};

TEST_F(HeartTest, EachBeatIsANewName) {
    EXPECT_EQ(last_beat(fs, "watcher", 3).value(), -1);
    heart.beat(Seconds(100));
    EXPECT_EQ(last_beat(fs, "watcher", 3).value(), 1);
    heart.beat(Seconds(109));
    EXPECT_EQ(last_beat(fs, "watcher", 3).value(), 1);
    heart.beat(Seconds(110));
    EXPECT_THAT(files(), testing::ElementsAre("watcher.3.2"));
    heart.stop();
    EXPECT_TRUE(files().empty());
}

TEST_F(HeartTest, TheFirstBeatRemovesThoseOfEarlierEpochs) {
    for (auto* name : {"watcher.1.7", "watcher.2.90", "watcher.4.1", "optimizer.1.3", "watcher.notes"})
        fs.put(layout::beats + "/" + name, "");
    heart.beat(Seconds(100));
    EXPECT_THAT(files(), testing::UnorderedElementsAre("watcher.3.1", "watcher.4.1", "optimizer.1.3",
                                                       "watcher.notes"));
}

TEST_F(HeartTest, GoesOnInTheNextEpochOfItsOwner) {
    heart.beat(Seconds(100));
    heart.go_on(4);
    heart.beat(Seconds(101));
    EXPECT_THAT(files(), testing::ElementsAre("watcher.4.1"));
    heart.go_on(4);
    heart.beat(Seconds(102));
    EXPECT_THAT(files(), testing::ElementsAre("watcher.4.1"));
}

TEST_F(HeartTest, AFailedBeatIsTriedAgainAtOnce) {
    fs.inject({.op = "create"});
    heart.beat(Seconds(100));
    EXPECT_TRUE(files().empty());
    heart.beat(Seconds(100.5));
    EXPECT_THAT(files(), testing::ElementsAre("watcher.3.1"));
}

TEST_F(HeartTest, ABeatThatHappenedButWasReportedAsFailedDoesNotStopTheHeart) {
    fs.inject({.op = "create", .happens = true});
    heart.beat(Seconds(100));
    heart.beat(Seconds(101));
    heart.beat(Seconds(120));
    EXPECT_EQ(last_beat(fs, "watcher", 3).value(), 2);
}

TEST_F(HeartTest, OtherRolesAndEpochsAreNotMistaken) {
    heart.beat(Seconds(1));
    for (auto name : {"watcher.2.99", "optimizer.3.98", "watcher.3.x", "watcher.3", "watcher.3.5.6"})
        fs.put(layout::beats + "/" + name, "");
    EXPECT_EQ(last_beat(fs, "watcher", 3).value(), 1);
    EXPECT_EQ(last_beat(fs, "watcher", 4).value(), -1);
}

TEST_F(HeartTest, AFailedLookIsNoSilence) {
    fs.inject({.op = "list"});
    EXPECT_FALSE(last_beat(fs, "watcher", 3));
}

struct LeaseTest : testing::Test {
    VirtualFileSystem fs;
    const std::string directory = layout::optimizer;
    LeaseTest() { fs.make_directories(directory); }
    Result<Lease> take(const std::string& host) {
        auto before = Lease::newest(fs, directory);
        EXPECT_TRUE(before);
        return Lease::take(fs, directory, owner_called(host), *before);
    }
};

TEST_F(LeaseTest, IsTakenGivenBackAndTakenAgain) {
    EXPECT_FALSE(Lease::newest(fs, directory)->has_value());
    EXPECT_FALSE(Lease::newest(fs, "nowhere")->has_value());
    auto first = take("n1");
    ASSERT_TRUE(first);
    auto holder = Lease::newest(fs, directory);
    EXPECT_EQ((*holder)->owner.host, "n1");
    EXPECT_EQ((*holder)->owner.epoch, 1);
    EXPECT_FALSE((*holder)->released);
    (void)first->release();
    EXPECT_TRUE((*Lease::newest(fs, directory))->released);
    EXPECT_FALSE(first->overtaken().value());
    auto second = take("n2");
    ASSERT_TRUE(second);
    EXPECT_FALSE((*Lease::newest(fs, directory))->released);
    EXPECT_TRUE(first->overtaken().value());
    EXPECT_FALSE(second->overtaken().value());
    EXPECT_EQ(fs.list(directory)->size(), 1u);
}

TEST_F(LeaseTest, OneOfTwoTakersWins) {
    auto before = Lease::newest(fs, directory);
    ASSERT_TRUE(Lease::take(fs, directory, owner_called("n1"), *before));
    auto loser = Lease::take(fs, directory, owner_called("n2"), *before);
    ASSERT_FALSE(loser);
    EXPECT_EQ(loser.error().code, Code::busy);
}

TEST_F(LeaseTest, AReleaseOfAnEarlierEpochIsNotOurs) {
    auto first = take("n1");
    ASSERT_TRUE(take("n2"));
    (void)first->release();
    EXPECT_FALSE((*Lease::newest(fs, directory))->released);
}

TEST_F(LeaseTest, AHolderThatIsReplacedWhileBeingReadIsLookedUpAgain) {
    ASSERT_TRUE(take("n1"));
    VirtualFileSystem reader(fs.disk());
    bool done = false;
    reader.on_access([&](const support::Access& access) -> Status {
        if (access.op != "read" || std::exchange(done, true)) return {};
        EXPECT_TRUE(take("n2"));
        return {};
    });
    auto holder = Lease::newest(reader, directory);
    ASSERT_TRUE(holder && *holder) << holder.error().text();
    EXPECT_EQ((*holder)->owner.host, "n2");
}

TEST_F(LeaseTest, OfANewerReleaseIsRefused) {
    fs.put(directory + "/0000000001", R"({"format":9})");
    EXPECT_EQ(Lease::newest(fs, directory).error().code, Code::newer_version);
}

TEST_F(LeaseTest, ACrashLeavesOneHolderOrNone) {
    crash_everywhere([](auto& disk) { disk.make_directories(layout::optimizer); },
                     [](auto& disk) {
                         auto first = Lease::take(disk, layout::optimizer, owner_called("n1"), {});
                         ASSERT_TRUE(first);
                         ASSERT_TRUE(Lease::take(disk, layout::optimizer, owner_called("n2"),
                                                 Lease::Holder{first->owner(), true}));
                     },
                     [](auto& disk, bool ended) {
                         auto holder = Lease::newest(disk, layout::optimizer);
                         ASSERT_TRUE(holder) << holder.error().text();
                         ASSERT_TRUE(*holder || !ended);
                         if (ended) {
                             EXPECT_EQ((*holder)->owner.host, "n2");
                         }
                         EXPECT_TRUE(Lease::take(disk, layout::optimizer, owner_called("n3"), *holder));
                     });
}

}  // namespace
}  // namespace tw::test
