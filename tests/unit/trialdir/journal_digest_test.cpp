// What of the journal is known without replaying the trials that have ended.
#include "trialdir/journal_digest.hpp"

#include <gmock/gmock.h>

#include <map>

#include "lifecycle/step.hpp"
#include "unit/trialdir/segments.hpp"

namespace tw::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

Event proposed(const TrialId& id, std::int64_t k) {
    Event event = created(id);
    event.state->run = "r";
    event.state->k = k;
    return event;
}

Event concluded(const TrialId& id, std::int64_t seq, EndState state = EndState::failed) {
    Event event{EventKind::concluded, at(3), id};
    event.outcome = Outcome{};
    event.outcome->seq = seq;
    event.outcome->state = state;
    return event;
}

Event about(EventKind kind, const TrialId& id) {
    return Event{kind, at(4), id};
}

std::string segment_of(const std::vector<Event>& events) {
    Owner owner = owner_called("n1");
    owner.epoch = 1;
    std::string bytes = "trialwatch journal 1\n" + frame(write_owner(owner));
    for (auto& event : events) bytes += frame(write_event(event));
    return bytes;
}

JournalDigest digest(const std::vector<Event>& events) {
    auto read = digest_segment(segment_of(events), "journal");
    return std::move(read.value());
}

// The seq of their outcomes.
std::map<TrialId, std::int64_t> ended(const JournalDigest& digest) {
    std::map<TrialId, std::int64_t> found;
    for (auto& [id, trial] : digest.trials)
        if (trial.ended) found[id] = *trial.ended;
    return found;
}

// Run and number.
std::map<TrialId, std::string> proposals(const JournalDigest& digest) {
    std::map<TrialId, std::string> found;
    for (auto& [id, trial] : digest.trials)
        if (!trial.run.empty()) found[id] = trial.run + std::to_string(trial.k);
    return found;
}

std::vector<Event> some() {
    return {revision_event(), proposed("000001", 0),  proposed("000002", 1),
            created("mine"),  concluded("000001", 1), about(EventKind::settled, "000001")};
}

TEST(JournalDigest, WhoHasEndedAndWhoHasNot) {
    auto found = digest(some());
    EXPECT_THAT(ended(found), ElementsAre(Pair("000001", 1)));
    EXPECT_THAT(proposals(found), ElementsAre(Pair("000001", "r0"), Pair("000002", "r1")));
    EXPECT_FALSE(found.others.find("000001"));
    EXPECT_TRUE(found.others.find("000002"));
    EXPECT_TRUE(found.others.find("mine"));
}

TEST(JournalDigest, OfASnapshotTheSame) {
    auto events = ledger_of(some()).snapshot();
    auto found = digest(events);
    EXPECT_THAT(ended(found), ElementsAre(Pair("000001", 1)));
    EXPECT_EQ(proposals(found).size(), 2u);
    EXPECT_EQ(found.others.trials().size(), 2u);
}

TEST(JournalDigest, ATrialThatIsTriedAgainHasNotEnded) {
    auto events = some();
    events.push_back(about(EventKind::retry, "000001"));
    auto found = digest(events);
    EXPECT_TRUE(ended(found).empty());
    ASSERT_TRUE(found.others.find("000001"));
    EXPECT_FALSE(is_ended(found.others.find("000001")->state));
    events.push_back(concluded("000001", 2));
    EXPECT_THAT(ended(digest(events)), ElementsAre(Pair("000001", 2)));
}

TEST(JournalDigest, ATrialThatWasMadeAnewHasItsNewProposal) {
    auto events = some();
    events.push_back(proposed("000001", 7));
    auto found = digest(events);
    EXPECT_TRUE(ended(found).empty());
    EXPECT_EQ(proposals(found).at("000001"), "r7");
    events.back() = created("000001");
    EXPECT_FALSE(proposals(digest(events)).contains("000001"));
}

TEST(JournalDigest, WhatIsClosingIsReplayed) {
    auto events = some();
    events.push_back(about(EventKind::kill, "000002"));
    EXPECT_EQ(digest(events).others.find("000002")->state, ledger_of(events).find("000002")->state);
}

TEST(JournalDigest, ATornTailIsNotRead) {
    auto bytes = segment_of(some());
    auto found = digest_segment(bytes.substr(0, bytes.size() - 3), "journal");
    ASSERT_TRUE(found);
    EXPECT_THAT(ended(*found), ElementsAre(Pair("000001", 1)));
}

TEST(JournalDigest, WhatIsNoRecordIsRefused) {
    for (std::string record :
         {R"({"event":"unheard","trial":"000001"})", R"({"trial":"000001"})", "[]", "{", "7"}) {
        auto found = digest_segment(segment_of(some()) + frame(record), "the-file");
        ASSERT_FALSE(found) << record;
        EXPECT_THAT(found.error().text(), HasSubstr("the-file"));
    }
    EXPECT_FALSE(digest_segment("trialwatch journal 2\n", "journal"));
}

TEST(JournalDigest, OfTheNewestSegment) {
    VirtualFileSystem fs;
    fs.make_directories(layout::journal);
    EXPECT_FALSE(read_digest(fs)->has_value());
    fs.put(path_of(1), segment_of(some()));
    fs.put(path_of(2), segment_of({revision_event()}));
    EXPECT_TRUE((*read_digest(fs))->trials.empty());
}

}  // namespace
}  // namespace tw::test
