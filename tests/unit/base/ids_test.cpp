#include "base/ids.hpp"

#include <gtest/gtest.h>

#include <set>

namespace tw {
namespace {

TEST(TrialIds, PeopleMayUse) {
    for (const char* id : {"000042", "123456789", "a", "Best-run_2", "x0"}) {
        EXPECT_TRUE(check_trial_id(id)) << id;
        EXPECT_TRUE(is_trial_id(id)) << id;
    }
    EXPECT_TRUE(check_trial_id(std::string(64, 'a')));
}

TEST(TrialIds, PeopleMayNotUse) {
    for (const char* id : {"", "42", "00042", "1234567890123456789", "_x", "-x", "a.b", "a/b", "..", "a b",
                           "a\n", "@before", "@after", "00004x", "\xC3\xA9t\xC3\xA9"})
        EXPECT_FALSE(check_trial_id(id)) << id;
    EXPECT_FALSE(check_trial_id(std::string(65, 'a')));
    EXPECT_NE(check_trial_id("a b").error().text().find("'a b'"), std::string::npos);
}

TEST(TrialIds, TheToolkitsOwn) {
    EXPECT_TRUE(is_trial_id("@before"));
    EXPECT_TRUE(is_trial_id("@after"));
    EXPECT_FALSE(is_trial_id("@other"));
}

TEST(TrialIds, Numbers) {
    EXPECT_EQ(numbered_trial(42), "000042");
    EXPECT_EQ(numbered_trial(12345678), "12345678");
    EXPECT_TRUE(is_numbered("000042"));
    EXPECT_FALSE(is_numbered("00042"));
    EXPECT_FALSE(is_numbered("00004a"));
}

TEST(StageNames, Grammar) {
    for (const char* name : {"a", "train", "flow-2", "x_y"}) EXPECT_TRUE(check_stage_name(name)) << name;
    for (const char* name : {"", "Train", "2x", "-x", "a.b", "a b", "a/b"})
        EXPECT_FALSE(check_stage_name(name)) << name;
    EXPECT_TRUE(check_stage_name(std::string(32, 'a')));
    EXPECT_FALSE(check_stage_name(std::string(33, 'a')));
}

TEST(AttemptKeys, RoundTrip) {
    const AttemptKey key{2, "flow", 117, 3};
    EXPECT_EQ(key.name(), "2.flow.117.3");
    const auto read = AttemptKey::parse(key.name());
    ASSERT_TRUE(read);
    EXPECT_EQ(*read, key);
}

TEST(AttemptKeys, OneSpellingOnly) {
    for (const char* name :
         {"", "1.flow.1", "1.flow.1.1.1", "01.flow.1.1", "1.flow.+1.1", "1.flow.-1.1", "0.flow.1.1",
          "1.flow.1.0", "1.Flow.1.1", "1..1.1", "1.flow.1.1 ", "1.flow.9999999999999999999.1"})
        EXPECT_FALSE(AttemptKey::parse(name)) << name;
}

TEST(Tokens, ShortLetterFirstAndSteady) {
    std::set<std::string> tokens;
    for (int task = 0; task < 1000; ++task) {
        const std::string token = make_token("0123456789abcdef", "000042", {1, "flow", task, 1});
        EXPECT_LE(token.size(), 15u);
        EXPECT_EQ(token[0], 't');
        EXPECT_EQ(token.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789"), std::string::npos);
        tokens.insert(token);
    }
    EXPECT_EQ(tokens.size(), 1000u);
    // Resubmission after an upgrade must find the same name.
    EXPECT_EQ(make_token("0123456789abcdef", "000042", {1, "train", 0, 1}), "tprtx7dn32czd0");
    EXPECT_NE(make_token("a", "000042", {1, "train", 0, 1}), make_token("b", "000042", {1, "train", 0, 1}));
}

}  // namespace
}  // namespace tw
