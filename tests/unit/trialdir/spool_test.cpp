#include "trialdir/spool.hpp"

#include <gmock/gmock.h>

#include "trialdir/layout.hpp"
#include "unit/trialdir/crash.hpp"

namespace tw::test {
namespace {

SpoolEvent exit_event(const TrialId& trial, const std::string& nonce = "abc") {
    return {SpoolKind::exit, trial, {1, "train", 0, 1}, 3, true, "n1", nonce};
}

struct SpoolTest : testing::Test {
    VirtualFileSystem fs;
    Spool spool{fs};
    SpoolTest() {
        fs.make_directories(layout::private_directory);
        EXPECT_TRUE(spool.make_directories());
    }
};

TEST_F(SpoolTest, HasSixteenDirectories) {
    EXPECT_EQ(fs.dump().size(), 18u);
    EXPECT_TRUE(fs.exists(".trialwatch/spool/15"));
    EXPECT_TRUE(spool.make_directories());
}

TEST_F(SpoolTest, AnEventIsTheNameOfAnEmptyFile) {
    ASSERT_TRUE(spool.post(exit_event("000042")));
    EXPECT_EQ(fs.get(".trialwatch/spool/10/x.000042.1.train.0.1.3.1.n1.abc"), "");
    auto contents = spool.read();
    ASSERT_TRUE(contents);
    ASSERT_EQ(contents->events.size(), 1u);
    const SpooledEvent& found = contents->events[0];
    EXPECT_EQ(found.event.trial, "000042");
    EXPECT_EQ(found.event.rc, 3);
    EXPECT_TRUE(found.event.marker);
    EXPECT_EQ(spool.post(exit_event("000042")).error().code, Code::exists);
}

TEST_F(SpoolTest, IsReadFromAllDirectoriesAgainAndAgain) {
    for (int i = 0; i < 32; ++i) ASSERT_TRUE(spool.post(exit_event(numbered_trial(i))));
    ASSERT_TRUE(spool.post(exit_event("mine")));
    ASSERT_TRUE(spool.post({SpoolKind::bell, "000001", {}, 0, false, "", "b"}));
    EXPECT_EQ(spool.read()->events.size(), 34u);
    auto contents = spool.read();
    EXPECT_EQ(contents->events.size(), 34u);
    for (auto& event : contents->events) EXPECT_TRUE(spool.remove(event));
    EXPECT_TRUE(spool.remove(contents->events[0]));
    EXPECT_TRUE(spool.read()->events.empty());
}

TEST_F(SpoolTest, TheNonceTellsEventsOfOneAttemptApart) {
    ASSERT_TRUE(spool.post(exit_event("000001", "a")));
    ASSERT_TRUE(spool.post(exit_event("000001", "b")));
    EXPECT_EQ(spool.post(exit_event("000001", "b")).error().code,
              Code::exists);  // an earlier try of b's had worked
    EXPECT_EQ(spool.read()->events.size(), 2u);
}

TEST_F(SpoolTest, StrangersAreReportedAndTemporariesPassedOver) {
    fs.put(".trialwatch/spool/03/hello", "");
    fs.put(".trialwatch/spool/03/.nfs0001", "");
    fs.put(".trialwatch/spool/03/x.tmp", "");
    auto contents = spool.read();
    ASSERT_TRUE(contents);
    EXPECT_TRUE(contents->events.empty());
    EXPECT_THAT(contents->strange, testing::ElementsAre(".trialwatch/spool/03/hello"));
}

TEST_F(SpoolTest, APartialLookIsNone) {
    ASSERT_TRUE(spool.post(exit_event("000001")));
    fs.inject({.op = "list", .prefix = ".trialwatch/spool/07"});
    EXPECT_FALSE(spool.read());
}

TEST_F(SpoolTest, TheTimeIsTheServers) {
    ASSERT_TRUE(spool.post(exit_event("000001")));
    Instant posted = fs.disk()->now();
    fs.tick(Seconds(50));
    auto event = spool.read()->events.at(0);
    EXPECT_EQ(spool.time_of(event, Instant{}), posted);
    ASSERT_TRUE(spool.remove(event));
    EXPECT_EQ(spool.time_of(event, fs.disk()->now()), fs.disk()->now());
}

}  // namespace
}  // namespace tw::test
