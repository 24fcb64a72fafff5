#include "lifecycle/ledger.hpp"

#include <gtest/gtest.h>

#include "unit/lifecycle/history.hpp"

namespace tw::test {
namespace {

Event about(EventKind kind, double time, const TrialId& id = {}) {
    return {kind, at(time), id};
}

Event revision_event(std::int64_t number, const std::string& text = pipeline(),
                     std::vector<std::string> scripts = {"train.sh=abc"}) {
    Event event = about(EventKind::revision, 0);
    event.number = number;
    event.text = text;
    event.list = std::move(scripts);
    return event;
}

Event created(const TrialId& id, double time = 1, std::int64_t revision = 1, const std::string& run = "r",
              std::int64_t k = 0) {
    Event event = about(EventKind::created, time, id);
    event.state = Trial{};
    event.state->revision = revision;
    event.state->run = run;
    event.state->k = k;
    return event;
}

Event task_event(EventKind kind, double time, const TrialId& id, std::int64_t attempt = 1) {
    Event event = about(kind, time, id);
    event.stage = "train";
    event.attempt = attempt;
    return event;
}

Event concluded(const TrialId& id, std::int64_t seq, EndState state = EndState::failed) {
    Event event = about(EventKind::concluded, 50, id);
    event.outcome = Outcome{seq, state};
    return event;
}

struct LedgerTest : testing::Test {
    Ledger ledger;

