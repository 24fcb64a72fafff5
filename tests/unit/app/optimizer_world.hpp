// An experiment in memory with an optimizer in it; the test plays the watcher and the jobs.
#pragma once

#include <fmt/format.h>

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <stdexcept>

#include "app/optimizer.hpp"
#include "support/fake_clock.hpp"
#include "support/fake_processes.hpp"
#include "support/said_log.hpp"
#include "support/virtual_filesystem.hpp"
#include "trialdir/journal.hpp"
#include "trialdir/layout.hpp"

namespace tw::test {

inline std::string experiment_json(const std::string& space, const std::string& optimizer,
                                   const std::string& direction = "minimize") {
    return R"({"format":1,"name":"t","objectives":[{"name":"cost","direction":")" + direction +
           R"("}],"space":{)" + space + R"(},"optimizer":{)" + optimizer + "}}";
}

inline const std::string plain_space = R"("x":{"type":"float","low":0,"high":1})";

// Learns: what it proposes depends on everything it was told, and in which order.
class LearningSampler final : public Sampler {
public:
    explicit LearningSampler(std::vector<std::string>* diary = nullptr) : diary_(diary) {}

    Result<Suggestion> ask(std::int64_t k) override {
        auto x = static_cast<double>((state_ * 31 + static_cast<std::uint64_t>(k) * 7) % 1009) / 1009;
        return Suggestion{{{"x", x}}, name()};
    }
    void tell(const Observation& observation) override {
        double value = observation.objectives.empty() ? -1 : observation.objectives[0];
        state_ = state_ * 1000003 + static_cast<std::uint64_t>(observation.seq) * 17 +
                 static_cast<std::uint64_t>(observation.k + 1) * 5 + static_cast<std::uint64_t>(value * 1000);
        if (diary_)
            diary_->push_back(fmt::format("{}={} k{}", observation.seq, observation.trial, observation.k));
    }
    std::string name() const override { return "learning"; }

private:
    std::vector<std::string>* diary_;
    std::uint64_t state_ = 1;
};

inline void must(const Status& status) {
    if (!status) throw std::runtime_error(status.error().text());
}

struct OptimizerWorld {
    support::FakeClock clock;
    support::FakeWaker waker{&clock};
    support::FakeProcesses processes;
    std::shared_ptr<support::VirtualDisk> disk = std::make_shared<support::VirtualDisk>();
    support::VirtualFileSystem fs{disk};
    support::SaidLog said;
    std::vector<std::string> diary;  // what the learning sampler was told
    SamplerMaker maker = make_sampler;
    std::unique_ptr<Optimizer> optimizer;
    std::int64_t seq = 0;

    explicit OptimizerWorld(
        const std::string& optimizer_part = R"("trials":6,"parallel":2,"sampler":"sobol")",
        const std::string& space = plain_space) {
        disk->follow([this] { return clock.now(); });
        declare(experiment_json(space, optimizer_part));
        must(fs.sync_all());
    }

    void declare(const std::string& text) { fs.put(layout::experiment_file, text); }
    void learn() {
        maker = [this](auto&, auto&, auto&) -> Result<std::unique_ptr<Sampler>> {
            return std::make_unique<LearningSampler>(&diary);
        };
    }

    Ports ports() { return {fs, clock, waker, processes, said}; }

    std::vector<Error> start(OptimizerOptions options = {}) {
        auto started = Optimizer::start(ports(), std::move(options), maker);
        if (!started) return started.error();
        optimizer = std::move(*started);
        return {};
    }
    void tick() {
        must(optimizer->tick());
        clock.advance(Seconds(1));
    }
    void restart() {  // as after a SIGKILL
        optimizer.reset();
        processes.restart();
        if (auto errors = start(); !errors.empty()) throw std::runtime_error(errors[0].text());
    }

    // From now on there is a journal, so only outcome.json counts.
    void watch() {
        prepare_experiment(fs, "0123456789abcdef").value();
        Owner owner = make_owner(processes.self(), "", clock.now());
        Journal::begin(fs, owner, Ledger{}, std::nullopt).value();
    }
    void end_as(const TrialId& id, std::int64_t number, EndState state,
                std::map<std::string, double> values = {}) {
        Outcome outcome;
        outcome.seq = number;
        outcome.state = state;
        outcome.values = std::move(values);
        outcome.ended = clock.now();
        fs.put(layout::outcome(id), write_outcome(outcome));
        must(fs.sync_all());
    }
    void fail(const TrialId& id, const std::string& kind) {
        Outcome outcome;
        outcome.seq = ++seq;
        outcome.kind = kind;
        outcome.ended = clock.now();
        fs.put(layout::outcome(id), write_outcome(outcome));
        must(fs.sync_all());
    }
    void end(const TrialId& id, double cost) { end_as(id, ++seq, EndState::complete, {{"cost", cost}}); }

    std::map<TrialId, Config> configs() const {
        std::map<TrialId, Config> found;
        for (auto& [path, text] : fs.dump())
            if (path.starts_with("trials/") && path.ends_with("/config.json"))
                found[path.substr(7, path.size() - 7 - 12)] = read_config(text, path).value();
        return found;
    }
    std::vector<TrialId> unended() const {
        std::vector<TrialId> ids;
        for (auto& [id, config] : configs())
            if (!fs.exists(layout::outcome(id))) ids.push_back(id);
        return ids;
    }
    std::vector<std::string> bells() const {
        std::vector<std::string> names;
        for (auto& [path, text] : fs.dump())
            if (path.starts_with(layout::spool) && path.find("/r.") != std::string::npos)
                names.push_back(path.substr(path.find("/r.") + 1));
        return names;
    }
    bool released() {
        auto holder = Lease::newest(fs, layout::optimizer).value();
        return holder && holder->released;
    }
};

}  // namespace tw::test
