// The plug is pulled, or the process killed, before each single operation on the disk.
#include <gtest/gtest.h>

#include "optimizer_world.hpp"

namespace tw::test {
namespace {

struct Killed {};

using Proposals = std::map<std::pair<std::string, std::int64_t>, Params>;

// The search until it is complete; each tick one trial ends. `dies_at`: before that operation.
class Search {
public:
    explicit Search(bool learning) : world_(R"("trials":5,"parallel":2,"sampler":"sobol")") {
        if (learning) world_.learn();
        make_identity();
        world_.watch();
        world_.fs.on_access([this](const support::Access&) -> Status {
            if (operations_++ == dies_at_) throw Killed{};
            return {};
        });
    }

    int run(int dies_at, bool power_loss) {
        dies_at_ = dies_at;
        for (;;) {
            try {
                live();
                return operations_;
            } catch (const Killed&) {
                dies_at_ = -1;
                world_.optimizer.reset();
                if (power_loss) world_.disk->crash();
                power_loss ? world_.processes.reboot() : world_.processes.restart();
            }
        }
    }

    Proposals proposals() const {
        Proposals proposals;
        for (auto& [id, config] : world_.configs()) {
            auto [known, fresh] =
                proposals.emplace(std::pair(config.proposal.run, config.proposal.k), config.params);
            EXPECT_TRUE(fresh) << "proposed twice: k=" << config.proposal.k;
        }
        return proposals;
    }

    // Proposal k is what a sampler says that was told what `seen` covers, proposal by proposal.
    void expect_reproducible() const {
        std::map<std::int64_t, Config> by_k;
        std::map<std::int64_t, std::pair<TrialId, double>> ends;
        for (auto& [id, config] : world_.configs()) {
            by_k[config.proposal.k] = config;
            auto outcome = read_outcome(*world_.fs.get(layout::outcome(id)), "").value();
            ends[outcome.seq] = {id, outcome.values.at("cost")};
        }
        LearningSampler sampler;
        std::int64_t told = 0;
        for (auto& [k, config] : by_k) {
            for (; told < config.proposal.seen; ++told) {
                auto& [id, cost] = ends.at(told + 1);
                sampler.tell(
                    {id, told + 1, world_.configs().at(id).proposal.k, {}, EndState::complete, {cost}});
            }
            EXPECT_EQ(sampler.ask(k).value(), config.params) << "k=" << k << " seen=" << config.proposal.seen;
        }
    }

    std::size_t empty_directories() const {
        std::size_t empty = 0;
        for (auto& [path, text] : world_.fs.dump())
            if (path.starts_with("trials/") && path.ends_with('/') && path != "trials/")
                empty += !world_.fs.exists(path + "config.json");
        return empty;
    }

private:
    void make_identity() {
        prepare_experiment(world_.fs, "0123456789abcdef").value();
        must(world_.fs.sync_all());
    }

    void live() {
        if (auto errors = world_.start(); !errors.empty()) FAIL() << errors[0].text();
        for (int ticks = 0; !world_.optimizer->finished(); ++ticks) {
            ASSERT_LT(ticks, 50);
            world_.tick();
            answer();
        }
    }

    // The watcher: not killed together with the optimizer. A bit out of order.
    void answer() {
        auto operations = std::exchange(dies_at_, -1);
        auto live = world_.unended();
        if (!live.empty()) world_.end(live.back(), static_cast<double>(std::stoll(live.back()) * 13 % 7));
        dies_at_ = operations;
    }

    OptimizerWorld world_;
    int operations_ = 0, dies_at_ = -1;
};

void try_all(bool learning, bool power_loss) {
    Search undisturbed(learning);
    int operations = undisturbed.run(-1, false);
    Proposals expected = undisturbed.proposals();
    ASSERT_EQ(expected.size(), 5u);
    for (int at = 0; at < operations; ++at) {
        SCOPED_TRACE(at);
        Search search(learning);
        search.run(at, power_loss);
        Proposals found = search.proposals();
        if (learning) {
            ASSERT_EQ(found.size(), 5u);
            search.expect_reproducible();
        } else {
            ASSERT_EQ(found, expected);
        }
        ASSERT_LE(search.empty_directories(), 1u);
        if (testing::Test::HasFailure()) return;
    }
}

TEST(OptimizerCrash, KilledAnywhereProposesTheSame) {
    try_all(false, false);
}

TEST(OptimizerCrash, APowerLossAnywhereProposesTheSame) {
    try_all(false, true);
}

TEST(OptimizerCrash, WhatASamplerLearntIsLearntAgain) {
    try_all(true, false);
}

}  // namespace
}  // namespace tw::test
