// The journal's records: what is written is read back, and nothing strange is read.
#include <gtest/gtest.h>

#include "unit/lifecycle/history.hpp"

namespace tw::test {
namespace {

Trial full_trial() {
    Trial trial;
    trial.id = "000042";
    trial.incarnation = 3;
    trial.revision = 2;
    trial.inode = 0xffff'ffff'ffff'fff0;  // more than a signed number holds
    trial.config_hash = "abc";
    trial.run = "r1";
    trial.k = 0;
    trial.created = at(0.125);
    trial.closing_since = at(9);
    trial.state = TrialState::closing;
    trial.verdict = Verdict{EndState::pruned, "request", "stopped", "train", "anna"};
    trial.quarantine = true;
    trial.starts = 7;
    trial.first_start = at(0.1);
    trial.settled = true;
    trial.outcome =
        Outcome{5, EndState::killed, {{"cost", 0.1}}, "why", "exit", "flow", {{"flow", {1, 3}}}, 4, 1.5};
    trial.outcome->ended = at(3);
    trial.outcome->by = "bob";
    Task task{TaskState::backoff, 4, 1, 2, at(1), at(2), 137, "signal 9", "exit", "n1", "77"};
    trial.stages = {{"train", StageState::done, false, true, true, {}, false, {task}},
                    {"flow", StageState::open, true, false, false, {"a b", "ü"}, true, {{}, task}},
                    {"metric"}};
    return trial;
}

Event full_event(EventKind kind) {
    Event event{kind, at(1.0 / 3), "000042", "train", 3, 2, 137, true, at(0.1), "n1", "text \"ü\"\n\x01", -7};
    event.list = {"a", "", "ü"};
    event.outcome = full_trial().outcome;
    event.state = full_trial();
    return event;
}

TEST(EventRecord, EveryKindIsReadBack) {
    for (int i = 0; i < event_kinds; ++i) {
        Event event = full_event(static_cast<EventKind>(i));
        std::string text = write_event(event);
        EXPECT_EQ(text.find('\n'), text.npos);
        auto read = read_event(text);
        ASSERT_TRUE(read) << read.error().text();
        EXPECT_EQ(write_event(*read), text);
        EXPECT_EQ(read->kind, event.kind);
        EXPECT_EQ(read->at, event.at);
        EXPECT_EQ(read->started, event.started);
        EXPECT_EQ(read->text, event.text);
        EXPECT_EQ(read->number, event.number);
        EXPECT_EQ(read->list, event.list);
        EXPECT_EQ(read->attempt, event.attempt);
        EXPECT_EQ(read->rc, event.rc);
        EXPECT_TRUE(read->flag);
    }
}

TEST(EventRecord, DefaultsAreLeftOut) {
    Event event{EventKind::released, at(0)};
    EXPECT_EQ(write_event(event), R"({"event":"released","at":1750000000.0})");
    auto read = read_event(write_event(event));
    ASSERT_TRUE(read);
    EXPECT_TRUE(read->trial.empty() && read->list.empty() && !read->flag && !read->outcome && !read->state);
}

TEST(EventRecord, EveryFieldOfATrialIsReadBack) {
    Trial trial = full_trial();
    auto read = read_trial(write_trial(trial));
    ASSERT_TRUE(read) << read.error().text();
    EXPECT_EQ(write_trial(*read), write_trial(trial));
    EXPECT_EQ(read->inode, trial.inode);
    EXPECT_EQ(read->first_start, trial.first_start);
    EXPECT_EQ(read->closing_since, trial.closing_since);
    EXPECT_EQ(read->verdict->by, "anna");
    EXPECT_EQ(read->outcome->failed_tasks, trial.outcome->failed_tasks);
    EXPECT_EQ(read->outcome->seconds, 1.5);
    EXPECT_EQ(read->outcome->ended, at(3));
    EXPECT_EQ(read->k, 0);
    ASSERT_EQ(read->stages.size(), 3u);
    EXPECT_TRUE(read->stages[0].marker && read->stages[0].stopped && read->stages[1].generated);
    const Task& task = read->stages[1].tasks[1];
    EXPECT_EQ(task.state, TaskState::backoff);
    EXPECT_EQ(task.attempt, 4);
    EXPECT_EQ(task.counted, 1);
    EXPECT_EQ(task.uncounted, 2);
    EXPECT_EQ(task.started, at(1));
    EXPECT_EQ(task.due, at(2));
    EXPECT_EQ(task.rc, 137);
    EXPECT_EQ(task.why + task.kind + task.host + task.job, "signal 9exitn177");
}

TEST(EventRecord, EveryStateIsReadBack) {
    Trial trial = full_trial();
    for (int i = 0; i < trial_states; ++i) {
        trial.state = static_cast<TrialState>(i);
        EXPECT_EQ(read_trial(write_trial(trial))->state, trial.state);
    }
    for (int i = 0; i < task_states; ++i) {
        trial.stages[0].tasks[0].state = static_cast<TaskState>(i);
        EXPECT_EQ(read_trial(write_trial(trial))->stages[0].tasks[0].state, static_cast<TaskState>(i));
    }
    for (auto state :
         {StageState::blocked, StageState::open, StageState::done, StageState::failed, StageState::skipped}) {
        trial.stages[2].state = state;
        EXPECT_EQ(read_trial(write_trial(trial))->stages[2].state, state);
    }
}

TEST(EventRecord, BytesThatAreNoTextDoNotStopTheJournal) {
    Event event = full_event(EventKind::failed);
    event.text = "caf\xe9";
    auto read = read_event(write_event(event));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->text, "caf\xef\xbf\xbd");
}

TEST(EventRecord, FieldsThatAreNotKnownAreIgnored) {
    EXPECT_TRUE(read_event(R"({"event":"kill","at":1,"trial":"000001","colour":"red"})"));
}

TEST(EventRecord, AnythingElseIsAnError) {
    for (
        std::string text :
        {"", "{", "[]", "null", "3", R"({"at":1})", R"({"event":"dance"})", R"({"event":7})",
         R"({"event":"kill","at":"x"})", R"({"event":"kill","task":"x"})", R"({"event":"kill","list":[1]})",
         R"({"event":"snapshot","state":{}})", R"({"event":"snapshot","state":{"state":"asleep"}})",
         R"({"event":"snapshot","state":{"state":"running","stages":[{"name":"a"}]}})",
         R"({"event":"snapshot","state":{"state":"running","stages":[{"state":"open","tasks":[{"state":7}]}]}})",
         R"({"event":"concluded","outcome":{"state":"great"}})"}) {
        auto read = read_event(text);
        ASSERT_FALSE(read) << text;
        EXPECT_EQ(read.error().code, Code::invalid);
    }
}

}  // namespace
}  // namespace tw::test
