#include "batch/glob.hpp"

#include <gmock/gmock.h>

#include "support/virtual_filesystem.hpp"

namespace tw {
namespace {

TEST(Glob, matches_as_the_shell_does) {
    const struct {
        const char *pattern, *name;
        bool matches;
    } rows[] = {
        {"*", "a", true},
        {"*", "", true},
        {"*", ".a", false},
        {".*", ".a", true},
        {"*.json", "1.json", true},
        {"*.json", "json", false},
        {"*.json", "1.jsonx", false},
        {"a*b*c", "aXbYbZc", true},
        {"a*b*c", "aXbYbZ", false},
        {"?", "a", true},
        {"?", "", false},
        {"??", "a", false},
        {"[abc]", "b", true},
        {"[!abc]", "b", false},
        {"[^abc]", "d", true},
        {"[a-c]x", "bx", true},
        {"[0-9]*", "7up", true},
        {"[]a]", "]", true},
        {"[a", "[a", true},
        {"[a-]", "-", true},
        {"\\*", "*", true},
        {"\\*", "a", false},
        {"a\\", "a\\", true},
        {"", "", true},
        {"", "a", false},
        {"**", "abc", true},
        {"*a", "aab", false},
    };
    for (const auto& row : rows)
        EXPECT_EQ(glob_match(row.pattern, row.name), row.matches) << row.pattern << " " << row.name;
}

TEST(Glob, many_stars_take_no_time) {
    std::string pattern, name(5000, 'a');
    for (int i = 0; i < 1000; ++i) pattern += "*a";
    EXPECT_FALSE(glob_match(pattern + "b", name));
    EXPECT_TRUE(glob_match(pattern, name));
}

class GlobFiles : public testing::Test {
protected:
    GlobFiles() {
        for (const char* path :
             {"t/flows/1.json", "t/flows/10.json", "t/flows/2.json", "t/flows/2.json~", "t/flows/.hidden",
              "t/flows/results/1.json", "t/b/x/1", "t/b/y/1", "t/b/z", "t/a b.txt"}) {
            fs.put(path, "");
        }
    }
    std::string find(const std::string& pattern) {
        auto matches = glob_files(fs, "t", pattern);
        if (!matches) return "error: " + matches.error().text();
        std::string text;
        for (const GlobMatch& match : *matches) {
            text += match.path + (match.kind == FileKind::directory ? "/" : "") + ";";
        }
        return text;
    }
    support::VirtualFileSystem fs;
};

TEST_F(GlobFiles, finds_by_listing_sorted_and_as_written) {
    EXPECT_EQ(find("flows/*.json"), "flows/1.json;flows/10.json;flows/2.json;");
    EXPECT_EQ(find("./flows/1*"), "./flows/1.json;./flows/10.json;");
    EXPECT_EQ(find("flows/*"), "flows/1.json;flows/10.json;flows/2.json;flows/results/;");
    EXPECT_EQ(find("b/*/1"), "b/x/1;b/y/1;");
    EXPECT_EQ(find("*/*/1*"), "b/x/1;b/y/1;flows/results/1.json;");
    EXPECT_EQ(find("/virtual/experiment/t/flows/2*"), "/virtual/experiment/t/flows/2.json;");
    EXPECT_EQ(find("flows/1.json"), "flows/1.json;");
    EXPECT_EQ(find("nothing/*"), "");
    EXPECT_EQ(find("flows/3.json"), "");
    EXPECT_EQ(find("b/z/*"), "");
    EXPECT_EQ(fs.count("stat"), 0);
}

TEST_F(GlobFiles, stays_inside) {
    for (const char* pattern : {"../*", "/etc/*", "*/../x", "flows/../../*"})
        EXPECT_THAT(find(pattern), testing::StartsWith("error: ")) << pattern;
}

TEST_F(GlobFiles, a_failed_listing_is_not_an_empty_one) {
    fs.inject({"list", "t/flows", Code::stale});
    EXPECT_THAT(find("flows/*"), testing::StartsWith("error: "));
}

}  // namespace
}  // namespace tw
