#include "base/time.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace tw {
namespace {

Instant at(double seconds) {
    return Instant(Seconds(seconds));
}

TEST(Durations, Parse) {
    const std::pair<const char*, double> cases[] = {
        {"90", 90},       {"0", 0},       {"90s", 90},        {"10m", 600},          {"1h30m", 5400},
        {"1h 02m", 3720}, {"2d", 172800}, {"01:30:00", 5400}, {"100:00:00", 360000}, {"1.5h", 5400},
        {"0.3s", 0.3},    {"500ms", 0.5}, {" 45s ", 45},      {"1d12h30m5s", 131405}};
    for (const auto& [text, seconds] : cases) {
        const auto read = parse_duration(text);
        ASSERT_TRUE(read) << text;
        EXPECT_DOUBLE_EQ(read->count(), seconds) << text;
    }
}

TEST(Durations, Refuse) {
    for (const char* text :
         {"",     " ",    "-1",      "-1s",          "1x",        "h",        "1h1h", "30m1h",
          "1h30", "1:30", "1:60:00", "1:2:3:4",      "1.5:00:00", "1:005:00", "nan",  "inf",
          "1e5",  "1 2",  "::",      "99999999999d", "+5s"}) {
        const auto read = parse_duration(text);
        ASSERT_FALSE(read) << text;
        EXPECT_NE(read.error().what.find(text), std::string::npos);
    }
}

TEST(Durations, Format) {
    const std::pair<double, const char*> cases[] = {
        {0, "0s"},           {0.04, "0s"},       {0.3, "0.3s"},    {5, "5s"},          {9.94, "9.9s"},
        {9.96, "10s"},       {45.4, "45s"},      {59.7, "1m 00s"}, {3599.6, "1h 00m"}, {3720, "1h 02m"},
        {86399.9, "1d 00h"}, {200000, "2d 07h"}, {-45, "-45s"}};
    for (const auto& [seconds, text] : cases) EXPECT_EQ(format_duration(Seconds(seconds)), text) << seconds;
    EXPECT_EQ(format_duration(Seconds(NAN)), "?");
    EXPECT_EQ(format_duration(Seconds(INFINITY)), "?");
}

TEST(Durations, WhatIsFormattedCanBeRead) {
    for (double seconds : {0.0, 0.3, 7.0, 45.0, 62.0, 3720.0, 187200.0}) {
        const auto read = parse_duration(format_duration(Seconds(seconds)));
        ASSERT_TRUE(read) << seconds;
        EXPECT_DOUBLE_EQ(read->count(), seconds);
    }
}

TEST(Instants, Format) {
    EXPECT_EQ(format_instant(at(0)), "1970-01-01T00:00:00Z");
    EXPECT_EQ(format_instant(at(1700000000.9)), "2023-11-14T22:13:20Z");
    EXPECT_EQ(format_instant(at(1700000000.123), true), "2023-11-14T22:13:20.123Z");
    EXPECT_EQ(format_instant(at(-1)), "1969-12-31T23:59:59Z");
    EXPECT_EQ(format_instant(at(-0.5), true), "1969-12-31T23:59:59.500Z");
    EXPECT_EQ(format_instant(at(951782400)), "2000-02-29T00:00:00Z");
    EXPECT_EQ(format_instant(at(NAN)), "1970-01-01T00:00:00Z");
    EXPECT_EQ(format_instant(at(1e300)), "9999-12-31T23:59:59Z");
}

TEST(Instants, RoundTrip) {
    for (double seconds : {0.0, 1700000000.0, 951782399.0, 4102444800.0, -86400.0}) {
        const auto read = parse_instant(format_instant(at(seconds)));
        ASSERT_TRUE(read);
        EXPECT_EQ(read->time_since_epoch().count(), seconds);
    }
    for (int milli = 0; milli < 1000; milli += 7) {
        const std::string text = format_instant(at(1700000000 + milli / 1000.0), true);
        EXPECT_EQ(format_instant(parse_instant(text).value(), true), text);
    }
}

TEST(Instants, Refuse) {
    for (const char* text : {"", "2026-11-20", "2026-11-20T13:05:07", "2026-11-20 13:05:07Z",
                             "2026-13-20T13:05:07Z", "2026-02-29T13:05:07Z", "2026-11-20T24:00:00Z",
                             "2026-11-20T13:60:00Z", "2026-11-20T13:05:07.Z", "2026-11-20T13:05:07Zx",
                             "0000-01-01T00:00:00Z", "2026-11-20T13:05:07+01:00", "x026-11-20T13:05:07Z"})
        EXPECT_FALSE(parse_instant(text)) << text;
}

}  // namespace
}  // namespace tw
