#include "unit/lifecycle/history.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <sstream>

#include "base/text.hpp"

namespace tw::test {

struct History::Line {
    std::string text;
    double time = 0;
    std::string word;
    std::vector<std::string> arguments;
    std::string expected;
    bool expects = false;
};

namespace {

// Blanks separate, except inside quotes.
std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words;
    bool quoted = false, inside = false;
    for (char c : text) {
        if (c == '\'') {
            quoted = !quoted;
        } else if (c == ' ' && !quoted) {
            inside = false;
        } else {
            if (!inside) words.emplace_back();
            inside = true;
            words.back() += c;
        }
    }
    return words;
}

EventKind kind_of(const std::string& word) {
    for (int i = 0; i < event_kinds; ++i)
        if (to_string(static_cast<EventKind>(i)) == word) return static_cast<EventKind>(i);
    ADD_FAILURE() << "no event is called " << word;
    return EventKind::created;
}

// "flow/3#2"
void take_target(std::string word, Event& event) {
    if (auto hash = word.find('#'); hash != word.npos) {
        event.attempt = std::stoll(word.substr(hash + 1));
        word.resize(hash);
    }
    if (auto slash = word.find('/'); slash != word.npos) {
        event.task = std::stoll(word.substr(slash + 1));
        word.resize(slash);
    }
    event.stage = word;
}

bool take_key(const std::string& word, Event& event) {
    auto equal = word.find('=');
    if (equal == word.npos) return false;
    std::string key = word.substr(0, equal), value = word.substr(equal + 1);
    if (key == "rc") event.rc = std::stoi(value);
    if (key == "flag") event.flag = value == "1";
    if (key == "since") event.started = at(std::stod(value));
    if (key == "host") event.host = value;
    if (key == "text") event.text = value;
    if (key == "number") event.number = std::stoll(value);
    return true;
}

std::string member(const std::string& text) {
    return text.empty() ? "" : ", " + text;
}

}  // namespace

std::string experiment_text(const std::string& stages, const std::string& limits) {
    return R"({"format": 1, "name": "test", "objectives": [{"name": "cost", "direction": "minimize"}],
               "space": {"lr": {"type": "float", "low": 0.1, "high": 1}}, "limits": {)" +
           limits + R"(}, "stages": [)" + stages + "]}";
}

