#include "posix/scratch.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <boost/filesystem.hpp>
#include <fstream>

#include "support/fake_processes.hpp"

namespace tw {
namespace {

namespace files = boost::filesystem;

struct ScratchTest : testing::Test {
    files::path parent = files::temp_directory_path() / files::unique_path("scratch-%%%%%%%%");
    support::FakeProcesses processes;
    PosixScratch scratch{parent.string(), processes};

    ScratchTest() { files::create_directory(parent); }
    ~ScratchTest() override { files::remove_all(parent); }
};

TEST_F(ScratchTest, each_directory_is_another_one_and_private) {
    std::string one = scratch.make().value(), other = scratch.make().value();
    EXPECT_NE(one, other);
    struct stat info;
    ASSERT_EQ(::stat(one.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777, 0700u);
    scratch.remove(one);
    EXPECT_FALSE(files::exists(one));
    EXPECT_TRUE(files::exists(other));
    EXPECT_TRUE(processes.started.empty());
}

TEST_F(ScratchTest, what_is_in_one_is_removed_by_another_process) {
    std::string path = scratch.make().value();
    std::ofstream(path + "/large") << "x";
    scratch.remove(path);
    ASSERT_EQ(processes.started.size(), 1u);
    EXPECT_EQ(processes.started[0].spawn.argv, (std::vector<std::string>{"rm", "-rf", "--", path}));
}

TEST_F(ScratchTest, where_none_can_be_made_it_says_where) {
    PosixScratch nowhere((parent / "absent").string(), processes);
    auto made = nowhere.make();
    ASSERT_FALSE(made);
    EXPECT_NE(made.error().text().find("absent"), std::string::npos);
}

}  // namespace
}  // namespace tw
