// The plug is pulled, or the process killed, before each single operation on the disk.
#include <gtest/gtest.h>

#include <random>

#include "optimizer_world.hpp"

namespace tw::test {
namespace {

struct Killed {};

using Proposals = std::map<std::pair<std::string, std::int64_t>, Params>;

constexpr std::size_t trials = 7;

enum class Death { killed, power_lost, partly_lost };  // of what was not synced: all stays, nothing, some

struct Setting {
    int parallel = 2;  // from 4 on they are published together
    bool learning = false;
    Death death = Death::killed;
};

// The search until it is complete; each tick one trial ends. `dies_at`: before that operation.
class Search {
public:
    explicit Search(Setting setting)
        : world_(fmt::format(R"("trials":{},"parallel":{},"sampler":"sobol")", trials, setting.parallel)),
          setting_(setting) {
        if (setting.learning) world_.learn();
        world_.watch();
        must(world_.fs.sync_all());
        world_.fs.on_access([this](const support::Access&) -> Status {
            if (operations_++ == dies_at_) throw Killed{};
            return {};
        });
    }

    int run(int dies_at) {
        dies_at_ = dies_at;
        for (;;) {
            try {
                live();
                return operations_;
            } catch (const Killed&) {
                die(dies_at);
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
            EXPECT_EQ(sampler.ask(k).value().params, config.params)
                << "k=" << k << " seen=" << config.proposal.seen;
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
    void die(int seed) {
        dies_at_ = -1;
        world_.optimizer.reset();
        if (setting_.death == Death::killed) return world_.processes.restart();
        std::mt19937 random(static_cast<unsigned>(seed));
        if (setting_.death == Death::power_lost) world_.disk->crash();
        if (setting_.death == Death::partly_lost) world_.disk->crash([&] { return random() % 2 == 0; });
        world_.processes.reboot();
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
    Setting setting_;
    int operations_ = 0, dies_at_ = -1;
};

void try_all(Setting setting) {
    Search undisturbed(setting);
    int operations = undisturbed.run(-1);
    Proposals expected = undisturbed.proposals();
    ASSERT_EQ(expected.size(), trials);
    for (int at = 0; at < operations; ++at) {
        SCOPED_TRACE(at);
        Search search(setting);
        search.run(at);
        Proposals found = search.proposals();
        ASSERT_EQ(found.size(), trials);
        if (setting.learning)
            search.expect_reproducible();
        else
            ASSERT_EQ(found, expected);
        ASSERT_LE(search.empty_directories(), setting.death == Death::killed ? 1u : trials);
        if (testing::Test::HasFailure()) return;
    }
}

TEST(OptimizerCrash, KilledAnywhereProposesTheSame) {
    try_all({});
}

TEST(OptimizerCrash, KilledAnywhereAmongMany) {
    try_all({.parallel = 6});
}

TEST(OptimizerCrash, APowerLossAnywhereProposesTheSame) {
    try_all({.death = Death::power_lost});
}

TEST(OptimizerCrash, APowerLossAnywhereAmongMany) {
    try_all({.parallel = 6, .death = Death::power_lost});
}

TEST(OptimizerCrash, WhatIsLostInBetweenIsProposedAgain) {
    try_all({.parallel = 6, .death = Death::partly_lost});
}

TEST(OptimizerCrash, WhatASamplerLearntIsLearntAgain) {
    try_all({.learning = true});
    try_all({.parallel = 6, .learning = true, .death = Death::partly_lost});
}

}  // namespace
}  // namespace tw::test
