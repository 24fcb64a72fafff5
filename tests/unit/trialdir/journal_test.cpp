// Owning, writing and taking over the journal.
#include "trialdir/journal.hpp"

#include <gmock/gmock.h>

#include <functional>

#include "trialdir/publish.hpp"
#include "unit/trialdir/segments.hpp"

namespace tw::test {
namespace {

using testing::ElementsAre;

struct JournalTest : testing::Test {
    VirtualFileSystem fs;
    JournalTest() { fs.make_directories(layout::journal); }

    Result<Journal> begin(VirtualFileSystem& disk, const std::string& host,
                          const Ledger& ledger = ledger_of({revision_event(), created("000001")})) {
        auto before = read_newest(disk);
        EXPECT_TRUE(before);
        return Journal::begin(disk, owner_called(host), ledger, *before);
    }
    static Ledger replay(const Segment& segment) { return tw::replay(segment).value(); }
    static void write(Journal& journal, const Event& event) {
        journal.add(event);
        EXPECT_TRUE(journal.commit());
    }
};

TEST_F(JournalTest, WhereNoWatcherEverWas) {
    EXPECT_FALSE(read_newest(fs)->has_value());
    VirtualFileSystem empty;
    EXPECT_FALSE(read_newest(empty)->has_value());
    EXPECT_TRUE(list_epochs(empty)->empty());
}

TEST_F(JournalTest, BeginsWithOwnerAndSnapshot) {
    auto journal = begin(fs, "n1");
    ASSERT_TRUE(journal) << journal.error().text();
    EXPECT_EQ(journal->owner().epoch, 1);
    auto segment = read_newest(fs);
    ASSERT_TRUE(segment && *segment);
    EXPECT_EQ((*segment)->owner.host, "n1");
    EXPECT_EQ((*segment)->owner.sealed, 0);
    EXPECT_EQ((*segment)->length, journal->length());
    EXPECT_EQ(text_of(replay(**segment)), text_of(ledger_of({revision_event(), created("000001")})));
    EXPECT_EQ(fs.dump().count(layout::journal + "/0000000001"), 1u);
    EXPECT_THAT(list_epochs(fs).value(), ElementsAre(1));
}

TEST_F(JournalTest, TheHeadIsSyncedBeforeItGetsItsName) {
    ASSERT_TRUE(begin(fs, "n1"));
    std::vector<std::string> order;
    for (auto& access : fs.accesses)
        if (access.op != "list" && access.op != "read") order.push_back(access.op);
    EXPECT_THAT(order,
                ElementsAre("remove", "create_appender", "append", "append_sync", "link", "remove", "sync"));
}

TEST_F(JournalTest, NothingIsWrittenBeforeCommit) {
    auto journal = begin(fs, "n1");
    auto before = fs.get(path_of(1));
    EXPECT_FALSE(journal->pending());
    journal->add(task_event(EventKind::submitted, "000001"));
    EXPECT_TRUE(journal->pending());
    EXPECT_EQ(fs.get(path_of(1)), before);
    fs.accesses.clear();
    ASSERT_TRUE(journal->commit());
    EXPECT_FALSE(journal->pending());
    EXPECT_EQ(fs.count("append"), 1);
    EXPECT_EQ(fs.count("append_sync"), 1);
    ASSERT_TRUE(journal->commit());  // nothing to do
    EXPECT_EQ(fs.count("append"), 1);
    EXPECT_EQ((*read_newest(fs))->length, journal->length());
}

TEST_F(JournalTest, WhatWasCommittedOutlastsEveryCrash) {
    auto prepare = [](auto& disk) { disk.make_directories(layout::journal); };
    int committed = 0;
    auto work = [&](auto& disk) {
        committed = -1;
        auto journal =
            Journal::begin(disk, owner_called("n1"), ledger_of({revision_event(), created("000001")}), {});
        ASSERT_TRUE(journal);
        committed = 0;
        for (auto kind : {EventKind::submitted, EventKind::started, EventKind::ok}) {
            journal->add(task_event(kind, "000001"));
            ASSERT_TRUE(journal->commit());
            ++committed;
        }
    };
    crash_everywhere(prepare, work, [&](auto& disk, bool) {
        auto segment = read_newest(disk);
        ASSERT_TRUE(segment) << segment.error().text();
        if (committed < 0 && !*segment) return;
        ASSERT_TRUE(*segment);
        EXPECT_GE(std::ssize((*segment)->events), 2 + committed);  // the snapshot, and what was committed
        EXPECT_TRUE(Journal::begin(disk, owner_called("n2"), ledger_of((*segment)->events), *segment));
    });
}

TEST_F(JournalTest, TakingOverSealsTheEpochBefore) {
    auto first = begin(fs, "n1");
    write(*first, task_event(EventKind::submitted, "000001"));
    auto before = read_newest(fs);
    Ledger ledger = replay(**before);
    auto second = Journal::begin(fs, owner_called("n2"), ledger, *before);
    ASSERT_TRUE(second);
    EXPECT_EQ(second->owner().epoch, 2);
    EXPECT_EQ(second->owner().sealed, first->length());
    // What the old owner appends now is void: the newest segment alone is read.
    write(*first, task_event(EventKind::ok, "000001"));
    EXPECT_TRUE(first->overtaken().value());
    EXPECT_FALSE(second->overtaken().value());
    auto newest = read_newest(fs);
    EXPECT_EQ((*newest)->owner.host, "n2");
    EXPECT_EQ(text_of(replay(**newest)), text_of(ledger));
}

TEST_F(JournalTest, OneOfTwoTakersWins) {
    auto first = begin(fs, "n1");
    auto before = read_newest(fs);
    Ledger ledger = replay(**before);
    auto second = Journal::begin(fs, owner_called("n2"), ledger, *before);
    auto third = Journal::begin(fs, owner_called("n3"), ledger, *before);
    ASSERT_TRUE(second);
    ASSERT_FALSE(third);
    EXPECT_EQ(third.error().code, Code::busy);
    EXPECT_EQ((*read_newest(fs))->owner.host, "n2");
    EXPECT_EQ(fs.dump().size(), 4u);  // two directories, two segments, nothing left of the loser
}

TEST_F(JournalTest, ALinkThatHappenedButWasReportedAsFailedIsOurs) {
    fs.inject({.op = "link", .code = Code::exists, .happens = true});
    auto journal = begin(fs, "n1");
    ASSERT_TRUE(journal);
    write(*journal, task_event(EventKind::submitted, "000001"));
    EXPECT_EQ((*read_newest(fs))->events.size(), 3u);
}

TEST_F(JournalTest, ABeginningThatFailedCanBeTriedAgain) {
    for (std::string op : {"create_appender", "append", "append_sync", "link", "sync"}) {
        VirtualFileSystem disk;
        disk.make_directories(layout::journal);
        disk.inject({.op = op});
        EXPECT_FALSE(begin(disk, "n1")) << op;
        auto journal = begin(disk, "n1");
        ASSERT_TRUE(journal) << op << ": " << journal.error().text();
        EXPECT_EQ(journal->owner().epoch, 1) << op;
        EXPECT_EQ(disk.dump().size(), 3u) << op;
    }
}

TEST_F(JournalTest, OlderSegmentsGoButTheOneBefore) {
    for (auto host : {"n1", "n2", "n3", "n4"}) ASSERT_TRUE(begin(fs, host));
    EXPECT_THAT(list_epochs(fs).value(), ElementsAre(3, 4));
    EXPECT_EQ((*read_newest(fs))->owner.host, "n4");
}

// After a failed write or sync neither the page cache nor the tail of the file can be trusted.
TEST_F(JournalTest, AfterAFailedCommitTheFileIsNotUsedAgain) {
    for (std::string op : {"append", "append_sync"}) {
        VirtualFileSystem disk;
        disk.make_directories(layout::journal);
        auto journal = begin(disk, "n1");
        write(*journal, task_event(EventKind::submitted, "000001"));
        std::int64_t good = journal->length();
        disk.inject({.op = op, .code = Code::no_space, .torn = 10});
        journal->add(task_event(EventKind::started, "000001"));
        EXPECT_EQ(journal->commit().error().code, Code::no_space);
        std::string bytes = *disk.get(path_of(1));
        EXPECT_FALSE(journal->commit());
        EXPECT_EQ(disk.get(path_of(1)), bytes);
        EXPECT_EQ(journal->length(), good);
    }
}

TEST_F(JournalTest, TheNextEpochOfTheSameOwnerBringsWhatWasNotWritten) {
    Ledger ledger = ledger_of({revision_event(), created("000001")});
    auto journal = begin(fs, "n1", ledger);
    ASSERT_TRUE(ledger.apply(task_event(EventKind::submitted, "000001")));
    journal->add(task_event(EventKind::submitted, "000001"));
    fs.inject({.op = "append", .torn = 5});
    ASSERT_FALSE(journal->commit());
    Segment before;
    before.owner = journal->owner();
    before.length = journal->length();
    auto next = Journal::begin(fs, owner_called("n1"), ledger, before);
    ASSERT_TRUE(next);
    EXPECT_EQ(next->owner().sealed, before.length);
    EXPECT_EQ(text_of(replay(**read_newest(fs))), text_of(ledger));
}

TEST_F(JournalTest, ATornTailIsNeverAppendedTo) {
    auto journal = begin(fs, "n1");
    write(*journal, task_event(EventKind::submitted, "000001"));
    fs.put(path_of(1), *fs.get(path_of(1)) + "torn");
    auto before = read_newest(fs);
    EXPECT_TRUE((*before)->torn);
    auto next = Journal::begin(fs, owner_called("n2"), replay(**before), *before);
    ASSERT_TRUE(next);
    EXPECT_EQ(next->owner().sealed, journal->length());
    EXPECT_FALSE((*read_newest(fs))->torn);
}

// A reader owns nothing: the segment it chose may be gone when it opens it.
TEST_F(JournalTest, AReaderFollowsASegmentThatIsReplaced) {
    ASSERT_TRUE(begin(fs, "n1"));
    VirtualFileSystem reader(fs.disk());
    int reads = 0;
    reader.on_access([&](const support::Access& access) -> Status {
        if (access.op != "read" || ++reads > 3) return {};
        EXPECT_TRUE(begin(fs, "n" + std::to_string(reads + 1)));
        (void)fs.remove(access.path);
        return {};
    });
    auto newest = read_newest(reader);
    ASSERT_TRUE(newest && *newest) << newest.error().text();
    EXPECT_EQ((*newest)->owner.host, "n4");
}

TEST_F(JournalTest, AReaderThatCannotReadSaysSo) {
    ASSERT_TRUE(begin(fs, "n1"));
    fs.inject({.op = "read", .code = Code::permission});
    EXPECT_EQ(read_newest(fs).error().code, Code::permission);
    fs.clear_faults();
    fs.inject({.op = "list"});
    EXPECT_FALSE(read_newest(fs));
    fs.clear_faults();
    fs.inject({.op = "read", .code = Code::stale, .times = 2});
    EXPECT_TRUE(read_newest(fs));
}

TEST_F(JournalTest, StrangeNamesAreNoEpochs) {
    for (auto name : {"1", "00000000001", "000000000x", ".2.n1-5.tmp", "0000000009~"})
        fs.put(layout::journal + "/" + name, "x");
    EXPECT_TRUE(list_epochs(fs)->empty());
}

TEST_F(JournalTest, OvertakenIsNotGuessed) {
    auto journal = begin(fs, "n1");
    EXPECT_FALSE(journal->overtaken().value());
    fs.inject({.op = "list"});
    EXPECT_FALSE(journal->overtaken());
    fs.clear_faults();
    ASSERT_TRUE(remove_tree(fs, layout::journal));
    EXPECT_TRUE(journal->overtaken().value());
}

TEST_F(JournalTest, AsksForANewSegmentWhenItHasGrown) {
    auto journal = begin(fs, "n1");
    Event event = task_event(EventKind::failed, "000001");
    event.text.assign(1 << 20, 'x');
    for (int i = 0; i < 8; ++i) {
        EXPECT_FALSE(journal->grown());
        write(*journal, event);
    }
    EXPECT_TRUE(journal->grown());
}

// Somebody takes over; between its reading and its link the owner goes on, and acts.
struct TakingOver : JournalTest {
    std::optional<Journal> owner;
    std::function<void()> meanwhile = [this] { write(*owner, created("000002")); };