    bool apply(const Event& event) {
        auto changed = ledger.apply(read_event(write_event(event)).value());
        EXPECT_TRUE(changed) << (changed ? "" : changed.error().text());
        return changed.value_or(false);
    }
    std::string refused(const Event& event) {
        auto changed = ledger.apply(event);
        return changed ? "" : changed.error().what;
    }
    static std::string text_of(const Ledger& ledger) {
        std::string text;
        for (auto& event : ledger.snapshot()) text += write_event(event) + "\n";
        return text + std::to_string(ledger.next_seq()) + (ledger.released() ? " released" : "");
    }
    Ledger replayed() const {
        Ledger other;
        for (auto& event : ledger.snapshot())
            EXPECT_TRUE(other.apply(read_event(write_event(event)).value()).value_or(false));
        return other;
    }
};

TEST_F(LedgerTest, BeginsEmpty) {
    EXPECT_TRUE(ledger.snapshot().empty());
    EXPECT_EQ(ledger.next_seq(), 1);
    EXPECT_EQ(ledger.latest(), nullptr);
    EXPECT_EQ(ledger.find("000001"), nullptr);
    EXPECT_EQ(ledger.proposed_as("r", 0), nullptr);
    EXPECT_FALSE(ledger.pause());
    EXPECT_FALSE(ledger.released());
}

TEST_F(LedgerTest, RevisionsAreKeptAndNeverChange) {
    EXPECT_TRUE(apply(revision_event(1)));
    EXPECT_FALSE(apply(revision_event(1)));
    EXPECT_NE(refused(revision_event(1, pipeline(), {"train.sh=other"})), "");
    EXPECT_NE(refused(revision_event(2, "{}}")), "");
    EXPECT_TRUE(apply(revision_event(2, pipeline(R"("retries": 7)"))));
    EXPECT_EQ(ledger.latest()->number, 2);
    EXPECT_EQ(ledger.latest()->experiment.stages[0].retries, 7);
    apply(created("000001"));
    EXPECT_EQ(ledger.revision_of(*ledger.find("000001"))->number, 1);
}

TEST_F(LedgerTest, RefusesWhatItCannotKnow) {
    apply(revision_event(1));
    EXPECT_NE(refused(created("000001", 1, 9)), "");
    EXPECT_NE(refused(created("", 1)), "");
    EXPECT_NE(refused(about(EventKind::created, 1, "000001")), "");
    EXPECT_NE(refused(about(EventKind::snapshot, 1)), "");
    EXPECT_NE(refused(about(EventKind::kill, 1, "000001")), "");
    EXPECT_TRUE(ledger.trials().empty());
}

TEST_F(LedgerTest, AnErrorLeavesTheTrialAsItWas) {
    apply(revision_event(1));
    apply(created("000001"));
    std::string before = text_of(ledger);
    EXPECT_NE(refused(task_event(EventKind::ok, 2, "000001", 5)), "");
    EXPECT_EQ(text_of(ledger), before);
}

TEST_F(LedgerTest, AWaitingTrialIsBoundToANewerRevision) {
    apply(revision_event(1));
    apply(created("000001", 1));
    apply(revision_event(2, pipeline(R"("on_stop": "continue")")));
    Event again = created("000001", 9, 2);
    EXPECT_TRUE(apply(again));
    EXPECT_EQ(ledger.find("000001")->revision, 2);
    EXPECT_EQ(ledger.find("000001")->created, at(1));
    EXPECT_EQ(ledger.find("000001")->incarnation, 1);
    apply(task_event(EventKind::submitted, 10, "000001"));
    EXPECT_FALSE(apply(created("000001", 11, 1)));
    EXPECT_EQ(ledger.find("000001")->revision, 2);
}

TEST_F(LedgerTest, BindingAnewTakesTheStagesOfTheNewRevision) {
    apply(revision_event(1));
    apply(created("000001"));
    apply(revision_event(2, experiment_text(R"({"name": "only", "command": ["./a.sh"]})")));
    apply(created("000001", 2, 2));
    ASSERT_EQ(ledger.find("000001")->stages.size(), 1u);
    EXPECT_EQ(ledger.find("000001")->stages[0].name, "only");
}

TEST_F(LedgerTest, AMarkerTouchedByHandIsNotForgottenByANewRevision) {
    apply(revision_event(1));
    apply(created("000001"));
    apply(revision_event(2, pipeline(R"("retries": 1)")));
    Event marker = about(EventKind::marker, 2, "000001");
    marker.stage = "train";
    apply(marker);
    EXPECT_FALSE(apply(created("000001", 3, 2)));
    EXPECT_EQ(ledger.find("000001")->find_stage("train")->state, StageState::done);
}

TEST_F(LedgerTest, AnEndedTrialMayBeMadeAnewAsAnotherIncarnation) {
    apply(revision_event(1));
    apply(created("000001", 1, 1, "r", 4));
    apply(concluded("000001", 1));
    EXPECT_FALSE(apply(created("000001", 60)));  // its end is not settled
    apply(about(EventKind::settled, 61, "000001"));
    EXPECT_TRUE(apply(created("000001", 62, 1, "", -1)));
    EXPECT_EQ(ledger.find("000001")->incarnation, 2);
    EXPECT_EQ(ledger.find("000001")->created, at(62));
    EXPECT_EQ(ledger.proposed_as("r", 4), nullptr);
    EXPECT_EQ(text_of(replayed()), text_of(ledger));
}

TEST_F(LedgerTest, CreatedTakesTheIdentityAlone) {
    apply(revision_event(1));
    Event event = created("000001");
    event.state->inode = 17;
    event.state->config_hash = "h";
    event.state->starts = 99;
    event.state->quarantine = event.state->settled = true;
    event.state->state = TrialState::complete;
    event.state->outcome = Outcome{};
    event.state->verdict = Verdict{};
    apply(event);
    const Trial& trial = *ledger.find("000001");
    EXPECT_EQ(trial.inode, 17u);
    EXPECT_EQ(trial.config_hash, "h");
    EXPECT_EQ(trial.state, TrialState::waiting);
    EXPECT_EQ(trial.starts, 0);
    EXPECT_FALSE(trial.quarantine || trial.settled || trial.outcome || trial.verdict);
}

TEST_F(LedgerTest, RetryGoesOnUnderANewerRevisionWithTheSameStages) {
    apply(revision_event(1));
    apply(created("000001"));
    apply(task_event(EventKind::submitted, 2, "000001"));
    apply(task_event(EventKind::failed, 3, "000001"));
    apply(concluded("000001", 1));
    apply(revision_event(2, pipeline(R"("retries": 5, "retry_delay": 1)")));
    Event retry = about(EventKind::retry, 9, "000001");
    retry.number = 2;
    EXPECT_TRUE(apply(retry));
    EXPECT_EQ(ledger.find("000001")->revision, 2);
    apply(task_event(EventKind::failed, 10, "000001", 2));
    EXPECT_EQ(ledger.find("000001")->state, TrialState::running);  // by the retries of revision 2
}

TEST_F(LedgerTest, RetryKeepsTheRevisionWhenTheStagesAreOthers) {
    apply(revision_event(1));
    apply(created("000001"));
    apply(concluded("000001", 1));
    apply(revision_event(2, experiment_text(R"({"name": "only", "command": ["./a.sh"]})")));
    std::string single = R"({"name": "train", "command": ["./a.sh"]}, {"name": "flow", "command": ["./a.sh"]},
                            {"name": "metric", "command": ["./a.sh"]})";  // flow is no array any more
    apply(revision_event(3, experiment_text(single)));
    for (std::int64_t number : {2, 3}) {
        Event retry = about(EventKind::retry, 9, "000001");
        retry.number = number;
        EXPECT_TRUE(apply(retry));
        EXPECT_EQ(ledger.find("000001")->revision, 1);
        apply(concluded("000001", number));
    }
}

TEST_F(LedgerTest, RetryWhileRunningKeepsTheRevision) {
    apply(revision_event(1, pipeline(R"("retries": 1)")));
    apply(created("000001"));
    apply(task_event(EventKind::submitted, 2, "000001"));
    apply(task_event(EventKind::failed, 3, "000001"));
    apply(revision_event(2));
    Event retry = about(EventKind::retry, 4, "000001");
    retry.number = 2;
    EXPECT_TRUE(apply(retry));
    EXPECT_EQ(ledger.find("000001")->revision, 1);
}

TEST_F(LedgerTest, PauseAndResume) {
    Event paused = about(EventKind::paused, 1);
    paused.text = "5 trials failed alike";
    EXPECT_TRUE(apply(paused));
    EXPECT_FALSE(apply(paused));
    EXPECT_FALSE(ledger.pause()->by_person);
    Event person = about(EventKind::paused, 2);
    person.text = "asked by anna";
    person.flag = true;
    EXPECT_TRUE(apply(person));
    EXPECT_FALSE(apply(person));
    EXPECT_FALSE(apply(paused));
    EXPECT_EQ(ledger.pause()->reason, "asked by anna");
    EXPECT_EQ(ledger.pause()->since, at(2));
    EXPECT_EQ(text_of(replayed()), text_of(ledger));
    EXPECT_TRUE(apply(about(EventKind::resumed, 3)));
    EXPECT_FALSE(apply(about(EventKind::resumed, 4)));
    EXPECT_FALSE(ledger.pause());
}

TEST_F(LedgerTest, ReleasedIsTheLastWordOfAnOwner) {
    apply(revision_event(1));
    EXPECT_TRUE(apply(about(EventKind::released, 1)));
    EXPECT_TRUE(ledger.released());
    EXPECT_TRUE(apply(about(EventKind::released, 2)));  // of the next owner, who had nothing to do
    EXPECT_TRUE(ledger.released());
    EXPECT_FALSE(replayed().released());
    apply(created("000001"));
    EXPECT_FALSE(ledger.released());
}

TEST_F(LedgerTest, AProposalBelongsToTheFirstTrialThatHasIt) {
    apply(revision_event(1));
    apply(created("000009", 1, 1, "r", 3));
    apply(created("000002", 2, 1, "r", 3));  // in name order it would come first
    apply(created("000003", 3, 1, "r", 4));
    apply(created("mine", 4, 1, "", -1));
    ASSERT_TRUE(ledger.proposed_as("r", 3));
    EXPECT_EQ(*ledger.proposed_as("r", 3), "000009");
    EXPECT_EQ(*replayed().proposed_as("r", 3), "000009");
    EXPECT_EQ(*ledger.proposed_as("r", 4), "000003");
    EXPECT_EQ(ledger.proposed_as("", -1), nullptr);
}

TEST_F(LedgerTest, SeqIsNeverGivenTwice) {
    apply(revision_event(1));
    apply(created("000001", 1, 1, "r", 0));
    apply(created("000002", 2, 1, "r", 1));
    apply(concluded("000001", ledger.next_seq()));
    apply(concluded("000002", ledger.next_seq()));
    EXPECT_EQ(ledger.next_seq(), 3);
    apply(about(EventKind::retry, 60, "000002"));  // the trial that had the newest one has none now
    EXPECT_EQ(ledger.next_seq(), 3);
    EXPECT_EQ(replayed().next_seq(), 3);
}

TEST_F(LedgerTest, SnapshotOfAFullLifeReplaysToTheSame) {
    apply(revision_event(1, pipeline(R"("retries": 2)", R"("max_failed": 0.5)")));
    apply(created("000001", 1, 1, "r", 0));
    apply(created("000002", 2, 1, "r", 1));
    apply(created("000003", 2, 1, "r", 2));
    apply(created("@before", 2, 1, "", -1));
    Event started = task_event(EventKind::started, 3, "000001");
    started.host = "n1";
    apply(started);
    apply(task_event(EventKind::lost, 4, "000001"));
    apply(task_event(EventKind::ok, 5, "000002"));
    Event frozen = about(EventKind::frozen, 6, "000002");
    frozen.stage = "flow";
    frozen.list = {"flows/1.json", "flows/ü.json"};
    apply(frozen);
    apply(about(EventKind::kill, 7, "000003"));
    EXPECT_EQ(text_of(replayed()), text_of(ledger));
}

TEST_F(LedgerTest, SnapshotLeavesOutTheStagesOfCompleteTrials) {
    apply(revision_event(1));
    apply(created("000001"));
    apply(concluded("000001", 1, EndState::complete));
    EXPECT_EQ(ledger.find("000001")->stages.size(), 3u);
    EXPECT_TRUE(replayed().find("000001")->stages.empty());
}

// What step and conclude take for granted; a damaged or foreign journal must not crash a watcher.
TEST_F(LedgerTest, SnapshotsThatCannotBeAreRefused) {
    apply(revision_event(1));
    apply(created("000001"));
    const Trial whole = *ledger.find("000001");
    auto refusal = [&](auto change) {
        Event event = about(EventKind::snapshot, 2);
        event.state = whole;
        change(*event.state);
        return refused(event);
    };
    EXPECT_EQ(refusal([](Trial&) {}), "");
    EXPECT_NE(refusal([](Trial& trial) { trial.id = "../000001"; }), "");
    EXPECT_NE(refusal([](Trial& trial) { trial.revision = 7; }), "");
    EXPECT_NE(refusal([](Trial& trial) { trial.state = TrialState::closing; }), "");
    EXPECT_NE(refusal([](Trial& trial) { trial.state = TrialState::failed; }), "");
    EXPECT_NE(refusal([](Trial& trial) { trial.outcome = Outcome{}; }), "");
    EXPECT_NE(refusal([](Trial& trial) { trial.stages[0].name = "other"; }), "");
    EXPECT_NE(refusal([](Trial& trial) { trial.stages.pop_back(); }), "");
    EXPECT_NE(refusal([](Trial& trial) { trial.stages[0].tasks.resize(2); }), "");
}

}  // namespace
}  // namespace tw::test
