#include <gmock/gmock.h>

#include "trialdir/experiment_dir.hpp"
#include "unit/trialdir/crash.hpp"

namespace tw::test {
namespace {

using testing::ElementsAre;

struct InputsTest : testing::Test {
    VirtualFileSystem fs;
    InputsTest() { fs.make_directories("trials/000001/flows"); }
    void put(const std::string& name) { fs.put("trials/000001/" + name, "x"); }
    std::vector<std::string> match(const std::string& pattern) {
        auto found = match_inputs(fs, "000001", pattern);
        EXPECT_TRUE(found) << found.error().text();
        return found.value_or(std::vector<std::string>{});
    }
    Code refused(const std::string& pattern) {
        auto found = match_inputs(fs, "000001", pattern);
        EXPECT_FALSE(found);
        return found ? Code::io : found.error().code;
    }
};

TEST_F(InputsTest, AreInNaturalOrder) {
    for (auto name :
         {"flows/10.json", "flows/9.json", "flows/100.json", "flows/1.json", "flows/b2", "flows/2.json"})
        put(name);
    EXPECT_THAT(match("flows/*.json"), ElementsAre("flows/1.json", "flows/2.json", "flows/9.json",
                                                   "flows/10.json", "flows/100.json"));
}

TEST_F(InputsTest, NothingMatches) {
    EXPECT_TRUE(match("flows/*.json").empty());
    EXPECT_TRUE(match("none/*.json").empty());
    EXPECT_TRUE(match("*.json").empty());
    EXPECT_EQ(match_inputs(fs, "000009", "*").value().size(), 0u);
}

TEST_F(InputsTest, HiddenAndTemporaryNamesAreLeftOut) {
    for (auto name : {"flows/.1.json", "flows/1.json~", "flows/2.json.tmp", "flows/.nfs00a1", "flows/3.json"})
        put(name);
    EXPECT_THAT(match("flows/*"), ElementsAre("flows/3.json"));
    EXPECT_TRUE(match("flows/.*").empty());
}

TEST_F(InputsTest, DirectoriesAreNoInputs) {
    fs.make_directories("trials/000001/flows/results.json");
    put("flows/1.json");
    EXPECT_THAT(match("flows/*.json"), ElementsAre("flows/1.json"));
}

TEST_F(InputsTest, NestedPatterns) {
    for (auto name : {"a1/x/1.in", "a1/y/2.in", "a2/x/3.in", "b/x/4.in", "a1/5.in", "a10/x/6.in"}) put(name);
    EXPECT_THAT(match("a*/?/*.in"), ElementsAre("a1/x/1.in", "a1/y/2.in", "a2/x/3.in", "a10/x/6.in"));
    EXPECT_THAT(match("[ab]/x/*"), ElementsAre("b/x/4.in"));
    EXPECT_THAT(match("a1/5.in"), ElementsAre("a1/5.in"));
    put("a3");  // a file where the pattern wants a directory
    EXPECT_EQ(match("a*/x/*").size(), 3u);
}

TEST_F(InputsTest, SymbolicLinksAreRefused) {
    put("flows/1.json");
    ASSERT_TRUE(fs.symlink("1.json", "trials/000001/flows/2.json"));
    EXPECT_EQ(refused("flows/*.json"), Code::invalid);
    EXPECT_THAT(match("flows/1*"), ElementsAre("flows/1.json"));
}

TEST_F(InputsTest, AreNotLookedForBehindASymbolicLink) {
    fs.put("shared/1.json", "x");
    ASSERT_TRUE(fs.symlink("../../shared", "trials/000001/linked"));
    EXPECT_EQ(refused("linked/*.json"), Code::invalid);
}

TEST_F(InputsTest, NamesThatNoScriptCouldBeGivenAreRefused) {
    for (std::string name : {std::string("a\nb"), std::string("a\tb"), std::string("a\x7f"),
                             std::string("a\xff"), std::string("\xc3")}) {
        VirtualFileSystem disk;
        disk.put("trials/000001/flows/" + name, "x");
        auto found = match_inputs(disk, "000001", "flows/*");
        ASSERT_FALSE(found);
        EXPECT_EQ(found.error().code, Code::invalid);
        disk.put("trials/000001/" + name + "/1.json", "x");
        EXPECT_FALSE(match_inputs(disk, "000001", "*/1.json"));
    }
    put("flows/für Elise.json");
    EXPECT_THAT(match("flows/*"), ElementsAre("flows/für Elise.json"));
}

TEST_F(InputsTest, AFailedLookIsNoEmptyList) {
    put("flows/1.json");
    fs.inject({.op = "list", .prefix = "trials/000001/flows"});
    EXPECT_EQ(refused("flows/*"), Code::io);
}

}  // namespace
}  // namespace tw::test
