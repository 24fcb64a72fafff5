// What every FileSystem, real or fake, must do.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "posix/filesystem.hpp"
#include "support/temp_directory.hpp"
#include "support/virtual_filesystem.hpp"

namespace tw {
namespace {

using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

// One tree, to be opened by several processes.
class Ground {
public:
    virtual ~Ground() = default;
    virtual std::unique_ptr<FileSystem> open() = 0;
};

class PosixGround final : public Ground {
public:
    explicit PosixGround(Resolve resolve) : resolve_(resolve) {}
    std::unique_ptr<FileSystem> open() override {
        return PosixFileSystem::open(directory_.path(), resolve_).value();
    }

private:
    support::TempDirectory directory_;
    Resolve resolve_;
};

class VirtualGround final : public Ground {
public:
    std::unique_ptr<FileSystem> open() override {
        return std::make_unique<support::VirtualFileSystem>(disk_);
    }

private:
    std::shared_ptr<support::VirtualDisk> disk_ = std::make_shared<support::VirtualDisk>();
};

struct Kind {
    const char* name;
    std::function<std::unique_ptr<Ground>()> make;
};

std::ostream& operator<<(std::ostream& out, const Kind& kind) {
    return out << kind.name;
}

class FileSystemConformance : public ::testing::TestWithParam<Kind> {
protected:
    std::unique_ptr<Ground> ground = GetParam().make();
    std::unique_ptr<FileSystem> fs = ground->open();

