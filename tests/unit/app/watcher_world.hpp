// An experiment in memory with a watcher in it; the test plays the backend, the jobs and the people.
#pragma once

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <stdexcept>

#include "app/watcher.hpp"
#include "support/fake_clock.hpp"
#include "support/fake_processes.hpp"
#include "support/fake_scheduler.hpp"
#include "support/said_log.hpp"
#include "support/virtual_filesystem.hpp"
#include "trialdir/layout.hpp"

namespace tw::test {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// The stage of most tests; more keys of it in front, "," last.
inline std::string train_stage(const std::string& more = "") {
    return R"("stages":[{)" + more + R"("name":"train","command":["train"],"done":"result.json"}])";
}

struct WatcherWorld {
    support::FakeClock clock;
    support::FakeWaker waker{&clock};
    support::FakeProcesses processes;
    std::shared_ptr<support::VirtualDisk> disk = std::make_shared<support::VirtualDisk>();
    support::VirtualFileSystem fs{disk};
    support::SaidLog said;
    support::FakeBackend backend;
    WatcherOptions options;
    Backends::Maker maker = [this](auto&) -> Result<std::unique_ptr<Scheduler>> {
        return std::make_unique<support::FakeScheduler>(backend);
    };
    std::unique_ptr<Watcher> watcher;
    int nonces = 0;

    explicit WatcherWorld(const std::string& settings = train_stage()) {
        disk->follow([this] { return clock.now(); });
        fs.make_directories(layout::trials);
        declare(settings);
    }

    void declare(const std::string& settings) {
        fs.put(layout::experiment_file, R"({"format":1,)" + settings + "}");
    }
    void trial(const TrialId& id, const std::string& config = R"({"x":0.5})") {
        fs.put(layout::config(id), config);
    }
    void trials(int count) {
        for (int i = 0; i < count; ++i) trial(numbered_trial(i));
    }
    void request(const TrialId& id, const std::string& name, const std::string& text = "") {
        fs.put(layout::trial(id) + "/" + name, text);
    }

    std::vector<Error> start() {
        Ports ports{fs, clock, waker, processes, said};
        auto started = Watcher::start(ports, options, maker);
        if (!started) return started.error();
        watcher = std::move(*started);
        return {};
    }
    void tick() {
        if (!watcher)
            if (auto errors = start(); !errors.empty()) throw std::runtime_error(errors[0].text());
        if (auto ticked = watcher->tick(); !ticked) throw std::runtime_error(ticked.error().text());
        clock.advance(Seconds(1));
    }
    void ticks(int count) {
        for (int i = 0; i < count; ++i) tick();
    }
    void restart() {  // as after a SIGKILL
        watcher.reset();
        processes.restart();
    }

    const Trial& known(const TrialId& id) const { return *watcher->desk().ledger().find(id); }
    const Task& task(const TrialId& id, std::size_t stage = 0, std::size_t number = 0) const {
        return known(id).stages.at(stage).tasks.at(number);
    }
    Outcome outcome(const TrialId& id) const {
        return read_outcome(fs.get(layout::outcome(id)).value(), layout::outcome(id)).value();
    }
    bool ended(const TrialId& id) const { return fs.exists(layout::outcome(id)); }

    static JobRef job(const TrialId& id, std::int64_t attempt = 1) { return {id, {1, "train", 0, attempt}}; }

    // What wrappers do.
    void claim(const JobRef& job, const std::string& host = "node1") {
        fs.put(layout::claim(job.trial, job.key), host + " boot-1 500 77 500x77\n");
        backend.jobs[job] = JobState::running;
    }
    void post(SpoolKind kind, const JobRef& job, int rc, bool marker = false,
              const std::string& host = "node1") {
        SpoolEvent event{kind, job.trial, job.key, rc, marker, host, fmt::format("n{}", ++nonces)};
        fs.put(layout::spool + "/" + spool_shard(job.trial) + "/" + event_name(event), "");
    }
    void end(const JobRef& job, int rc = 0) {
        backend.jobs.erase(job);
        if (rc == 0) fs.put(layout::trial(job.trial) + "/result.json", R"({"cost":1})");
        post(SpoolKind::exit, job, rc, rc == 0);
    }
    void run(const JobRef& job, int rc = 0) {
        claim(job);
        end(job, rc);
    }
    // A wrapper that could not start the script.
    void give_reason(const JobRef& job, int reason) {
        backend.jobs.erase(job);
        post(SpoolKind::infra, job, reason);
    }

    // Whether it would be found after a power loss.
    bool journalled(EventKind kind, const TrialId& id) const {
        auto directory = disk->find(layout::journal).value();
        auto [name, newest] = *directory->durable_entries.rbegin();
        auto segment = read_segment(newest->durable_content, name).value();
        return std::any_of(segment.events.begin(), segment.events.end(),
                           [&](auto& event) { return event.kind == kind && event.trial == id; });
    }
    void break_journal() { fs.inject({.prefix = layout::journal, .times = -1}); }
    std::string spooled() const {
        std::string names;
        for (auto& [path, bytes] : fs.dump())
            if (path.starts_with(layout::spool) && !path.ends_with("/")) names += path + "\n";
        return names;
    }
};

inline constexpr const char* void_claim = "void\n";

}  // namespace tw::test