    TakingOver() { owner.emplace(*begin(fs, "n1")); }
    std::optional<Segment> read_then_go_on() {
        auto read = read_last_word(fs);
        EXPECT_TRUE(read && *read);
        meanwhile();
        return *read;
    }
    std::optional<Segment> last_word() { return *read_last_word(fs); }
};

TEST_F(TakingOver, BringsWhatTheOwnerAddedMeanwhile) {
    auto taken = take_over(fs, owner_called("n2"), read_then_go_on());
    ASSERT_TRUE(taken) << taken.error().text();
    EXPECT_NE(taken->ledger.find("000002"), nullptr);
    EXPECT_EQ(taken->journal.owner().epoch, 3);
    EXPECT_TRUE(*owner->overtaken());
    EXPECT_NE(replay(*last_word()).find("000002"), nullptr);
}

TEST_F(TakingOver, BringsWhatTheOwnerAddedInTheLastInstant) {
    bool linked = false;
    VirtualFileSystem theirs(fs.disk());
    theirs.on_access([&](const support::Access& access) {
        if (access.op == "link" && !std::exchange(linked, true)) meanwhile();
        return Status();
    });
    auto taken = take_over(theirs, owner_called("n2"), *read_last_word(theirs));
    ASSERT_TRUE(taken);
    EXPECT_NE(taken->ledger.find("000002"), nullptr);
}

TEST_F(TakingOver, WhoDiesBeforeItsSecondLookLosesNothing) {
    ASSERT_TRUE(Journal::begin(fs, owner_called("n2"), ledger_of({revision_event()}), read_then_go_on()));
    auto segment = last_word();
    EXPECT_TRUE(segment->outgrown);
    EXPECT_EQ(segment->owner.host, "n2");  // whose death is to be judged
    auto taken = take_over(fs, owner_called("n3"), segment);
    ASSERT_TRUE(taken);
    EXPECT_NE(taken->ledger.find("000002"), nullptr);
    EXPECT_FALSE(last_word()->outgrown);
}

TEST_F(TakingOver, WhoIsOvertakenBeforeItsSecondLookLeaves) {
    bool linked = false, looked = false;
    VirtualFileSystem theirs(fs.disk());
    theirs.on_access([&](const support::Access& access) {
        linked = linked || access.op == "link";
        if (linked && access.op == "list" && !std::exchange(looked, true)) {
            meanwhile();
            EXPECT_TRUE(take_over(fs, owner_called("n3"), last_word()));
        }
        return Status();
    });
    auto taken = take_over(theirs, owner_called("n2"), *read_last_word(theirs));
    ASSERT_FALSE(taken);
    EXPECT_EQ(taken.error().code, Code::busy);
    EXPECT_EQ(last_word()->owner.host, "n3");
    EXPECT_NE(replay(*last_word()).find("000002"), nullptr);
}

TEST_F(TakingOver, WhatIsAddedAfterItsSecondLookIsVoid) {
    write(*owner, created("000001"));
    auto taken = take_over(fs, owner_called("n2"), last_word());
    ASSERT_TRUE(taken);
    meanwhile();
    auto segment = last_word();
    EXPECT_FALSE(segment->outgrown);
    EXPECT_EQ(replay(*segment).find("000002"), nullptr);
    EXPECT_EQ(text_of(replay(*segment)), text_of(taken->ledger));
}

TEST_F(TakingOver, WhatIsAddedAfterItsFirstRecordIsVoid) {
    auto taken = take_over(fs, owner_called("n2"), last_word());
    ASSERT_TRUE(taken);
    write(taken->journal, created("000003"));
    meanwhile();
    auto segment = last_word();
    EXPECT_FALSE(segment->outgrown);
    EXPECT_EQ(replay(*segment).find("000002"), nullptr);
    EXPECT_NE(replay(*segment).find("000003"), nullptr);
}

// After an error the next epoch of the same owner brings more than what stands in the one before.
TEST_F(TakingOver, AnEpochOfTheSameOwnerCounts) {
    auto before = last_word();
    meanwhile();
    Ledger more = ledger_of({revision_event(), created("000002"), created("000003")});
    ASSERT_TRUE(Journal::begin(fs, owner_called("n1"), more, before));
    EXPECT_FALSE(last_word()->outgrown);
    EXPECT_NE(replay(*last_word()).find("000003"), nullptr);
}

}  // namespace
}  // namespace tw::test