    std::string content(const std::string& path) {
        auto bytes = fs->read(path, 0, 1 << 20);
        return bytes ? *bytes : "<" + bytes.error().what + ">";
    }
    std::vector<std::string> names(const std::string& directory) {
        std::vector<std::string> result;
        auto entries = fs->list(directory).value();
        for (const auto& entry : entries) result.push_back(entry.name);
        return result;
    }
};

INSTANTIATE_TEST_SUITE_P(
    All, FileSystemConformance,
    ::testing::Values(Kind{"posix", [] { return std::make_unique<PosixGround>(Resolve::kernel); }},
                      Kind{"posix_walk", [] { return std::make_unique<PosixGround>(Resolve::walk); }},
                      Kind{"virtual", [] { return std::make_unique<VirtualGround>(); }}),
    [](const auto& kind) { return std::string(kind.param.name); });

template <class T>
Code code_of(const Result<T>& result) {
    EXPECT_FALSE(result.has_value());
    return result ? Code::invalid : result.error().code;
}

TEST_P(FileSystemConformance, CreateIsExclusiveAndKeepsTheFirst) {
    ASSERT_TRUE(fs->create("a", "first"));
    EXPECT_EQ(code_of(fs->create("a", "second")), Code::exists);
    EXPECT_EQ(code_of(ground->open()->create("a", "third")), Code::exists);
    EXPECT_EQ(content("a"), "first");
}

TEST_P(FileSystemConformance, ErrorsNameTheFile) {
    auto status = fs->create("trials/000042/config.json", "{}");
    ASSERT_EQ(code_of(status), Code::not_found);
    EXPECT_EQ(status.error().file, "trials/000042/config.json");
}

TEST_P(FileSystemConformance, CreateTakesTheMode) {
    ASSERT_TRUE(fs->create("wrap", "#!/bin/sh\n", 0700));
    EXPECT_EQ(fs->stat("wrap")->mode, 0700u);
}

TEST_P(FileSystemConformance, PathsAreTidied) {
    ASSERT_TRUE(fs->make_directory("d"));
    ASSERT_TRUE(fs->create("./d//a", "x"));
    EXPECT_EQ(content("d/a"), "x");
    EXPECT_THAT(names(""), UnorderedElementsAre("d"));
    EXPECT_THAT(names("."), UnorderedElementsAre("d"));
    EXPECT_EQ(fs->stat("")->kind, FileKind::directory);
}

TEST_P(FileSystemConformance, PathsOutsideAreRefused) {
    ASSERT_TRUE(fs->make_directory("d"));
    for (const char* path : {"/etc/passwd", "..", "../x", "d/../x", "d/.."}) {
        EXPECT_EQ(code_of(fs->create(path, "")), Code::refused) << path;
        EXPECT_EQ(code_of(fs->read(path, 0, 1)), Code::refused) << path;
        EXPECT_EQ(code_of(fs->stat(path)), Code::refused) << path;
        EXPECT_EQ(code_of(fs->list(path)), Code::refused) << path;
        EXPECT_EQ(code_of(fs->rename("d", path)), Code::refused) << path;
        EXPECT_EQ(code_of(fs->remove(path)), Code::refused) << path;
    }
    EXPECT_EQ(code_of(fs->create(std::string("a\0b", 3), "")), Code::refused);
}

TEST_P(FileSystemConformance, TheRootItselfStays) {
    EXPECT_EQ(code_of(fs->remove("")), Code::refused);
    EXPECT_EQ(code_of(fs->remove_directory(".")), Code::refused);
    EXPECT_EQ(code_of(fs->rename("", "x")), Code::refused);
}

TEST_P(FileSystemConformance, LinksAreRefusedOnTheWay) {
    ASSERT_TRUE(fs->make_directory("real"));
    ASSERT_TRUE(fs->make_directory("real/sub"));
    ASSERT_TRUE(fs->create("real/file", "x"));
    ASSERT_TRUE(fs->create("outside", "x"));
    ASSERT_TRUE(fs->symlink("real", "link"));
    ASSERT_TRUE(fs->symlink("sub", "real/inner"));
    for (std::string at : {"link", "real/inner", "link/sub"}) {
        EXPECT_EQ(code_of(fs->create(at + "/new", "")), Code::refused) << at;
        EXPECT_EQ(code_of(fs->create_appender(at + "/new")), Code::refused) << at;
        EXPECT_EQ(code_of(fs->append_line(at + "/new", "")), Code::refused) << at;
        EXPECT_EQ(code_of(fs->read(at + "/file", 0, 1)), Code::refused) << at;
        EXPECT_EQ(code_of(fs->stat(at + "/file")), Code::refused) << at;
        EXPECT_EQ(code_of(fs->list(at + "/sub")), Code::refused) << at;
        EXPECT_EQ(code_of(fs->make_directory(at + "/new")), Code::refused) << at;
        EXPECT_EQ(code_of(fs->link("outside", at + "/new")), Code::refused) << at;
        EXPECT_EQ(code_of(fs->link(at + "/file", "new")), Code::refused) << at;
        EXPECT_EQ(code_of(fs->symlink("x", at + "/new")), Code::refused) << at;
        EXPECT_EQ(code_of(fs->rename("outside", at + "/new")), Code::refused) << at;
        EXPECT_EQ(code_of(fs->rename(at + "/file", "new")), Code::refused) << at;
        EXPECT_EQ(code_of(fs->remove(at + "/file")), Code::refused) << at;
        EXPECT_EQ(code_of(fs->remove_directory(at + "/sub")), Code::refused) << at;
        EXPECT_EQ(code_of(fs->sync(at + "/file")), Code::refused) << at;
    }
    EXPECT_THAT(names("real"), UnorderedElementsAre("sub", "file", "inner"));
}

TEST_P(FileSystemConformance, LinksAreRefusedAtTheEndButCanBeSeenAndRemoved) {
    ASSERT_TRUE(fs->create("file", "secret"));
    ASSERT_TRUE(fs->make_directory("dir"));
    ASSERT_TRUE(fs->symlink("file", "to_file"));
    ASSERT_TRUE(fs->symlink("dir", "to_dir"));
    ASSERT_TRUE(fs->symlink("nowhere", "dangling"));
    for (const char* path : {"to_file", "to_dir", "dangling"}) {
        EXPECT_EQ(code_of(fs->read(path, 0, 10)), Code::refused) << path;
        EXPECT_EQ(code_of(fs->list(path)), Code::refused) << path;
        EXPECT_EQ(code_of(fs->append_line(path, "x")), Code::refused) << path;
        EXPECT_EQ(code_of(fs->sync(path)), Code::refused) << path;
        EXPECT_EQ(code_of(fs->create(path, "x")), Code::exists) << path;
        EXPECT_EQ(code_of(fs->create_appender(path)), Code::exists) << path;
        EXPECT_EQ(code_of(fs->make_directory(path)), Code::exists) << path;
        EXPECT_EQ(fs->stat(path)->kind, FileKind::symlink) << path;
        EXPECT_TRUE(fs->remove(path)) << path;
    }
    EXPECT_EQ(code_of(fs->stat("nowhere")), Code::not_found);
    EXPECT_EQ(content("file"), "secret");
    EXPECT_EQ(fs->stat("dir")->kind, FileKind::directory);
}

TEST_P(FileSystemConformance, LooksAtManyEntriesAtOnce) {
    ASSERT_TRUE(fs->make_directory("dir"));
    ASSERT_TRUE(fs->create("dir/file", "1234"));
    ASSERT_TRUE(fs->make_directory("dir/sub"));
    ASSERT_TRUE(fs->symlink("file", "dir/link"));
    ASSERT_TRUE(fs->symlink("dir", "elsewhere"));
    const auto stats = fs->stat_entries("dir", {"file", "nowhere", "sub", "link", ".."});
    ASSERT_EQ(stats.size(), 5u);
    ASSERT_TRUE(stats[0] && stats[2] && stats[3]);
    EXPECT_EQ(stats[0]->size, 4);
    EXPECT_EQ(stats[0]->inode, fs->stat("dir/file")->inode);
    EXPECT_EQ(stats[0]->modified, fs->stat("dir/file")->modified);
    EXPECT_FALSE(stats[1]);
    EXPECT_EQ(stats[2]->kind, FileKind::directory);
    EXPECT_EQ(stats[3]->kind, FileKind::symlink);
    EXPECT_FALSE(stats[4]);
    EXPECT_FALSE(fs->stat_entries("nowhere", {"file"}).at(0));
    EXPECT_FALSE(fs->stat_entries("elsewhere", {"file"}).at(0));
}

TEST_P(FileSystemConformance, ReadsWindows) {
    ASSERT_TRUE(fs->create("a", "0123456789"));
    EXPECT_EQ(fs->read("a", 0, 100).value(), "0123456789");
    EXPECT_EQ(fs->read("a", 0, 4).value(), "0123");
    EXPECT_EQ(fs->read("a", 4, 3).value(), "456");
    EXPECT_EQ(fs->read("a", 8, 100).value(), "89");
    EXPECT_EQ(fs->read("a", 10, 100).value(), "");
    EXPECT_EQ(fs->read("a", 1000, 100).value(), "");
    EXPECT_EQ(fs->read("a", 0, 0).value(), "");
}

TEST_P(FileSystemConformance, KeepsBytesAsTheyAre) {
    std::string bytes;
    for (int i = 0; i < 300000; ++i) bytes += static_cast<char>(i * 7);
    ASSERT_TRUE(fs->create("big", bytes));
    EXPECT_EQ(fs->stat("big")->size, 300000);
    EXPECT_EQ(content("big"), bytes);
}

TEST_P(FileSystemConformance, AbsentAndUnreadableThings) {
    ASSERT_TRUE(fs->create("file", "x"));
    ASSERT_TRUE(fs->make_directory("dir"));
    EXPECT_EQ(code_of(fs->read("none", 0, 1)), Code::not_found);
    EXPECT_EQ(code_of(fs->stat("none")), Code::not_found);
    EXPECT_EQ(code_of(fs->stat("none/deeper")), Code::not_found);
    EXPECT_EQ(code_of(fs->stat("file/deeper")), Code::not_found);
    EXPECT_EQ(code_of(fs->list("none")), Code::not_found);
    EXPECT_EQ(code_of(fs->list("file")), Code::not_found);
    EXPECT_EQ(code_of(fs->read("dir", 0, 1)), Code::refused);
    EXPECT_EQ(code_of(fs->append_line("dir", "x")), Code::refused);
    EXPECT_EQ(code_of(fs->sync("none")), Code::not_found);
}

TEST_P(FileSystemConformance, ListShowsNamesAndKinds) {
    ASSERT_TRUE(fs->make_directory("d"));
    EXPECT_THAT(fs->list("d").value(), IsEmpty());
    ASSERT_TRUE(fs->create("d/.hidden", ""));
    ASSERT_TRUE(fs->create("d/...", ""));
    ASSERT_TRUE(fs->make_directory("d/sub"));
    ASSERT_TRUE(fs->create("d/sub/deeper", ""));
    ASSERT_TRUE(fs->symlink("x", "d/link"));
    EXPECT_THAT(names("d"), UnorderedElementsAre(".hidden", "...", "sub", "link"));
    auto entries = fs->list("d").value();
    for (const auto& entry : entries) {
        EXPECT_EQ(entry.kind == FileKind::directory, entry.name == "sub");
        EXPECT_EQ(entry.kind == FileKind::symlink, entry.name == "link");
    }
}

TEST_P(FileSystemConformance, ListsManyNames) {
    for (int i = 0; i < 1000; ++i)
        ASSERT_TRUE(fs->create("a-rather-long-file-name-" + std::to_string(i), ""));
    EXPECT_EQ(names("").size(), 1000u);
}

TEST_P(FileSystemConformance, MakeDirectoryIsExclusive) {
    ASSERT_TRUE(fs->make_directory("d"));
    EXPECT_EQ(code_of(fs->make_directory("d")), Code::exists);
    EXPECT_EQ(code_of(ground->open()->make_directory("d")), Code::exists);
    EXPECT_EQ(code_of(fs->make_directory("none/d")), Code::not_found);
    EXPECT_EQ(code_of(fs->create("d", "")), Code::exists);
}

TEST_P(FileSystemConformance, LinkIsExclusiveAndSharesTheFile) {
    ASSERT_TRUE(fs->create("tmp", "x"));
    ASSERT_TRUE(fs->make_directory("d"));
    ASSERT_TRUE(fs->link("tmp", "d/final"));
    EXPECT_EQ(fs->stat("tmp")->inode, fs->stat("d/final")->inode);
    EXPECT_EQ(fs->stat("tmp")->links, 2u);
    ASSERT_TRUE(fs->create("tmp2", "y"));
    EXPECT_EQ(code_of(fs->link("tmp2", "d/final")), Code::exists);
    EXPECT_EQ(code_of(fs->link("none", "d/other")), Code::not_found);
    EXPECT_EQ(code_of(fs->link("tmp", "none/other")), Code::not_found);
    EXPECT_EQ(code_of(fs->link("d", "e")), Code::refused);
    ASSERT_TRUE(fs->remove("tmp"));
    EXPECT_EQ(fs->stat("d/final")->links, 1u);
    EXPECT_EQ(content("d/final"), "x");
}

TEST_P(FileSystemConformance, RenameReplacesFiles) {
    ASSERT_TRUE(fs->create("a", "new"));
    ASSERT_TRUE(fs->create("b", "old"));
    auto inode = fs->stat("a")->inode;
    ASSERT_TRUE(fs->rename("a", "b"));
    EXPECT_EQ(content("b"), "new");
    EXPECT_EQ(fs->stat("b")->inode, inode);
    EXPECT_EQ(code_of(fs->stat("a")), Code::not_found);
    EXPECT_EQ(code_of(fs->rename("a", "b")), Code::not_found);
    EXPECT_EQ(code_of(fs->rename("b", "none/b")), Code::not_found);
}

TEST_P(FileSystemConformance, RenameOfTwoNamesOfOneFileChangesNothing) {
    ASSERT_TRUE(fs->create("a", "x"));
    ASSERT_TRUE(fs->link("a", "b"));
    EXPECT_TRUE(fs->rename("a", "b"));
    EXPECT_THAT(names(""), UnorderedElementsAre("a", "b"));
}

TEST_P(FileSystemConformance, RenameTakesADirectoryWithAllInside) {
    ASSERT_TRUE(fs->make_directory("trials"));
    ASSERT_TRUE(fs->make_directory("zombies"));
    ASSERT_TRUE(fs->make_directory("trials/7"));
    ASSERT_TRUE(fs->create("trials/7/config.json", "{}"));
    auto log = fs->create_appender("trials/7/log").value();
    ASSERT_TRUE(fs->rename("trials/7", "zombies/7"));
    ASSERT_TRUE(log->append("still here"));
    EXPECT_EQ(content("zombies/7/config.json"), "{}");
    EXPECT_EQ(content("zombies/7/log"), "still here");
    EXPECT_THAT(names("trials"), IsEmpty());
    ASSERT_TRUE(fs->make_directory("trials/7"));
    EXPECT_THAT(names("trials/7"), IsEmpty());
}

TEST_P(FileSystemConformance, RenameOfDirectoriesOverOthers) {
    ASSERT_TRUE(fs->make_directory("a"));
    ASSERT_TRUE(fs->make_directory("empty"));
    ASSERT_TRUE(fs->make_directory("full"));
    ASSERT_TRUE(fs->create("full/x", ""));
    ASSERT_TRUE(fs->create("file", ""));
    EXPECT_EQ(code_of(fs->rename("a", "full")), Code::exists);
    EXPECT_EQ(code_of(fs->rename("a", "file")), Code::not_found);
    EXPECT_EQ(code_of(fs->rename("file", "empty")), Code::refused);
    EXPECT_EQ(code_of(fs->rename("a", "a/inside")), Code::io);
    EXPECT_TRUE(fs->rename("a", "empty"));
    EXPECT_THAT(names(""), UnorderedElementsAre("empty", "full", "file"));
}

TEST_P(FileSystemConformance, RemoveErrors) {
    ASSERT_TRUE(fs->make_directory("d"));
    ASSERT_TRUE(fs->create("d/a", ""));
    EXPECT_EQ(code_of(fs->remove("none")), Code::not_found);
    EXPECT_EQ(code_of(fs->remove("d")), Code::refused);
    EXPECT_EQ(code_of(fs->remove_directory("none")), Code::not_found);
    EXPECT_EQ(code_of(fs->remove_directory("d")), Code::exists);
    EXPECT_EQ(code_of(fs->remove_directory("d/a")), Code::not_found);
    EXPECT_TRUE(fs->remove("d/a"));
    EXPECT_EQ(code_of(fs->remove("d/a")), Code::not_found);
    EXPECT_TRUE(fs->remove_directory("d"));
    EXPECT_THAT(names(""), IsEmpty());
}

TEST_P(FileSystemConformance, AppendLineMixesWritersByLines) {
    auto other = ground->open();
    ASSERT_TRUE(fs->append_line("log", "one"));
    ASSERT_TRUE(other->append_line("log", "two\n"));
    ASSERT_TRUE(fs->append_line("log", ""));
    ASSERT_TRUE(fs->append_line("log", "three"));
    EXPECT_EQ(content("log"), "one\ntwo\n\nthree\n");
}

TEST_P(FileSystemConformance, AppendLineClosesATornLine) {
    ASSERT_TRUE(fs->create("log", "{\"step\":1}\n{\"st"));
    ASSERT_TRUE(fs->append_line("log", "{\"step\":2}"));
    EXPECT_EQ(content("log"), "{\"step\":1}\n{\"st\n{\"step\":2}\n");
}

TEST_P(FileSystemConformance, AppendersAreExclusiveAndSeenByReaders) {
    auto log = fs->create_appender("log").value();
    EXPECT_EQ(code_of(fs->create_appender("log")), Code::exists);
    EXPECT_EQ(code_of(ground->open()->create_appender("log")), Code::exists);
    EXPECT_EQ(code_of(fs->create_appender("none/log")), Code::not_found);
    EXPECT_TRUE(log->append("one "));
    EXPECT_EQ(content("log"), "one ");
    EXPECT_TRUE(log->append("two"));
    EXPECT_TRUE(log->sync());
    EXPECT_EQ(content("log"), "one two");
}

TEST_P(FileSystemConformance, AppendersOutliveTheirName) {
    auto log = fs->create_appender("log").value();
    ASSERT_TRUE(fs->remove("log"));
    EXPECT_TRUE(log->append("x"));
    EXPECT_TRUE(log->sync());
    EXPECT_THAT(names(""), IsEmpty());
}

TEST_P(FileSystemConformance, SyncsFilesAndDirectories) {
    ASSERT_TRUE(fs->make_directory("d"));
    ASSERT_TRUE(fs->create("d/a", "x"));
    EXPECT_TRUE(fs->sync("d/a"));
    EXPECT_TRUE(fs->sync("d"));
    EXPECT_TRUE(fs->sync(""));
    EXPECT_TRUE(fs->sync_all());
}

TEST_P(FileSystemConformance, InodesTellAnewMadeDirectory) {
    ASSERT_TRUE(fs->make_directory("a"));
    ASSERT_TRUE(fs->make_directory("b"));
    EXPECT_NE(fs->stat("a")->inode, fs->stat("b")->inode);
    auto inode = fs->stat("a")->inode;
    ASSERT_TRUE(fs->rename("a", "c"));
    EXPECT_EQ(fs->stat("c")->inode, inode);
}

TEST_P(FileSystemConformance, DirectoryTimesFollowTheirNames) {
    ASSERT_TRUE(fs->make_directory("d"));
    auto before = fs->stat("d")->modified;
    ASSERT_TRUE(fs->create("d/a", ""));
    EXPECT_GE(fs->stat("d")->modified, before);
    EXPECT_GE(fs->stat("d/a")->modified, before);
}

TEST_P(FileSystemConformance, SeveralHandlesSeeOneTree) {
    auto other = ground->open();
    ASSERT_TRUE(fs->make_directory("d"));
    ASSERT_TRUE(other->create("d/a", "x"));
    EXPECT_EQ(content("d/a"), "x");
    EXPECT_EQ(other->root(), fs->root());
    EXPECT_EQ(fs->root().front(), '/');
    EXPECT_GT(fs->free_bytes().value(), 0);
}

}  // namespace
}  // namespace tw
