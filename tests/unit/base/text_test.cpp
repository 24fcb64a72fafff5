#include "base/text.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>

namespace tw {
namespace {

using Words = std::vector<std::string>;

TEST(Text, SplitAndJoin) {
    EXPECT_EQ(split("a.b..c", '.'), (Words{"a", "b", "", "c"}));
    EXPECT_EQ(split("", '.'), (Words{""}));
    EXPECT_EQ(split(".", '.'), (Words{"", ""}));
    EXPECT_EQ(join({"a", "b"}, ", "), "a, b");
    EXPECT_EQ(join({}, ", "), "");
}

TEST(Text, Trim) {
    EXPECT_EQ(trim("  a b\t\r\n"), "a b");
    EXPECT_EQ(trim(" \n"), "");
    EXPECT_EQ(trim(""), "");
}

TEST(Text, NaturalOrder) {
    Words names{"flows/10.json", "flows/2.json", "flows/1.json", "a", "flows/02.json", "",
                "flows/x.json",  "a1b2",         "a1b10"};
    std::sort(names.begin(), names.end(), natural_less);
    EXPECT_EQ(names, (Words{"", "a", "a1b2", "a1b10", "flows/1.json", "flows/02.json", "flows/2.json",
                            "flows/10.json", "flows/x.json"}));
}

TEST(Text, NaturalOrderIsStrict) {
    const Words names{
        "",  "0",   "00", "1", "01", "001", "a", "a0", "a00", "a1", "10", "9", "99999999999999999999999",
        "-", "\xFF"};
    for (const auto& a : names)
        for (const auto& b : names) {
            EXPECT_EQ(natural_less(a, b) + natural_less(b, a), a == b ? 0 : 1) << a << " " << b;
            for (const auto& c : names)
                if (natural_less(a, b) && natural_less(b, c)) {
                    EXPECT_TRUE(natural_less(a, c)) << a << " " << b << " " << c;
                }
        }
}

TEST(Text, DidYouMean) {
    const Words keys{"name",  "objectives",  "optimizer", "space", "stages",
                     "setup", "setup_shell", "done",      "array"};
    EXPECT_EQ(did_you_mean("optimiser", keys), "optimizer");
    EXPECT_EQ(did_you_mean("objective", keys), "objectives");
    EXPECT_EQ(did_you_mean("Stages", keys), "stages");
    EXPECT_EQ(did_you_mean("sapce", keys), "space");
    EXPECT_EQ(did_you_mean("arry", keys), "array");
    EXPECT_EQ(did_you_mean("zebra", keys), "");
    EXPECT_EQ(did_you_mean("", keys), "");
    EXPECT_EQ(did_you_mean("x", {"y", "a"}), "");
    EXPECT_EQ(did_you_mean(std::string(100000, 'a'), {std::string(100000, 'b')}), "");
}

TEST(Text, ParseBytes) {
    const std::pair<const char*, std::int64_t> cases[] = {{"0", 0},
                                                          {"4096", 4096},
                                                          {"100k", 102400},
                                                          {"512M", 512 << 20},
                                                          {"2G", std::int64_t{2} << 30},
                                                          {"2GB", std::int64_t{2} << 30},
                                                          {"2GiB", std::int64_t{2} << 30},
                                                          {"1.5T", std::int64_t{3} << 39},
                                                          {" 2 g ", std::int64_t{2} << 30},
                                                          {"10B", 10}};
    for (const auto& [text, bytes] : cases) {
        const auto read = parse_bytes(text);
        ASSERT_TRUE(read) << text;
        EXPECT_EQ(*read, bytes) << text;
    }
    for (const char* text :
         {"", "G", "-1", "-0", "2X", "2GG", "1e3", "nan", "inf", "99999999P", "2G2", "0x10"}) {
        const auto read = parse_bytes(text);
        ASSERT_FALSE(read) << text;
        EXPECT_NE(read.error().what.find(std::string("'") + text + "'"), std::string::npos);
    }
}

TEST(Text, FormatBytes) {
    EXPECT_EQ(format_bytes(0), "0");
    EXPECT_EQ(format_bytes(1023), "1023");
    EXPECT_EQ(format_bytes(1024), "1K");
    EXPECT_EQ(format_bytes((1 << 20) - 1), "1M");
    EXPECT_EQ(format_bytes(std::int64_t{3} << 29), "1.5G");
    EXPECT_EQ(format_bytes(INT64_MAX), "8192P");
    EXPECT_EQ(format_bytes(-1024), "-1K");
}

TEST(Text, ShellQuote) {
    EXPECT_EQ(shell_quote("a/b-c_d.e=1,2"), "a/b-c_d.e=1,2");
    EXPECT_EQ(shell_quote(""), "''");
    EXPECT_EQ(shell_quote("a b"), "'a b'");
    EXPECT_EQ(shell_quote("it's"), "'it'\\''s'");
    EXPECT_EQ(shell_quote("~"), "'~'");
    EXPECT_EQ(shell_quote("$(x)"), "'$(x)'");
    EXPECT_EQ(shell_quote("a\nb"), "'a\nb'");
}

TEST(Text, Hashes) {
    EXPECT_EQ(content_hash(""), "99aa06d3014798d86001c324468d497f");
    EXPECT_EQ(content_hash("a").size(), 32u);
    EXPECT_NE(content_hash("a"), content_hash("b"));
}

TEST(Text, Crc32cOfRfc3720) {
    std::string rising;
    for (int i = 0; i < 32; ++i) rising += static_cast<char>(i);
    EXPECT_EQ(crc32c(""), 0u);
    EXPECT_EQ(crc32c("123456789"), 0xE3069283u);
    EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8A9136AAu);
    EXPECT_EQ(crc32c(std::string(32, '\xFF')), 0x62A8AB43u);
    EXPECT_EQ(crc32c(rising), 0x46DD794Eu);
    EXPECT_EQ(crc32c(std::string(rising.rbegin(), rising.rend())), 0x113FDB5Cu);
}

TEST(Text, Utf8) {
    for (const char* text :
         {"", "abc", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80", "\xEF\xBF\xBF", "\xF4\x8F\xBF\xBF"})
        EXPECT_TRUE(valid_utf8(text)) << text;
    for (const char* text :
         {"\x80", "\xC3", "\xC3(", "\xC0\x80", "\xC1\xBF", "\xE0\x80\x80", "\xED\xA0\x80", "\xE2\x82",
          "\xF0\x80\x80\x80", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "a\xE2\x82(b"})
        EXPECT_FALSE(valid_utf8(text)) << text;
}

}  // namespace
}  // namespace tw
