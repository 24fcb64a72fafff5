// An experiment in memory, and a context that collects what a verb says.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "app/ctl/context.hpp"
#include "app/ctl/verbs.hpp"
#include "support/fake_clock.hpp"
#include "support/fake_processes.hpp"
#include "support/virtual_filesystem.hpp"
#include "trialdir/experiment_dir.hpp"
#include "trialdir/journal.hpp"
#include "trialdir/layout.hpp"
#include "trialdir/lease.hpp"

namespace tw {

using nlohmann::ordered_json;
using support::FakeClock;
using support::FakeProcesses;
using support::FakeWaker;
using support::VirtualDisk;
using support::VirtualFileSystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

inline const std::string test_experiment = R"({
  "format": 1, "name": "test",
  "objectives": [{"name": "cost", "direction": "minimize"}],
  "space": {
    "lr": {"type": "float", "low": 0.001, "high": 1.0, "log": true, "default": 0.01},
    "layers": {"type": "int", "low": 1, "high": 8, "default": 2},
    "optimizer": {"type": "categorical", "choices": ["adam", "sgd"], "default": "adam"},
    "momentum": {"type": "float", "low": 0, "high": 1, "default": 0.5, "when": {"optimizer": ["sgd"]}}
  },
  "optimizer": {"trials": 10},
  "stages": [
    {"name": "train", "command": ["./train.sh"], "done": "training_done", "on_stop": "continue"},
    {"name": "flow", "command": ["./flow.sh"], "array": "flows/*.json"},
    {"name": "metric", "command": ["./metric.sh"]}
  ]
})";

class CtlTest : public ::testing::Test {
protected:
    CtlTest() {
        context.waker = &waker;
        context.program = "/opt/bin/trialctl";
        context.open = [this](const std::string& directory) { return open(directory); };
        context.find_file = [this](const std::string& path) { return find(path); };
        context.read_input = [this] { return Result<std::string>(input); };
        disk->follow([this] { return clock.now(); });
        fs.put("experiment.json", test_experiment);
        disks["/virtual/experiment"] = disk;
    }

    Result<std::unique_ptr<FileSystem>> open(const std::string& directory) {
        auto found = disks.find(directory);
        if (found == disks.end()) return fail(Code::not_found, "there is no such directory", directory);
        return std::unique_ptr<FileSystem>(new VirtualFileSystem(found->second, directory));
    }

    Result<NamedFile> find(const std::string& path) {
        auto slash = path.rfind('/');
        auto directory = open(slash == std::string::npos ? "." : path.substr(0, slash));
        if (!directory) return fail(directory.error());
        return NamedFile{std::move(*directory), path.substr(slash + 1)};
    }

    // A directory elsewhere on the disk.
    VirtualFileSystem make_directory(const std::string& path) {
        disks[path] = std::make_shared<VirtualDisk>();
        return VirtualFileSystem(disks[path], path);
    }

    // What a watcher would have journalled; trials are added before begin().
    Event event(EventKind kind, const TrialId& trial = "") {
        Event event;
        event.kind = kind;
        event.at = clock.now();
        event.trial = trial;
        return event;
    }

    void record(const Event& event) {
        auto applied = ledger.apply(event);
        ASSERT_TRUE(applied) << applied.error().text();
    }

    void know_experiment() {
        ASSERT_TRUE(prepare_experiment(fs, "0123456789abcdef"));
        Event revision = event(EventKind::revision);
        revision.number = 1;
        revision.text = test_experiment;
        record(revision);
    }

    void put_config(const TrialId& id, const std::string& text = R"({"lr":0.1,"layers":3})") {
        fs.put("trials/" + id + "/config.json", text);
    }

    void add_trial(const TrialId& id) {
        if (!ledger.latest()) know_experiment();
        put_config(id);
        Event created = event(EventKind::created, id);
        created.state = Trial{};
        created.state->id = id;
        created.state->revision = 1;
        record(created);
    }

    void start_task(const TrialId& id) {
        for (auto kind : {EventKind::submitted, EventKind::started}) {
            Event task = event(kind, id);
            task.stage = "train";
            task.attempt = 1;
            record(task);
        }
    }

    void end_trial(const TrialId& id, EndState state, double cost = 0, const std::string& reason = "") {
        Outcome outcome;
        outcome.state = state;
        outcome.reason = reason;
        outcome.attempts = 3;
        outcome.seconds = 12.5;
        if (state == EndState::complete) outcome.values["cost"] = cost;
        end_trial(id, std::move(outcome));
    }

    void end_trial(const TrialId& id, Outcome outcome) {
        Event concluded = event(EventKind::concluded, id);
        outcome.seq = ++seq;
        concluded.outcome = std::move(outcome);
        record(concluded);
        record(event(EventKind::settled, id));
    }

    // The watcher is this process, so it is alive.
    void begin_journal() {
        if (!ledger.latest()) know_experiment();
        auto segment = read_newest(fs);
        ASSERT_TRUE(segment);
        auto journal = Journal::begin(fs, make_owner(processes.self(), "0123456789abcdef", clock.now()),
                                      ledger, *segment);
        ASSERT_TRUE(journal) << journal.error().text();
        if (released) journal->add(event(EventKind::released));
        ASSERT_TRUE(journal->commit());
    }

    std::vector<std::string> bells() {
        std::vector<std::string> names;
        for (auto& [path, bytes] : fs.dump())
            if (path.starts_with(".trialwatch/spool/") && !path.ends_with("/"))
                names.push_back(parse_event_name(path.substr(path.rfind('/') + 1)).value().trial);
        return names;
    }

    // Whole output as JSON; empties it.
    ordered_json json() {
        auto value = ordered_json::parse(out.str(), nullptr, false);
        EXPECT_FALSE(value.is_discarded()) << out.str();
        out.str("");
        return value;
    }

    FakeClock clock;
    FakeWaker waker{&clock};
    FakeProcesses processes;
    std::ostringstream out, err;
    CtlContext context{clock, processes, out, err};
    std::shared_ptr<VirtualDisk> disk = std::make_shared<VirtualDisk>();
    VirtualFileSystem fs{disk};
    std::map<std::string, std::shared_ptr<VirtualDisk>> disks;
    std::string input;
    Ledger ledger;
    std::int64_t seq = 0;
    bool released = false;
};

}  // namespace tw