std::string pipeline(const std::string& train, const std::string& flow, const std::string& metric,
                     const std::string& limits) {
    return experiment_text(
        R"({"name": "train", "command": ["./train.sh"], "done": "training_done")" + member(train) +
            R"(}, {"name": "flow", "command": ["./flow.sh"], "array": "flows/*.json")" + member(flow) +
            R"(}, {"name": "metric", "command": ["./metric.sh"], "done": "result.json")" + member(metric) +
            "}",
        limits);
}

Experiment experiment_of(const std::string& text) {
    auto experiment = read_experiment(text, "experiment.json");
    if (experiment) return *experiment;
    for (auto& error : experiment.error()) ADD_FAILURE() << error.text();
    return {};
}

std::string text_of(const TaskName& name) {
    std::string task = name.task == 0 ? "" : fmt::format("/{}", name.task);
    return fmt::format("{}{}#{}", name.stage, task, name.attempt);
}

std::string text_of(const Outcome& outcome) {
    std::string text(to_string(outcome.state));
    if (outcome.kind.empty()) return text;
    return text + " " + outcome.kind + (outcome.stage.empty() ? "" : " " + outcome.stage) + ": " +
           outcome.reason;
}

History::History(const std::string& text, const TrialId& id) : experiment(experiment_of(text)) {
    Event created{EventKind::created, at(0), id};
    created.state = Trial{};
    trial = create_trial(created, experiment);
}

// As the watcher does it, through the journal's bytes; and an event that does nothing must do nothing.
Result<bool> History::apply(Event event) {
    auto read = read_event(write_event(event));
    EXPECT_TRUE(read) << read.error().text();
    std::string before = write_trial(trial);
    auto changed = step(trial, *read, experiment);
    std::string after = write_trial(trial);
    EXPECT_EQ(changed && *changed, before != after) << write_event(event) << "\n" << before << "\n" << after;
    auto replayed = read_trial(after);
    EXPECT_TRUE(replayed && write_trial(*replayed) == after) << after;
    return changed;
}

std::string History::look(double time) const {
    Owed owed = tw::owed(trial, experiment, at(time), 100);
    std::vector<std::string> debts;
    for (auto& stage : owed.freeze) debts.push_back("freeze " + stage);
    std::string submit;
    for (auto& name : owed.submit) submit += " " + text_of(name);
    if (!submit.empty()) debts.push_back("submit" + submit);
    for (auto& [name, kill, queued] : owed.cancel)
        debts.push_back((kill ? "kill " : "term ") + text_of(name) + (queued ? " (queued)" : ""));
    if (owed.quarantine) debts.push_back("quarantine");
    if (owed.conclude) debts.push_back("conclude");
    if (owed.settle) debts.push_back("settle");
    for (auto& name : owed.abandon) debts.push_back("abandon " + text_of(name));
    if (owed.wake) debts.push_back(fmt::format("wake {:g}", (*owed.wake - at(0)).count()));
    std::string state(to_string(trial.state));
    return debts.empty() ? state : state + ": " + join(debts, "; ");
}

std::string History::stages() const {
    std::vector<std::string> states;
    for (auto& run : trial.stages) states.push_back(run.name + " " + std::string(to_string(run.state)));
    return join(states, ", ");
}

std::string History::tasks(const std::string& stage) const {
    std::vector<std::string> states;
    for (auto& task : trial.find_stage(stage)->tasks) states.emplace_back(to_string(task.state));
    return join(states, " ");
}

Event History::event_of(const Line& line) const {
    Event event{kind_of(line.word), at(line.time), trial.id};
    bool about_stage = event.kind <= EventKind::marker;
    bool first = true;
    for (auto& word : line.arguments) {
        if (std::exchange(first, false) && about_stage)
            take_target(word, event);
        else if (!take_key(word, event))
            event.list.push_back(word);
    }
    const StageRun* run = trial.find_stage(event.stage);
    const Task* task = run ? run->find_task(event.task) : nullptr;
    if (event.attempt == 0 && task) event.attempt = task->attempt;
    return event;
}

std::string History::outcome_of(const Line& line) {
    EXPECT_TRUE(owed(trial, experiment, at(line.time), 1).conclude) << line.text << "\n" << look(line.time);
    std::optional<Result<ResultDocument>> result;
    if (!line.arguments.empty() && wants_result(trial)) {
        const std::string& word = line.arguments.front();
        if (word.starts_with("cost="))
            result = ResultDocument{{{"cost", std::stod(word.substr(5))}}};
        else
            result = Result<ResultDocument>(fail(Code::invalid, "no JSON"));
    }
    Event event{EventKind::concluded, at(line.time), trial.id};
    event.outcome = conclude(trial, experiment, result, at(line.time));
    event.outcome->seq = 1;
    EXPECT_EQ(apply(event).value_or(false), true) << line.text;
    return text_of(*trial.outcome);
}

std::string History::told(const Line& line) {
    if (line.word == "look") return look(line.time);
    if (line.word == "stages") return stages();
    if (line.word == "tasks") return tasks(line.arguments.at(0));
    if (line.word == "conclude") return outcome_of(line);
    auto changed = apply(event_of(line));
    if (!changed) return "error";
    return *changed ? look(line.time) : "late";
}

void History::play_line(const Line& line) {
    std::string said = told(line);
    if (line.expects)
        EXPECT_EQ(said, line.expected) << line.text;
    else
        EXPECT_TRUE(said != "error" && said != "late") << line.text << " -> " << said;
}

void History::play(const std::string& lines) {
    std::istringstream in(lines);
    for (std::string text; std::getline(in, text);) {
        if (trim(text).empty()) continue;
        Line line;
        line.text = trim(text);
        auto arrow = text.find("->");
        line.expects = arrow != text.npos;
        if (line.expects) line.expected = trim(std::string_view(text).substr(arrow + 2));
        auto words = words_of(text.substr(0, arrow));
        line.time = std::stod(words.at(0));
        line.word = words.at(1);
        line.arguments.assign(words.begin() + 2, words.end());
        play_line(line);
    }
}

}  // namespace tw::test
