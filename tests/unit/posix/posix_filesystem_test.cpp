// What only the real disk can show.
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>

#include "posix/filesystem.hpp"
#include "support/temp_directory.hpp"

namespace tw {
namespace {

constexpr int cannot_try = 77;

// The exit status of `body` in a child, so that mounts and user ids stay there.
int in_child(const std::function<int()>& body) {
    pid_t pid = ::fork();
    if (pid == 0) ::_exit(body());
    int status = 0;
    ::waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

bool mount_small(const std::string& path) {
    return ::unshare(CLONE_NEWNS) == 0 && ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
           ::mount("tmpfs", path.c_str(), "tmpfs", 0, "size=64k") == 0;
}

class PosixFileSystemTest : public ::testing::TestWithParam<Resolve> {
protected:
    std::unique_ptr<FileSystem> open(const std::string& path) {
        return PosixFileSystem::open(path, GetParam()).value();
    }
    support::TempDirectory temp;
    std::unique_ptr<FileSystem> fs = open(temp.path());
};

INSTANTIATE_TEST_SUITE_P(Resolving, PosixFileSystemTest, ::testing::Values(Resolve::kernel, Resolve::walk));

TEST_P(PosixFileSystemTest, SaysWhatTheSystemSaid) {
    auto status = fs->create("trials/1/config.json", "{}");
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().what, "cannot create trials/1/config.json: No such file or directory");
}

TEST_P(PosixFileSystemTest, NamesALinkAsTheReason) {
    ASSERT_TRUE(fs->symlink("/etc", "etc"));
    auto bytes = fs->read("etc/passwd", 0, 10);
    ASSERT_FALSE(bytes);
    EXPECT_EQ(bytes.error().what, "cannot read etc/passwd: a symbolic link is in the way");
}

TEST_P(PosixFileSystemTest, FullDiskLeavesNoHalfFile) {
    int status = in_child([&] {
        if (!mount_small(temp.path())) return cannot_try;
        auto small = open(temp.path());
        auto created = small->create("big", std::string(1 << 20, 'x'));
        if (created || created.error().code != Code::no_space) return 1;
        if (small->stat("big")) return 2;
        auto log = std::move(*small->create_appender("log"));
        auto appended = log->append(std::string(1 << 20, 'x'));
        if (appended || appended.error().code != Code::no_space) return 3;
        if (log->append("x") || log->sync()) return 4;  // broken from then on
        auto line = small->append_line("lines", "x");
        if (line || line.error().code != Code::no_space) return 5;
        return *small->free_bytes() == 0 ? 0 : 6;
    });
    if (status == cannot_try) GTEST_SKIP() << "mounting a tmpfs is not allowed here";
    EXPECT_EQ(status, 0);
}

TEST_P(PosixFileSystemTest, ForbiddenDirectories) {
    ASSERT_TRUE(fs->make_directory("d"));
    ASSERT_TRUE(fs->create("d/a", "x"));
    ASSERT_EQ(::chmod((temp / "d").c_str(), 0500), 0);
    ASSERT_EQ(::chmod(temp.path().c_str(), 0755), 0);
    int status = in_child([&] {
        if (::geteuid() == 0 && ::setuid(65534) != 0) return cannot_try;
        auto created = fs->create("d/b", "");
        if (created || created.error().code != Code::permission) return 1;
        auto removed = fs->remove("d/a");
        return !removed && removed.error().code == Code::permission ? 0 : 2;
    });
    ::chmod((temp / "d").c_str(), 0700);  // so that it can be removed
    if (status == cannot_try) GTEST_SKIP() << "cannot become another user";
    EXPECT_EQ(status, 0);
}

TEST_P(PosixFileSystemTest, DoesNotHangOnAPipe) {
    ASSERT_EQ(::mkfifo((temp / "result.json").c_str(), 0600), 0);
    EXPECT_EQ(fs->stat("result.json")->kind, FileKind::other);
    EXPECT_EQ(fs->read("result.json", 0, 10).error().code, Code::refused);
    EXPECT_EQ(fs->append_line("result.json", "x").error().code, Code::refused);
}

TEST_P(PosixFileSystemTest, FollowsItsRootWhenThatMoves) {
    ASSERT_TRUE(fs->make_directory("old"));
    auto inner = open(temp / "old");
    ASSERT_TRUE(fs->rename("old", "new"));
    ASSERT_TRUE(inner->create("a", "x"));
    EXPECT_TRUE(fs->stat("new/a"));
}

TEST_P(PosixFileSystemTest, NeverReachesARenamedDirectoryByItsOldName) {
    ASSERT_TRUE(fs->make_directory("d"));
    ASSERT_TRUE(fs->create("d/a", "x"));
    ASSERT_TRUE(fs->rename("d", "zombie"));
    EXPECT_EQ(fs->read("d/a", 0, 1).error().code, Code::not_found);
    EXPECT_EQ(fs->create("d/b", "").error().code, Code::not_found);
}

TEST_P(PosixFileSystemTest, RootMustBeADirectory) {
    ASSERT_TRUE(fs->create("file", ""));
    EXPECT_EQ(PosixFileSystem::open(temp / "file").error().code, Code::not_found);
    auto missing = PosixFileSystem::open(temp / "none");
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().what,
              "cannot open the directory " + (temp / "none") + ": No such file or directory");
}

TEST_P(PosixFileSystemTest, RootIsNamedAsThePersonDid) {
    ASSERT_TRUE(fs->make_directory("real"));
    ASSERT_TRUE(fs->make_directory("real/sub"));
    ASSERT_TRUE(fs->symlink("real/sub", "link"));
    EXPECT_EQ(open(temp / "link")->root(), temp / "link");
    EXPECT_EQ(open(temp / "real/./sub//")->root(), temp / "real/sub");
    EXPECT_EQ(open(temp / "real/sub/..")->root(), temp / "real");
    EXPECT_EQ(open(temp / "link/..")->root(), temp / "link/..");  // is real, not the directory of link
    ASSERT_EQ(::chdir(temp.path().c_str()), 0);
    EXPECT_TRUE(open("real")->root().ends_with("/real"));
    EXPECT_FALSE(open(".")->root().ends_with("/."));
    EXPECT_EQ(open(".")->root().front(), '/');
    ASSERT_EQ(::chdir("/"), 0);
    EXPECT_EQ(open("/")->root(), "/");
}

TEST_P(PosixFileSystemTest, LeavesNoDescriptorBehind) {
    auto count = [] {
        auto proc = PosixFileSystem::open("/proc/self/fd").value();
        return proc->list("").value().size();
    };
    auto before = count();
    for (int i = 0; i < 50; ++i) {
        (void)fs->create("a", "x");
        (void)fs->create("none/a", "x");
        (void)fs->list("");
        (void)fs->list("a");
        (void)fs->read("a", 0, 1);
        (void)fs->link("a", "b");
        (void)fs->sync("");
        (void)fs->create_appender("c" + std::to_string(i));
    }
    EXPECT_EQ(count(), before);
}

}  // namespace
}  // namespace tw
