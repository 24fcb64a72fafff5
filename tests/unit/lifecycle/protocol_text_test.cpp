// protocol/02-lifecycle.md shows the tables as the code has them.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "lifecycle/table.hpp"

namespace tw {
namespace {

constexpr const char* begin_mark = "<!-- tables: generated from lib/lifecycle/table.cpp -->\n";
constexpr const char* end_mark = "<!-- end of tables -->";

TEST(Protocol, ChapterTwoShowsTheTables) {
    std::ifstream in(std::string(SOURCE_DIR) + "/protocol/02-lifecycle.md");
    std::stringstream text;
    text << in.rdbuf();
    std::string chapter = text.str();
    auto begin = chapter.find(begin_mark), end = chapter.find(end_mark);
    ASSERT_TRUE(begin != chapter.npos && end != chapter.npos) << "the marks around the tables are missing";
    begin += std::string(begin_mark).size();
    EXPECT_EQ(chapter.substr(begin, end - begin), "\n" + print_tables() + "\n")
        << "put this between the marks:\n\n"
        << print_tables();
}

}  // namespace
}  // namespace tw
