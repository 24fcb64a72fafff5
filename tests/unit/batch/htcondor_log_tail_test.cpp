#include <gmock/gmock.h>

#include "batch/htcondor/log_tail.hpp"
#include "support/virtual_filesystem.hpp"

namespace tw {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct HtcondorLogTail : testing::Test {
    support::VirtualFileSystem fs;
    const std::string path = ".trialwatch/htcondor/events.log";
    std::string text;

    HtcondorLogTail() { fs.make_directories(".trialwatch/htcondor"); }

    static std::string event(int proc, int padding = 0) {
        return "000 (001." + std::to_string(proc) + ".000) 2026-11-25 16:05:05 Job submitted from host: <x>" +
               std::string(static_cast<std::size_t>(padding), ' ') + "\n    trialwatch t.1\n...\n";
    }
    // HTCondor appends to one file: the name stays that of the same inode.
    void append(const std::string& bytes) {
        if (!fs.exists(path)) fs.put(path, "");
        fs.disk()->find(path).value()->content += bytes;
    }
    std::vector<std::int64_t> procs(LogTail& tail) {
        std::vector<std::int64_t> found;
        auto news = tail.read();
        EXPECT_TRUE(news) << news.error().text();
        for (auto& entry : news->events) found.push_back(entry.event.job.proc);
        return found;
    }
};

TEST_F(HtcondorLogTail, tells_each_event_once_and_never_half_of_one) {
    LogTail tail(fs, path);
    append(event(1) + event(2));
    EXPECT_THAT(procs(tail), ElementsAre(1, 2));
    EXPECT_THAT(procs(tail), IsEmpty());
    std::string third = event(3);
    append(third.substr(0, 40));
    EXPECT_THAT(procs(tail), IsEmpty());
    append(third.substr(40) + event(4));
    EXPECT_THAT(procs(tail), ElementsAre(3, 4));
}

TEST_F(HtcondorLogTail, says_when_there_is_no_log) {
    LogTail tail(fs, path);
    EXPECT_EQ(tail.read().error().code, Code::not_found);
}

TEST_F(HtcondorLogTail, goes_on_from_the_mark_after_a_restart) {
    append(event(1, 300000) + event(2));
    {
        LogTail tail(fs, path);
        auto news = tail.read();
        ASSERT_TRUE(news);
        tail.keep_from(static_cast<std::int64_t>(news->events.at(1).at));
    }
    LogTail tail(fs, path);
    EXPECT_THAT(procs(tail), ElementsAre(2));
    append(event(3));
    EXPECT_THAT(procs(tail), ElementsAre(3));
}

TEST_F(HtcondorLogTail, reads_again_where_the_mark_is_lost_torn_or_of_another_file) {
    append(event(1, 300000) + event(2));
    for (const char* mark : {"", "7", "x y", "999999 300100\n"}) {
        fs.put(path + ".mark", mark);
        LogTail tail(fs, path);
        EXPECT_THAT(procs(tail), ElementsAre(1, 2)) << mark;
    }
}

TEST_F(HtcondorLogTail, starts_anew_with_a_new_file_and_says_so) {
    LogTail tail(fs, path);
    append(event(1));
    EXPECT_THAT(procs(tail), ElementsAre(1));
    ASSERT_TRUE(fs.remove(path));
    append(event(2));
    auto news = tail.read();
    ASSERT_TRUE(news);
    EXPECT_TRUE(news->anew);
    EXPECT_EQ(news->events.size(), 1u);
    EXPECT_EQ(news->events[0].event.job.proc, 2);
    EXPECT_FALSE(tail.read()->anew);
}

TEST_F(HtcondorLogTail, starts_anew_where_the_file_was_emptied) {
    LogTail tail(fs, path);
    append(event(1) + event(2));
    EXPECT_THAT(procs(tail), ElementsAre(1, 2));
    fs.disk()->find(path).value()->content = event(3);
    EXPECT_THAT(procs(tail), ElementsAre(3));
}

TEST_F(HtcondorLogTail, loses_nothing_to_an_error_that_passes) {
    LogTail tail(fs, path);
    std::string much;
    for (int proc = 0; proc < 30; ++proc) much += event(proc, 200000);  // more than is read at once
    append(much);
    fs.inject({"read", path, Code::io, 4, 1});  // after the first look, the mark, and the first part
    EXPECT_FALSE(tail.read());
    EXPECT_EQ(procs(tail).size(), 30u);
}

}  // namespace
}  // namespace tw
