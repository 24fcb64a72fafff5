// What the in-memory disk adds for tests: time, faults, crashes, late sight.
#include "support/virtual_filesystem.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace tw::support {
namespace {

using ::testing::ElementsAre;

class VirtualFileSystemTest : public ::testing::Test {
protected:
    VirtualFileSystem fs;
    VirtualDisk& disk = *fs.disk();
    std::string text(const std::string& path) { return fs.get(path).value_or("<absent>"); }
};

TEST_F(VirtualFileSystemTest, TimeMovesOnlyWhenTold) {
    ASSERT_TRUE(fs.create("a", ""));
    fs.tick(Seconds(2.5));
    ASSERT_TRUE(fs.create("b", ""));
    EXPECT_EQ((fs.stat("b")->modified - fs.stat("a")->modified).count(), 2.5);
    EXPECT_EQ(fs.stat("")->modified, disk.now());
}

TEST_F(VirtualFileSystemTest, RecordsAccesses) {
    fs.put("d/a", "x");
    (void)fs.read("d/a", 0, 1);
    (void)fs.rename("d/a", "d/b");
    (void)fs.sync_all();
    EXPECT_THAT(fs.accesses, ElementsAre(Access{"read", "d/a", ""}, Access{"rename", "d/a", "d/b"},
                                         Access{"sync_all", "", ""}));
    EXPECT_EQ(fs.count("rename", "d/b"), 1);
    EXPECT_EQ(fs.count("list"), 0);
}

TEST_F(VirtualFileSystemTest, DumpShowsAll) {
    fs.put("d/e/a", "x");
    EXPECT_EQ(fs.dump(), (std::map<std::string, std::string>{{"d/", ""}, {"d/e/", ""}, {"d/e/a", "x"}}));
}

TEST_F(VirtualFileSystemTest, FaultsStrikeTheNthCall) {
    fs.inject({.op = "create", .prefix = "d/", .code = Code::permission, .nth = 2, .times = 2});
    fs.make_directories("d");
    EXPECT_TRUE(fs.create("elsewhere", ""));
    EXPECT_TRUE(fs.create("d/1", ""));
    EXPECT_EQ(fs.create("d/2", "").error().code, Code::permission);
    EXPECT_EQ(fs.create("d/3", "").error().code, Code::permission);
    EXPECT_TRUE(fs.create("d/4", ""));
    EXPECT_FALSE(fs.exists("d/2"));
}

TEST_F(VirtualFileSystemTest, FaultsMayLie) {
    fs.put("tmp", "x");
    fs.inject({.op = "link", .prefix = "final", .code = Code::io, .happens = true});
    EXPECT_EQ(fs.link("tmp", "final").error().code, Code::io);
    EXPECT_EQ(text("final"), "x");
}

TEST_F(VirtualFileSystemTest, FaultsMayTear) {
    fs.inject({.op = "append", .torn = 3});
    auto log = fs.create_appender("log").value();
    EXPECT_FALSE(log->append("123456"));
    EXPECT_FALSE(log->append("more"));  // never again after an error
    EXPECT_EQ(text("log"), "123");
    fs.inject({.op = "create", .torn = 2});
    EXPECT_FALSE(fs.create("half", "{}}"));
    EXPECT_EQ(text("half"), "{}");
}

TEST_F(VirtualFileSystemTest, FaultsMayLastForever) {
    fs.inject({.code = Code::stale, .times = -1});
    for (int i = 0; i < 3; ++i) EXPECT_EQ(fs.list("").error().code, Code::stale);
    fs.clear_faults();
    EXPECT_TRUE(fs.list(""));
}

TEST_F(VirtualFileSystemTest, ProcessesMayDieAnywhere) {
    struct Death : std::runtime_error {
        using runtime_error::runtime_error;
    };
    fs.on_access([&](const Access&) -> Status {
        if (fs.accesses.size() == 2) throw Death("");
        return {};
    });
    EXPECT_TRUE(fs.create("a", ""));
    EXPECT_THROW((void)fs.create("b", ""), Death);
    EXPECT_FALSE(fs.exists("b"));
}

TEST_F(VirtualFileSystemTest, CapacityIsKept) {
    disk.set_capacity(10);
    EXPECT_TRUE(fs.create("a", "123456"));
    EXPECT_EQ(fs.create("b", "123456").error().code, Code::no_space);
    EXPECT_FALSE(fs.exists("b"));
    auto log = fs.create_appender("log").value();
    EXPECT_EQ(log->append("123456").error().code, Code::no_space);
    EXPECT_EQ(text("log"), "1234");
    EXPECT_EQ(fs.free_bytes().value(), 0);
    EXPECT_TRUE(fs.remove("a"));
    EXPECT_EQ(fs.free_bytes().value(), 6);
}

TEST_F(VirtualFileSystemTest, CrashDropsWhatWasNotSynced) {
    ASSERT_TRUE(fs.make_directory("d"));
    ASSERT_TRUE(fs.sync(""));
    ASSERT_TRUE(fs.create("d/named", "x"));  // directory synced, content not
    ASSERT_TRUE(fs.sync("d"));
    ASSERT_TRUE(fs.create("d/written", "x"));  // content synced, directory not
    ASSERT_TRUE(fs.sync("d/written"));
    disk.crash();
    EXPECT_EQ(text("d/named"), "");
    EXPECT_FALSE(fs.exists("d/written"));
}

TEST_F(VirtualFileSystemTest, CrashKeepsWhatWasPublishedDurably) {
    ASSERT_TRUE(fs.create("tmp", "x"));
    ASSERT_TRUE(fs.sync("tmp"));
    ASSERT_TRUE(fs.rename("tmp", "final"));
    ASSERT_TRUE(fs.sync(""));
    disk.crash();
    EXPECT_EQ(fs.dump(), (std::map<std::string, std::string>{{"final", "x"}}));
}

TEST_F(VirtualFileSystemTest, CrashUndoesRenamesAndRemoves) {
    fs.put("a/x", "1");
    fs.put("b", "2");
    ASSERT_TRUE(fs.sync_all());
    auto before = fs.dump();
    ASSERT_TRUE(fs.rename("a", "zombie"));
    ASSERT_TRUE(fs.remove("b"));
    disk.crash();
    EXPECT_EQ(fs.dump(), before);
    EXPECT_EQ(fs.stat("b")->links, 1u);
}

TEST_F(VirtualFileSystemTest, CrashCutsAppendersBackToTheirSync) {
    auto log = fs.create_appender("log").value();
    ASSERT_TRUE(fs.sync(""));
    ASSERT_TRUE(log->append("one"));
    ASSERT_TRUE(log->sync());
    ASSERT_TRUE(log->append("two"));
    disk.crash();
    EXPECT_EQ(text("log"), "one");
    EXPECT_EQ(log->append("three").error().code, Code::stale);
}

TEST_F(VirtualFileSystemTest, CrashMaySpareSome) {
    ASSERT_TRUE(fs.create("a", "x"));
    ASSERT_TRUE(fs.create("b", "x"));
    int asked = 0;
    disk.crash([&] { return ++asked != 2; });  // b's name is lost
    EXPECT_EQ(fs.dump(), (std::map<std::string, std::string>{{"a", "x"}}));
}

TEST_F(VirtualFileSystemTest, OtherViewsMaySeeLate) {
    VirtualFileSystem client(fs.disk());
    client.hide_missing_for(Seconds(30));
    EXPECT_FALSE(client.stat("go"));
    ASSERT_TRUE(fs.create("go", "x"));
    EXPECT_EQ(client.stat("go").error().code, Code::not_found);
    EXPECT_EQ(client.read("go", 0, 1).error().code, Code::not_found);
    EXPECT_EQ(client.list("").value().size(), 1u);
    EXPECT_EQ(client.create("go", "").error().code, Code::exists);
    fs.tick(Seconds(31));
    EXPECT_TRUE(client.stat("go"));
}

TEST_F(VirtualFileSystemTest, OwnersCanDiffer) {
    VirtualFileSystem colleague(fs.disk());
    colleague.uid = 1001;
    ASSERT_TRUE(colleague.create("stop", ""));
    EXPECT_EQ(fs.stat("stop")->owner, 1001u);
    fs.set_owner("stop", 5);
    EXPECT_EQ(fs.stat("stop")->owner, 5u);
}

}  // namespace
}  // namespace tw::support
