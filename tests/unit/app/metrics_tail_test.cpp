// metrics.jsonl as it grows, is cut and is replaced.
#include "app/metrics_tail.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "support/virtual_filesystem.hpp"

namespace tw::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct MetricsTailing : ::testing::Test {
    support::VirtualFileSystem fs{std::make_shared<support::VirtualDisk>()};
    MetricsTail tail;
    MetricNews news;

    std::vector<std::pair<std::int64_t, double>> read() {
        news = tail.read(fs, "metrics.jsonl", "loss").value();
        std::vector<std::pair<std::int64_t, double>> points;
        for (auto& point : news.points) points.emplace_back(point.step, point.value);
        return points;
    }
    void put(const std::string& text) { fs.put("metrics.jsonl", text); }
    void add(const std::string& text) { put(fs.get("metrics.jsonl").value_or("") + text); }
};

using Point = std::pair<std::int64_t, double>;

TEST_F(MetricsTailing, OnlyWhatWasAppended) {
    add("{\"step\":1,\"loss\":0.5}\n{\"step\":2,\"loss\":0.25}\n");
    EXPECT_THAT(read(), ElementsAre(Point{1, 0.5}, Point{2, 0.25}));
    EXPECT_THAT(read(), IsEmpty());
    add("{\"step\":3,\"loss\":0.125}\n");
    EXPECT_THAT(read(), ElementsAre(Point{3, 0.125}));
    EXPECT_FALSE(news.anew);
}

TEST_F(MetricsTailing, HalfALineWaits) {
    add("{\"step\":1,\"loss\":0.5}\n{\"step\":2,\"lo");
    EXPECT_THAT(read(), ElementsAre(Point{1, 0.5}));
    add("ss\":1}");
    EXPECT_THAT(read(), IsEmpty());
    add("\n");
    EXPECT_THAT(read(), ElementsAre(Point{2, 1}));
}

TEST_F(MetricsTailing, LinesWithoutTheMetricAndLinesThatAreNone) {
    add("{\"step\":1,\"other\":0.5}\ngarbage\n\n{\"loss\":1}\n{\"step\":2,\"loss\":3}\n");
    EXPECT_THAT(read(), ElementsAre(Point{2, 3}));
    EXPECT_EQ(news.lines, 2);
    EXPECT_EQ(news.skipped, 2);
}

TEST_F(MetricsTailing, NoNumberIsRead) {
    add("{\"step\":1,\"loss\":NaN}\n");
    ASSERT_EQ(read().size(), 1u);
    EXPECT_TRUE(std::isnan(news.points[0].value));
}

TEST_F(MetricsTailing, ACutFileBeginsAnew) {
    add("{\"step\":1,\"loss\":0.5}\n{\"step\":2,\"loss\":0.25}\n");
    read();
    put("{\"step\":1,\"loss\":0.7}\n");
    EXPECT_THAT(read(), ElementsAre(Point{1, 0.7}));
    EXPECT_TRUE(news.anew);
    put("");
    EXPECT_THAT(read(), IsEmpty());
    EXPECT_TRUE(news.anew);
    EXPECT_THAT(read(), IsEmpty());
    EXPECT_FALSE(news.anew);
}

TEST_F(MetricsTailing, AnotherFileBeginsAnewAlsoWhereItIsLonger) {
    add("{\"step\":1,\"loss\":0.5}\n");
    read();
    put("{\"step\":1,\"loss\":0.7}\n{\"step\":2,\"loss\":0.6}\n");
    EXPECT_THAT(read(), ElementsAre(Point{1, 0.7}, Point{2, 0.6}));
    EXPECT_TRUE(news.anew);
}

TEST_F(MetricsTailing, ALongFileIsReadInPieces) {
    std::string text, note(1000, 'x');
    for (int step = 0; text.size() < 3 * metrics_chunk; ++step)
        text += "{\"step\":" + std::to_string(step) + ",\"loss\":1,\"note\":\"" + note + "\"}\n";
    put(text);
    auto points = read();
    EXPECT_EQ(static_cast<std::int64_t>(points.size()), news.lines);
    EXPECT_EQ(points.back().first, std::ssize(points) - 1);
    add("{\"step\":9999999,\"loss\":2}\n");
    EXPECT_THAT(read(), ElementsAre(Point{9999999, 2}));
    put("{\"step\":1,\"loss\":0.7}\n");
    EXPECT_THAT(read(), ElementsAre(Point{1, 0.7}));
}

TEST_F(MetricsTailing, WhatCannotBeReadNowIsReadLater) {
    EXPECT_FALSE(tail.read(fs, "metrics.jsonl", "loss"));
    add("{\"step\":1,\"loss\":0.5}\n");
    EXPECT_THAT(read(), ElementsAre(Point{1, 0.5}));
    EXPECT_FALSE(news.anew);
}

}  // namespace
}  // namespace tw::test
