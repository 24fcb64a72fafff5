#include "trialdir/publish.hpp"

#include <gmock/gmock.h>

#include "unit/trialdir/crash.hpp"

namespace tw::test {
namespace {

using support::Access;
using support::Fault;
using testing::ElementsAre;

struct PublishTest : testing::Test {
    VirtualFileSystem fs;
    PublishTest() { fs.make_directories("d"); }
};

TEST_F(PublishTest, SyncsTheBytesBeforeTheNameAndTheNameBeforeItReturns) {
    ASSERT_TRUE(publish(fs, "d/a", "bytes", "n1"));
    EXPECT_THAT(fs.accesses,
                ElementsAre(Access{"create", "d/.a.n1.tmp", ""}, Access{"sync", "d/.a.n1.tmp", ""},
                            Access{"link", "d/.a.n1.tmp", "d/a"}, Access{"remove", "d/.a.n1.tmp", ""},
                            Access{"sync", "d", ""}));
    EXPECT_EQ(fs.get("d/a"), "bytes");
    EXPECT_FALSE(fs.exists("d/.a.n1.tmp"));
}

TEST_F(PublishTest, UnsyncedLeavesOutTheTwoSyncsOnly) {
    ASSERT_TRUE(publish_unsynced(fs, "d/a", "bytes", "n1"));
    EXPECT_EQ(fs.accesses.size(), 3u);
    EXPECT_EQ(fs.count("sync"), 0);
    EXPECT_EQ(fs.get("d/a"), "bytes");
}

TEST_F(PublishTest, InTheRootDirectory) {
    ASSERT_TRUE(publish(fs, "a", "bytes", "n1"));
    EXPECT_EQ(fs.get("a"), "bytes");
    EXPECT_EQ(fs.accesses.back(), (Access{"sync", "", ""}));
}

TEST_F(PublishTest, ACrashLeavesNothingOrEverything) {
    crash_everywhere([](auto& disk) { disk.make_directories("d"); },
                     [](auto& disk) { ASSERT_TRUE(publish(disk, "d/a", "bytes", "n1")); },
                     [](auto& disk, bool ended) {
                         auto found = disk.get("d/a");
                         if (found) {
                             EXPECT_EQ(*found, "bytes");
                         }
                         if (ended) {
                             EXPECT_TRUE(found);
                         } else if (!found) {
                             EXPECT_TRUE(publish(disk, "d/a", "again", "n1"));  // whatever was left behind
                         }
                     });
}

TEST_F(PublishTest, ATakenNameKeepsItsBytes) {
    fs.put("d/a", "first");
    auto status = publish(fs, "d/a", "second", "n1");
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, Code::exists);
    EXPECT_EQ(fs.get("d/a"), "first");
    EXPECT_FALSE(fs.exists("d/.a.n1.tmp"));
}

TEST_F(PublishTest, TheSameBytesTwiceIsStillTaken) {
    ASSERT_TRUE(publish(fs, "d/a", "bytes", "n1"));
    EXPECT_EQ(publish(fs, "d/a", "bytes", "n1").error().code, Code::exists);
}

TEST_F(PublishTest, ALinkThatHappenedButWasReportedAsFailedIsASuccess) {
    for (Code code : {Code::io, Code::exists, Code::stale}) {
        std::string path = "d/a" + std::to_string(static_cast<int>(code));
        fs.inject({.op = "link", .code = code, .happens = true});
        EXPECT_TRUE(publish(fs, path, "bytes", "n1"));
        EXPECT_EQ(fs.get(path), "bytes");
    }
}

TEST_F(PublishTest, AnErrorOfAnyStepLeavesNoName) {
    for (std::string op : {"create", "link"}) {
        fs.clear_faults();
        fs.inject({.op = op, .code = Code::io});
        EXPECT_FALSE(publish(fs, "d/a", "bytes", "n1")) << op;
        EXPECT_TRUE(fs.dump() == (std::map<std::string, std::string>{{"d/", ""}})) << op;
    }
    fs.clear_faults();
    fs.inject({.op = "sync", .prefix = "d/."});
    EXPECT_FALSE(publish(fs, "d/a", "bytes", "n1"));
    EXPECT_FALSE(fs.exists("d/a"));
}

TEST_F(PublishTest, AnUnsyncedNameIsReported) {
    fs.inject({.op = "sync", .prefix = "d", .nth = 2});
    EXPECT_FALSE(publish(fs, "d/a", "bytes", "n1"));
}

TEST_F(PublishTest, ATemporaryNameThatStaysIsNoFailure) {
    fs.inject({.op = "remove"});
    EXPECT_TRUE(publish(fs, "d/a", "bytes", "n1"));
    EXPECT_EQ(fs.get("d/a"), "bytes");
}

TEST_F(PublishTest, ALeftOverOfTheSameWriterIsOverwritten) {
    fs.put("d/.a.n1.tmp", "half");
    EXPECT_TRUE(publish(fs, "d/a", "bytes", "n1"));
    EXPECT_EQ(fs.get("d/a"), "bytes");
}

TEST_F(PublishTest, FullDisk) {
    fs.disk()->set_capacity(3);
    EXPECT_EQ(publish(fs, "d/a", "bytes", "n1").error().code, Code::no_space);
    EXPECT_FALSE(fs.exists("d/a"));
}

TEST_F(PublishTest, RenamesWhereThereAreNoHardLinks) {
    fs.inject({.op = "link", .code = Code::refused, .times = -1});
    EXPECT_TRUE(publish(fs, "d/a", "bytes", "n1"));
    EXPECT_EQ(fs.get("d/a"), "bytes");
    EXPECT_EQ(publish(fs, "d/a", "other", "n2").error().code, Code::exists);
    EXPECT_EQ(fs.get("d/a"), "bytes");
    EXPECT_FALSE(fs.exists("d/.a.n2.tmp"));
}

TEST_F(PublishTest, RemoveTree) {
    fs.put("d/t/a/b", "1");
    fs.put("d/t/c", "2");
    (void)fs.symlink("../keep", "d/t/link");
    fs.put("d/keep", "3");
    EXPECT_TRUE(remove_tree(fs, "d/t"));
    EXPECT_TRUE(remove_tree(fs, "d/t"));
    EXPECT_TRUE(fs.dump() == (std::map<std::string, std::string>{{"d/", ""}, {"d/keep", "3"}}));
}

TEST_F(PublishTest, SmallHelpers) {
    EXPECT_TRUE(make_directory_if_absent(fs, "d/x"));
    EXPECT_TRUE(make_directory_if_absent(fs, "d/x"));
    EXPECT_FALSE(make_directory_if_absent(fs, "no/x"));
    EXPECT_TRUE(remove_if_there(fs, "d/no"));
    EXPECT_TRUE(is_listed(fs, "d/x"));
    EXPECT_TRUE(is_listed(fs, "d"));
    EXPECT_FALSE(is_listed(fs, "d/y"));
    EXPECT_EQ(parent_of("a/b/c"), "a/b");
    EXPECT_EQ(parent_of("a"), "");
    EXPECT_EQ(name_of("a/b"), "b");
    EXPECT_EQ(name_of("a"), "a");
}

TEST_F(PublishTest, DocumentsHaveALongestSize) {
    fs.put("d/a", "12345");
    EXPECT_EQ(read_document(fs, "d/a", 5).value(), "12345");
    EXPECT_EQ(read_document(fs, "d/a", 4).error().code, Code::invalid);
    EXPECT_EQ(read_document(fs, "d/b", 4).error().code, Code::not_found);
}

// A network client remembers that a name was not there; its listing tells the truth.
TEST_F(PublishTest, IsListedSeesWhatStatDoesNot) {
    VirtualFileSystem client(fs.disk());
    client.hide_missing_for(Seconds(60));
    EXPECT_FALSE(client.stat("d/a"));
    ASSERT_TRUE(publish(fs, "d/a", "bytes", "n1"));
    EXPECT_FALSE(client.stat("d/a"));
    EXPECT_TRUE(is_listed(client, "d/a"));
}

}  // namespace
}  // namespace tw::test
