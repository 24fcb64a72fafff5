#include "trialdir/claims.hpp"

#include <gmock/gmock.h>

#include "trialdir/layout.hpp"
#include "unit/trialdir/crash.hpp"

namespace tw::test {
namespace {

using testing::UnorderedElementsAre;

const TrialId trial = "000042";
const std::string directory = ".trialwatch/claims/000042";
const AttemptKey train{1, "train", 0, 1};
const std::string good_claim = "n1 boot-1 4711 99 abc\n";

struct ClaimsTest : testing::Test {
    VirtualFileSystem fs;
    ClaimsTest() {
        fs.make_directories(layout::claims);
        EXPECT_TRUE(open_gate(fs, trial, 1));
    }
    // What the wrapper does first.
    Status claim(const AttemptKey& key, const std::string& text = good_claim) {
        return fs.create(layout::claim(trial, key), text);
    }
};

TEST_F(ClaimsTest, TheGateIsOpenedOnce) {
    EXPECT_TRUE(fs.exists(directory + "/go.1"));
    EXPECT_TRUE(open_gate(fs, trial, 1));
    EXPECT_TRUE(open_gate(fs, trial, 2));
    EXPECT_TRUE(fs.exists(directory + "/go.2"));
}

TEST_F(ClaimsTest, OneOfTwoWins) {
    EXPECT_TRUE(claim(train));
    EXPECT_EQ(claim(train).error().code, Code::exists);
    auto voided = void_attempt(fs, trial, train);
    ASSERT_TRUE(voided);
    EXPECT_EQ(*voided, Voided::taken);
    auto read = read_claim(fs, trial, train);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->host, "n1");
    EXPECT_EQ(read->pid, 4711);
}

TEST_F(ClaimsTest, AVoidedAttemptCannotStart) {
    EXPECT_EQ(void_attempt(fs, trial, train).value(), Voided::done);
    EXPECT_EQ(claim(train).error().code, Code::exists);
    EXPECT_TRUE(read_claim(fs, trial, train)->voided);
    EXPECT_EQ(void_attempt(fs, trial, train).value(), Voided::done);  // again, after a restart
    EXPECT_TRUE(claim({1, "train", 0, 2}));
}

TEST_F(ClaimsTest, AVoidOutlastsACrash) {
    ASSERT_TRUE(fs.sync_all());
    EXPECT_EQ(void_attempt(fs, trial, train).value(), Voided::done);
    fs.disk()->crash();
    EXPECT_EQ(fs.get(layout::claim(trial, train)), "void\n");
}

TEST_F(ClaimsTest, AVoidThatIsNotDurableIsNoneYet) {
    fs.inject({.op = "sync"});
    EXPECT_FALSE(void_attempt(fs, trial, train));
    EXPECT_EQ(void_attempt(fs, trial, train).value(), Voided::done);
}

TEST_F(ClaimsTest, AVoidWhoseCreationWasReportedAsFailedIsFound) {
    fs.inject({.op = "create", .code = Code::exists, .happens = true});
    EXPECT_EQ(void_attempt(fs, trial, train).value(), Voided::done);
}

TEST_F(ClaimsTest, AClaimInTheMakingIsReal) {
    ASSERT_TRUE(claim(train, ""));
    EXPECT_EQ(void_attempt(fs, trial, train).value(), Voided::taken);
    EXPECT_EQ(read_claim(fs, trial, train).error().code, Code::not_yet);
    fs.put(layout::claim(trial, train), "n1 boot");
    EXPECT_EQ(void_attempt(fs, trial, train).value(), Voided::taken);
}

TEST_F(ClaimsTest, WhatCannotBeReadIsNotJudged) {
    ASSERT_TRUE(claim(train));
    fs.inject({.op = "read"});
    EXPECT_FALSE(void_attempt(fs, trial, train));
    fs.clear_faults();
    fs.inject({.op = "create"});
    EXPECT_FALSE(void_attempt(fs, trial, {1, "train", 0, 2}));
}

// Who opens the gate later, as an owner that was overtaken may, finds the attempt void.
TEST_F(ClaimsTest, AVoidIsMadeWhereThereIsNoDirectoryYet) {
    ASSERT_TRUE(fs.sync_all());
    EXPECT_EQ(void_attempt(fs, "000043", train).value(), Voided::done);
    fs.disk()->crash();
    ASSERT_TRUE(open_gate(fs, "000043", 1));
    EXPECT_EQ(fs.create(layout::claim("000043", train), good_claim).error().code, Code::exists);
}

TEST_F(ClaimsTest, ReadingWhatIsNotThere) {
    EXPECT_EQ(read_claim(fs, trial, train).error().code, Code::not_found);
    EXPECT_EQ(claim_time(fs, trial, train).error().code, Code::not_found);
    EXPECT_TRUE(list_claims(fs, "000099")->empty());
}

TEST_F(ClaimsTest, TheTimeIsTheServers) {
    fs.tick(Seconds(100));
    ASSERT_TRUE(claim(train));
    Instant made = fs.disk()->now();
    fs.tick(Seconds(100));
    EXPECT_EQ(claim_time(fs, trial, train).value(), made);
}

TEST_F(ClaimsTest, AreListedWithoutTheGateAndStrangers) {
    AttemptKey flow{2, "flow", 3, 4};
    ASSERT_TRUE(claim(train));
    ASSERT_TRUE(claim(flow));
    fs.put(directory + "/.nfs000000a1", "");
    EXPECT_THAT(list_claims(fs, trial).value(), UnorderedElementsAre(train, flow));
    fs.inject({.op = "list"});
    EXPECT_FALSE(list_claims(fs, trial));
}

TEST_F(ClaimsTest, ClosingTakesTheGateFirst) {
    ASSERT_TRUE(claim(train));
    ASSERT_TRUE(open_gate(fs, trial, 2));
    fs.accesses.clear();
    ASSERT_TRUE(close_claims(fs, trial, 2));
    std::vector<std::string> removed;
    for (auto& access : fs.accesses)
        if (access.op.starts_with("remove")) removed.push_back(access.path);
    EXPECT_THAT(removed, testing::ElementsAre(directory + "/go.1", directory + "/go.2",
                                              directory + "/1.train.0.1", directory));
    EXPECT_FALSE(fs.exists(directory));
    EXPECT_TRUE(close_claims(fs, trial, 1));
}

TEST_F(ClaimsTest, ClosingInPartsTakesTheGateAtOnce) {
    for (int task : {1, 2, 3, 4, 5}) ASSERT_TRUE(claim({1, "flow", task, 1}));
    EXPECT_EQ(close_claims(fs, trial, 1, 2).error().code, Code::not_yet);
    EXPECT_FALSE(fs.exists(directory + "/go.1"));
    EXPECT_EQ(list_claims(fs, trial)->size(), 3u);
    EXPECT_EQ(close_claims(fs, trial, 1, 2).error().code, Code::not_yet);
    EXPECT_TRUE(close_claims(fs, trial, 1, 2));
    EXPECT_FALSE(fs.exists(directory));
}

// An owner that was overtaken may close what runs again by now.
TEST_F(ClaimsTest, ClosingLeavesLaterIncarnationsAlone) {
    AttemptKey later{2, "train", 0, 1};
    ASSERT_TRUE(claim(train));
    ASSERT_TRUE(open_gate(fs, trial, 2));
    ASSERT_TRUE(claim(later));
    ASSERT_TRUE(close_claims(fs, trial, 1));
    EXPECT_FALSE(fs.exists(directory + "/go.1"));
    EXPECT_TRUE(fs.exists(directory + "/go.2"));
    EXPECT_THAT(list_claims(fs, trial).value(), testing::ElementsAre(later));
}

TEST_F(ClaimsTest, ALateClaimDuringClosingIsRemovedToo) {
    ASSERT_TRUE(claim(train));
    bool late = false;
    fs.on_access([&](const support::Access& access) -> Status {
        if (access.op == "remove_directory" && !std::exchange(late, true)) {
            EXPECT_FALSE(fs.exists(directory + "/go.1"));  // it will find the gate closed and not run
            fs.put(layout::claim(trial, {1, "train", 0, 2}), good_claim);
        }
        return {};
    });
    EXPECT_TRUE(close_claims(fs, trial, 1));
    EXPECT_TRUE(late);
    EXPECT_FALSE(fs.exists(directory));
}

TEST_F(ClaimsTest, ClosingGivesUpForThisTimeWhenClaimsKeepAppearing) {
    fs.inject({.op = "remove_directory", .code = Code::exists, .times = -1});
    EXPECT_EQ(close_claims(fs, trial, 1).error().code, Code::busy);
    fs.clear_faults();
    EXPECT_TRUE(close_claims(fs, trial, 1));
}

TEST_F(ClaimsTest, ACrashDuringClosingIsMadeGoodByClosingAgain) {
    crash_everywhere(
        [](auto& disk) {
            disk.make_directories(layout::claims);
            ASSERT_TRUE(open_gate(disk, trial, 1));
            disk.put(layout::claim(trial, train), good_claim);
        },
        [](auto& disk) { ASSERT_TRUE(close_claims(disk, trial, 1)); },
        [](auto& disk, bool) {
            EXPECT_TRUE(close_claims(disk, trial, 1));
            EXPECT_FALSE(disk.exists(directory));
        });
}

}  // namespace
}  // namespace tw::test
