// The file of the optimizer's record: what is damaged, torn, foreign or too new is left out.
#include "trialdir/record_file.hpp"

#include <gmock/gmock.h>

#include "trialdir/frames.hpp"
#include "trialdir/layout.hpp"
#include "unit/trialdir/crash.hpp"

namespace tw::test {
namespace {

using testing::UnorderedElementsAre;

const std::string experiment = "0123456789abcdef";

std::string entry(const TrialId& id, std::int64_t seq = 1) {
    RecordedTrial trial;
    trial.id = id;
    trial.outcome.seq = seq;
    return frame(write_recorded(trial));
}

std::string path_of(std::int64_t epoch) {
    return layout::optimizer + "/record." + layout::epoch(epoch);
}

struct RecordFileTest : testing::Test {
    VirtualFileSystem fs;
    RecordFileTest() { fs.make_directories(layout::optimizer); }

    // Of those that are asked for.
    static std::vector<TrialId> ids(VirtualFileSystem& disk, const std::string& whose = experiment) {
        const RecordRead read(disk, whose);
        std::vector<TrialId> found;
        for (const char* id : {"000001", "000002", "000003"})
            if (read.find(id)) found.push_back(id);
        EXPECT_EQ(read.size(), found.size());
        return found;
    }
    RecordFile begin(std::int64_t epoch, const std::string& frames) {
        return std::move(RecordFile::begin(fs, experiment, epoch, "nonce", frames).value());
    }
};

TEST_F(RecordFileTest, WhatIsWrittenIsRead) {
    EXPECT_TRUE(ids(fs).empty());
    auto file = begin(3, entry("000001") + entry("000002"));
    ASSERT_TRUE(file.append(entry("000003") + entry("000001", 9)));
    EXPECT_THAT(ids(fs), UnorderedElementsAre("000001", "000002", "000003"));
    const RecordRead read(fs, experiment);
    EXPECT_EQ(read.find("000001")->outcome.seq, 9);
}

TEST_F(RecordFileTest, TheEntryOfTheHighestEpochCounts) {
    begin(9, entry("000001") + entry("000003"));
    begin(10, entry("000001", 5) + entry("000002"));
    EXPECT_THAT(ids(fs), UnorderedElementsAre("000001", "000002", "000003"));
    EXPECT_EQ(RecordRead(fs, experiment).find("000001")->outcome.seq, 5);
    EXPECT_FALSE(RecordFile::begin(fs, experiment, 10, "other", ""));  // somebody has that epoch
    EXPECT_EQ(RecordRead(fs, experiment).find("000001")->outcome.seq, 5);
}

TEST_F(RecordFileTest, SmallOnesOfBeforeAreTakenUp) {
    begin(1, entry("000001") + entry("000002"));
    const RecordRead read(fs, experiment);
    const auto absorbed = read.absorb({"000002"}, 10);
    EXPECT_EQ(absorbed.frames, entry("000002"));
    ASSERT_TRUE(RecordFile::begin(fs, experiment, 2, "n", entry("000003"), absorbed));
    EXPECT_FALSE(fs.exists(path_of(1)));
    EXPECT_THAT(ids(fs), UnorderedElementsAre("000002", "000003"));
}

// Begun two thousand times, with an entry each: the files stay few, and what is written in all grows like
// n log n.
TEST_F(RecordFileTest, ALargeOneIsLeftWhereItIs) {
    const std::string large(100 << 10, 'x');
    RecordedTrial trial;
    trial.id = "000001";
    trial.outcome.reason = large;
    begin(1, frame(write_recorded(trial)));
    std::size_t written = 0;
    std::int64_t epoch = 1;
    std::vector<TrialId> kept{"000001"};
    constexpr int restarts = 2000;
    for (int i = 0; i < restarts; ++i) {
        const RecordRead read(fs, experiment);
        const TrialId id = std::to_string(1000000 + i);
        const std::string added = entry(id);
        const auto absorbed = read.absorb(kept, added.size());
        written += absorbed.frames.size() + added.size();
        ASSERT_TRUE(RecordFile::begin(fs, experiment, ++epoch, "n", added, absorbed));
        kept.push_back(id);
    }
    const RecordRead read(fs, experiment);
    EXPECT_EQ(read.size(), kept.size());
    EXPECT_LE(read.absorb(kept, large.size() * 100).names.size(), 8u);
    EXPECT_LT(written / restarts, std::size_t(64 << 10));
}

TEST_F(RecordFileTest, AForeignOneIsCleanedUp) {
    begin(1, entry("000001"));
    const RecordRead read(fs, "another experiment");
    EXPECT_EQ(read.absorb({}, 0).names, std::vector<std::string>{"record.0000000001"});
    EXPECT_EQ(read.absorb({}, 0).frames, "");
}

TEST_F(RecordFileTest, ATornOrDamagedEntryEndsIt) {
    const std::string first = entry("000001"), second = entry("000002"), third = entry("000003");
    begin(1, first + second + third);
    const std::string whole = *fs.get(path_of(1));
    const std::size_t head = whole.size() - first.size() - second.size() - third.size();
    for (std::size_t size = 0; size < whole.size(); ++size) {
        fs.put(path_of(1), whole.substr(0, size));
        std::size_t ends[] = {head + first.size(), head + first.size() + second.size()};
        EXPECT_EQ(ids(fs).size(), (size >= ends[0]) + (size >= ends[1])) << size;
    }
    for (std::size_t i = head + first.size(); i < head + first.size() + second.size(); ++i) {
        std::string turned = whole;
        turned[i] = static_cast<char>(turned[i] ^ 4);
        fs.put(path_of(1), turned);
        EXPECT_THAT(ids(fs), UnorderedElementsAre("000001")) << i;
    }
}

TEST_F(RecordFileTest, AForeignOrNewerOneIsNotRead) {
    begin(1, entry("000001"));
    EXPECT_TRUE(ids(fs, "another experiment").empty());
    std::string newer = *fs.get(path_of(1));
    newer.replace(newer.find(" 1\n"), 3, " 2\n");
    fs.put(path_of(1), newer);
    EXPECT_TRUE(ids(fs).empty());
    fs.put(path_of(1), "");
    EXPECT_TRUE(ids(fs).empty());
}

TEST_F(RecordFileTest, DyingAnywhereLeavesEntriesThatWereWritten) {
    const std::string old = entry("000001"), fresh = entry("000001", 2) + entry("000002");
    crash_everywhere(
        [&](VirtualFileSystem& disk) {
            disk.make_directories(layout::optimizer);
            ASSERT_TRUE(RecordFile::begin(disk, experiment, 1, "nonce", old));
        },
        [&](VirtualFileSystem& disk) {
            auto file = RecordFile::begin(disk, experiment, 2, "nonce", fresh);
            ASSERT_TRUE(file);
            (void)file->append(entry("000003"));
        },
        [&](VirtualFileSystem& disk, bool) {
            const RecordRead read(disk, experiment);
            for (const TrialId& id : ids(disk)) {
                const std::string found = frame(write_recorded(*read.find(id)));
                bool written = found == old || found == entry("000001", 2) || found == entry("000002") ||
                               found == entry("000003");
                EXPECT_TRUE(written) << id;
            }
        });
}

}  // namespace
}  // namespace tw::test
