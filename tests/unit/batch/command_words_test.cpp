#include <gmock/gmock.h>

#include "batch/command/pattern.hpp"
#include "batch/command/words.hpp"

namespace tw::command {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::vector<std::string> names{"a", "b", "ids"};

std::vector<std::string> filled(const std::string& text, const Values& values = {}) {
    auto words = CommandWords::parse(text, names);
    EXPECT_TRUE(words) << text << ": " << words.error().what;
    return words ? words->fill(values) : std::vector<std::string>{};
}

TEST(CommandWords, are_split_as_a_shell_would) {
    EXPECT_THAT(filled(R"(x  'y z' "q r" s\ t '' u'v'"w")"),
                ElementsAre("x", "y z", "q r", "s t", "", "uvw"));
}

TEST(CommandWords, keep_what_is_in_single_quotes) {
    EXPECT_THAT(filled(R"(f -o '{id};[x]\' {a})", {{"a", {"1"}}}),
                ElementsAre("f", "-o", R"({id};[x]\)", "1"));
}

TEST(CommandWords, take_values_as_they_are) {
    for (const char* value : {"two words", "a\nb", "$(touch x)", "'\"", "-rf", "[b]", "{b}", "\\"})
        EXPECT_THAT(filled("x {a} -n={a}", {{"a", {value}}}),
                    ElementsAre("x", value, std::string("-n=") + value));
}

TEST(CommandWords, groups_hold_words_or_parts_of_one) {
    const std::string text = "x [-q {a} -r] n=1[:g={b}][:m={a}] y";
    EXPECT_THAT(filled(text), ElementsAre("x", "n=1", "y"));
    EXPECT_THAT(filled(text, {{"b", {"2"}}}), ElementsAre("x", "n=1:g=2", "y"));
    EXPECT_THAT(filled(text, {{"a", {"3"}}}), ElementsAre("x", "-q", "3", "-r", "n=1:m=3", "y"));
}

TEST(CommandWords, become_one_word_for_each_of_several_values) {
    EXPECT_THAT(filled("kill {ids} now", {{"ids", {"1", "2 3"}}}), ElementsAre("kill", "1", "2 3", "now"));
    EXPECT_THAT(filled("kill {ids} now"), ElementsAre("kill", "now"));
    EXPECT_THAT(filled("j{a}"), ElementsAre("j"));
}

TEST(CommandWords, that_cannot_be_read_are_errors) {
    for (const char* text :
         {"", "   ", "x 'y", "x \"y", "x {a", "x {nosuch}", "x [y", "x y]", "x [[y]]", "x \\"})
        EXPECT_FALSE(CommandWords::parse(text, names)) << text;
    EXPECT_THAT(CommandWords::parse("x {idss}", names).error().what, HasSubstr("{ids}"));
}

TEST(CommandPattern, has_named_groups) {
    auto pattern = Pattern::parse(R"(^(?<id>\d+)(?:\[(\w)(?<index>\d+)\])?[(](?=\))\)\\(?<rest>.*)$)");
    ASSERT_TRUE(pattern) << pattern.error().what;
    std::map<std::string, std::string> groups;
    ASSERT_TRUE(pattern->find(R"(12[x3]()\yes)", groups));
    EXPECT_THAT(groups, ElementsAre(testing::Pair("id", "12"), testing::Pair("index", "3"),
                                    testing::Pair("rest", "yes")));
    groups.clear();
    ASSERT_TRUE(pattern->find(R"(12()\)", groups));
    EXPECT_FALSE(groups.contains("index"));
}

TEST(CommandPattern, that_is_none_is_an_error_and_long_text_is_not_looked_at) {
    EXPECT_FALSE(Pattern::parse("("));
    EXPECT_FALSE(Pattern::parse("(?<id"));
    EXPECT_FALSE(Pattern::parse("*"));
    auto any = Pattern::parse(".*");
    EXPECT_TRUE(any->is_all("x"));
    EXPECT_FALSE(any->is_all(std::string(longest_text + 1, 'x')));
}

}  // namespace
}  // namespace tw::command
