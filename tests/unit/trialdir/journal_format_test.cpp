// The bytes of a segment.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "base/text.hpp"
#include "unit/trialdir/segments.hpp"

namespace tw::test {
namespace {

const std::string magic = "trialwatch journal 1\n";

// A tiny segment: the owner and one event.
std::string tiny() {
    Owner owner = owner_called("n1");
    owner.epoch = 1;
    Event event{EventKind::kill, at(0), "000042"};
    event.text = "anna";
    return magic + frame(write_owner(owner)) + frame(write_event(event));
}

// As hexdump -C shows it.
std::string hex_dump(const std::string& bytes) {
    std::string text;
    for (std::size_t at = 0; at < bytes.size(); at += 16) {
        std::string row = bytes.substr(at, 16), left, right;
        for (std::size_t i = 0; i < row.size(); ++i)
            left += fmt::format("{:02x} {}", static_cast<unsigned char>(row[i]), i == 7 ? " " : "");
        for (char c : row) right += c >= ' ' && c <= '~' ? c : '.';
        text += fmt::format("{:08x}  {:<49} |{}|\n", at, left, right);
    }
    return text;
}

TEST(Frame, IsLengthChecksumPayload) {
    EXPECT_EQ(frame("abc"), std::string("\x03\x00\x00\x00\xb7\x3f\x4b\x36"
                                        "abc",
                                        11));
    std::string large(0x01020304, 'x');
    EXPECT_EQ(frame(large).substr(0, 4), "\x04\x03\x02\x01");
}

TEST(Segment, ChapterSevenShowsTheTinyOne) {
    std::ifstream in(std::string(SOURCE_DIR) + "/protocol/07-journal-takeover.md");
    std::stringstream chapter;
    chapter << in.rdbuf();
    EXPECT_NE(chapter.str().find("```\n" + hex_dump(tiny()) + "```"), std::string::npos)
        << "the worked example should be:\n"
        << hex_dump(tiny());
}

TEST(Segment, IsReadBack) {
    auto segment = read_segment(tiny(), "j");
    ASSERT_TRUE(segment) << segment.error().text();
    EXPECT_EQ(segment->owner.host, "n1");
    EXPECT_EQ(segment->owner.pid, 100);
    EXPECT_EQ(segment->owner.since, at(0));
    ASSERT_EQ(segment->events.size(), 1u);
    EXPECT_EQ(segment->events[0].kind, EventKind::kill);
    EXPECT_EQ(segment->length, std::ssize(tiny()));
    EXPECT_FALSE(segment->torn);
}

// A writer that died, or a disk that did, leaves a beginning of what was to be appended.
TEST(Segment, TornAtEveryByteItKeepsTheWholeFrames) {
    std::string whole = tiny(), more = frame(write_event(task_event(EventKind::started, "000042")));
    for (std::size_t cut = 0; cut < more.size(); ++cut) {
        auto segment = read_segment(whole + more.substr(0, cut), "j");
        ASSERT_TRUE(segment) << cut;
        EXPECT_EQ(segment->events.size(), 1u);
        EXPECT_EQ(segment->length, std::ssize(whole));
        EXPECT_EQ(segment->torn, cut > 0);
    }
    EXPECT_EQ(read_segment(whole + more, "j")->events.size(), 2u);
}

TEST(Segment, AFileThatGrewWithoutItsBytesIsTorn) {
    for (std::size_t zeros : {1u, 7u, 8u, 9u, 16u, 4096u}) {
        auto segment = read_segment(tiny() + std::string(zeros, '\0'), "j");
        ASSERT_TRUE(segment) << zeros;
        EXPECT_EQ(segment->events.size(), 1u);
        EXPECT_TRUE(segment->torn);
    }
}

TEST(Segment, ALengthBeyondTheEndIsTorn) {
    for (std::string head : {"\xff\xff\xff\xff", "\xff\xff\xff\x7f"}) {
        auto segment = read_segment(tiny() + head + "abcdefgh", "j");
        ASSERT_TRUE(segment);
        EXPECT_TRUE(segment->torn);
    }
}

TEST(Segment, NoFlippedBitIsEverRead) {
    std::string whole = tiny() + frame(write_event(task_event(EventKind::started, "000042")));
    std::size_t first = magic.size();
    for (std::size_t at = first; at < whole.size(); ++at) {
        for (int bit = 0; bit < 8; ++bit) {
            std::string flipped = whole;
            flipped[at] = static_cast<char>(flipped[at] ^ (1 << bit));
            auto segment = read_segment(flipped, "j");
            if (segment) {
                EXPECT_LT(segment->events.size(), 2u) << at;
                EXPECT_TRUE(segment->torn) << at;
            } else {
                EXPECT_EQ(segment.error().code, Code::invalid) << at;
            }
        }
    }
}

TEST(Segment, WithoutMagicOrOwnerIsNone) {
    for (std::string bytes : {std::string(), std::string("hello\n"), magic.substr(0, 10), magic,
                              magic + frame(""), magic + frame("{}"), magic + frame("no json")}) {
        auto segment = read_segment(bytes, "j");
        ASSERT_FALSE(segment) << bytes;
        EXPECT_EQ(segment.error().code, Code::invalid);
        EXPECT_EQ(segment.error().file, "j");
    }
}

TEST(Segment, OfANewerReleaseIsRefusedAsSuch) {
    auto newer = read_segment("trialwatch journal 2\nwhatever", "j");
    ASSERT_FALSE(newer);
    EXPECT_EQ(newer.error().code, Code::newer_version);
    EXPECT_EQ(exit_status(newer.error()), 2);
    auto owner = read_segment(magic + frame(R"({"format":2,"host":"n1"})"), "j");
    ASSERT_FALSE(owner);
    EXPECT_EQ(owner.error().code, Code::newer_version);
}

TEST(Segment, AnUnknownEventInAWholeFrameIsAnError) {
    auto segment = read_segment(tiny() + frame(R"({"event":"dance","at":1})"), "j");
    ASSERT_FALSE(segment);
    EXPECT_EQ(segment.error().code, Code::invalid);
    EXPECT_EQ(segment.error().file, "j");
}

TEST(Segment, HoldsALargeEvent) {
    Event event{EventKind::frozen, at(0), "000042", "flow"};
    event.list.assign(20'000, std::string(50, 'x'));
    std::string bytes = tiny() + frame(write_event(event));
    auto segment = read_segment(bytes, "j");
    ASSERT_TRUE(segment);
    ASSERT_EQ(segment->events.size(), 2u);
    EXPECT_EQ(segment->events[1].list.size(), 20'000u);
}

}  // namespace
}  // namespace tw::test
