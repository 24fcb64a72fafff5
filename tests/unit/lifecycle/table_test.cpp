// Every cell of both tables, against step() itself. The words here are written by hand: they are what
// the tables must say, not what they say.
#include "lifecycle/table.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <sstream>

#include "lifecycle/step.hpp"
#include "unit/lifecycle/history.hpp"

namespace tw::test {
namespace {

std::vector<std::string> words(const std::string& line) {
    std::istringstream in(line);
    return {std::istream_iterator<std::string>(in), {}};
}

EventKind event_called(const std::string& word) {
    for (int i = 0; i < event_kinds; ++i)
        if (to_string(static_cast<EventKind>(i)) == word) return static_cast<EventKind>(i);
    throw std::runtime_error(word);
}

// Two open stages that nothing follows from at once: a single one with a task in backoff, and an array
// whose list is not fixed.
Experiment parallel_stages() {
    return experiment_of(experiment_text(
        R"({"name": "single", "command": ["./a.sh"], "after": [], "done": "m", "start_on": "marker"},
           {"name": "array", "command": ["./b.sh"], "after": [], "array": "in/*"},
           {"name": "last", "command": ["./c.sh"], "after": ["single", "array"], "done": "result.json"})"));
}

Trial trial_in(TrialState state, const Experiment& experiment) {
    Event created{EventKind::created, at(0), "000007"};
    created.state = Trial{};
    Trial trial = create_trial(created, experiment);
    trial.state = state;
    Task& task = trial.stages[0].tasks[0];
    task = Task{TaskState::backoff, 2};
    task.due = at(1000);
    if (state == TrialState::stopping) trial.stages[0].stopped = trial.stages[1].stopped = true;
    if (state == TrialState::closing)
        trial.verdict = Verdict{EndState::pruned, "request", "stopped", "", "me"};
    if (is_ended(state)) trial.outcome = Outcome{};
    return trial;
}

// An event that is as complete as its kind asks for.
Event complete_event(EventKind kind) {
    Event event{kind, at(5), "000007"};
    event.stage = kind == EventKind::frozen ? "array" : "single";
    event.attempt = 2;
    event.text = "because";
    event.list = {"in/1"};
    event.number = 99;
    event.flag = kind == EventKind::stop;
    if (kind == EventKind::concluded) event.outcome = Outcome{1, EndState::complete};
    return event;
}

// The state after it, or "ignore" or "error"; in both of these nothing may have changed.
template <class State>
std::string told(Trial& trial, const Event& event, const Experiment& experiment, State state_after) {
    std::string before = write_trial(trial);
    auto changed = step(trial, event, experiment);
    bool same = write_trial(trial) == before;
    if (changed && *changed) return same ? "go without a change" : std::string(to_string(state_after(trial)));
    if (!same) return "a change without go";
    return changed ? "ignore" : "error";
}

const std::vector<std::string> task_rows{
    //           submitted accepted started ok failed timeout infra lost voided
    "ready     submitted error     running done   failed failed backoff error   ready",
    "submitted error     submitted running done   failed failed backoff backoff ready",
    "running   error     running   ignore  done   failed failed backoff backoff error",
    "backoff   submitted error     running done   failed failed backoff error   ready",
    "done      error     ignore    ignore  ignore ignore ignore ignore  ignore  ignore",
    "failed    error     ignore    ignore  ignore ignore ignore ignore  ignore  ignore",
    "cancelled error     ignore    ignore  ignore ignore ignore ignore  ignore  ignore",
};
const std::vector<std::string> task_columns =
    words("submitted accepted started ok failed timeout infra lost voided");

TEST(TaskTable, EveryCellIsWhatStepDoes) {
    Experiment experiment = parallel_stages();
    for (int row = 0; row < task_states; ++row) {
        auto cells = words(task_rows.at(static_cast<std::size_t>(row)));
        auto state = static_cast<TaskState>(row);
        ASSERT_EQ(cells[0], to_string(state));
        for (std::size_t column = 0; column < task_columns.size(); ++column) {
            Trial trial = trial_in(TrialState::running, experiment);
            trial.stages[0].tasks[0].state = state;
            Event event = complete_event(event_called(task_columns[column]));
            if (event.kind == EventKind::voided) event.text.clear();
            auto after = [](const Trial& t) { return t.stages[0].tasks[0].state; };
            EXPECT_EQ(told(trial, event, experiment, after), cells[column + 1])
                << task_columns[column] << " of a task that is " << cells[0];
        }
    }
}

// The first column: a task event, here `started`.
const std::vector<std::string> trial_rows{
    //          task     frozen   broken  marker   stop    kill    retry   moved    vanished concluded settled
    "waiting  running  waiting  closing running  closing closing ignore  waiting  closing complete error",
    "running  running  running  closing running  closing closing running running  closing complete error",
    "stopping stopping stopping closing stopping closing closing ignore  stopping closing complete error",
    "closing  closing  ignore   ignore  ignore   ignore  closing ignore  closing  closing complete error",
    "complete ignore   ignore   ignore  ignore   ignore  ignore  error   ignore   ignore  ignore   complete",
    "pruned   ignore   ignore   ignore  ignore   ignore  ignore  running ignore   ignore  ignore   pruned",
    "failed   ignore   ignore   ignore  ignore   ignore  ignore  running ignore   ignore  ignore   failed",
    "killed   ignore   ignore   ignore  ignore   ignore  ignore  running ignore   ignore  ignore   killed",
};
const std::vector<std::string> trial_columns =
    words("started frozen broken marker stop kill retry moved vanished concluded settled");

TEST(TrialTable, EveryCellIsWhatStepDoes) {
    Experiment experiment = parallel_stages();
    for (int row = 0; row < trial_states; ++row) {
        auto cells = words(trial_rows.at(static_cast<std::size_t>(row)));
        auto state = static_cast<TrialState>(row);
        ASSERT_EQ(cells[0], to_string(state));
        for (std::size_t column = 0; column < trial_columns.size(); ++column) {
            Trial trial = trial_in(state, experiment);
            Event event = complete_event(event_called(trial_columns[column]));
            trial.quarantine = event.kind == EventKind::moved;
            auto after = [](const Trial& t) { return t.state; };
            EXPECT_EQ(told(trial, event, experiment, after), cells[column + 1])
                << trial_columns[column] << " in a trial that is " << cells[0];
        }
    }
}

TEST(TrialTable, AllTaskEventsShareTheFirstColumn) {
    for (int row = 0; row < trial_states; ++row) {
        auto state = static_cast<TrialState>(row);
        for (auto& word : task_columns) {
            EXPECT_TRUE(is_task_event(event_called(word)));
            EXPECT_EQ(ruling(state, event_called(word)), is_ended(state) ? Ruling::ignore : Ruling::go);
        }
    }
}

TEST(Tables, EventsAboutTheExperimentAreErrors) {
    Experiment experiment = parallel_stages();
    for (auto& word : words("created revision paused resumed snapshot released")) {
        EXPECT_FALSE(is_task_event(event_called(word)));
        for (int row = 0; row < trial_states; ++row) {
            Trial trial = trial_in(static_cast<TrialState>(row), experiment);
            EXPECT_EQ(told(trial, complete_event(event_called(word)), experiment,
                           [](const Trial& t) { return t.state; }),
                      "error");
        }
    }
}

TEST(Tables, TaskTableKnowsNoTrialEvents) {
    for (auto& word : words("frozen broken marker stop kill retry moved vanished concluded settled"))
        for (int row = 0; row < task_states; ++row)
            EXPECT_EQ(ruling(static_cast<TaskState>(row), event_called(word)), Ruling::error);
}

}  // namespace
}  // namespace tw::test
