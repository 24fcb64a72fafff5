// A search by each of the real samplers proposes the same whether its program was killed or not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "optimizer_world.hpp"

namespace tw::test {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr int trials = 24;

const std::string space = R"("x":{"type":"float","low":0,"high":1},"n":{"type":"int","low":1,"high":9})";

const std::string believed =
    R"("x":{"type":"float","low":0,"high":1,"prior":{"mean":0.4,"std":0.2}},"n":{"type":"int","low":1,"high":9})";
const std::string first = R"(,"first":[{"n":3},{"x":0.5,"n":2},{}])";

const std::string limits =
    R"(},"constraints":{"parameters":["x <= n / 8"],"outcomes":[{"name":"ms","upper":4}])";

// Before each proposal. `rested`: what has ended is read from the record alone.
enum class Kill { never, always, rested };

class Restarted : public ::testing::TestWithParam<const char*> {
protected:
    // The texts of all configs, without what is random to a process: there is nothing.
    // Constrained: one trial in six fails by its own fault.
    std::vector<std::string> search(Kill kill, const std::string& declared = space,
                                    const std::string& more = "", bool constrained = false) {
        OptimizerWorld world(fmt::format(R"({},"trials":{},"parallel":3{})", GetParam(), trials, more),
                             declared);
        EXPECT_THAT(world.start(), IsEmpty());
        world.watch();
        world.restart();
        for (int i = 0; i < trials; ++i) {
            world.tick();
            if (kill == Kill::rested) restart_from_record(world);
            if (kill == Kill::always) world.restart();
            auto running = world.unended();
            if (running.empty()) break;
            const TrialId ended = running.at(static_cast<std::size_t>(i * 5) % running.size());
            const Params params = world.configs().at(ended).params;
            double x = 0, n = 0;
            as_number(params.at("x"), x);
            as_number(params.at("n"), n);
            const double cost = (x - 0.3) * (x - 0.3) + 0.1 * std::abs(n - 7);
            if (constrained && i % 6 == 5)
                world.fail(ended, "exit");
            else
                world.end_as(ended, ++world.seq, EndState::complete, {{"cost", cost}, {"ms", n - x}});
        }
        std::vector<std::string> texts;
        for (auto& [id, config] : world.configs()) texts.push_back(*world.fs.get(layout::config(id)));
        return texts;
    }

    void restart_from_record(OptimizerWorld& world) {
        world.clock.advance(Seconds(20));
        world.tick();  // recorded
        world.fs.accesses.clear();
        world.restart();
        std::set<TrialId> ended;
        for (auto& [id, trial] : world.optimizer->book().trials())
            if (trial.outcome) ended.insert(id);
        for (auto& access : world.fs.accesses)
            if (access.op == "read" || access.op == "list") {
                for (auto& id : ended)
                    EXPECT_FALSE(access.path.starts_with(layout::trial(id))) << access.path;
            }
    }
    void expect_the_same(const std::vector<std::string>& whole, const std::string& declared = space,
                         const std::string& more = "", bool constrained = false) {
        EXPECT_EQ(search(Kill::always, declared, more, constrained), whole);
        EXPECT_EQ(search(Kill::rested, declared, more, constrained), whole);
    }
};

TEST_P(Restarted, BetweenAnyTwoProposalsItChangesNone) {
    const auto whole = search(Kill::never);
    EXPECT_THAT(whole, SizeIs(trials));
    expect_the_same(whole);
}

TEST_P(Restarted, WithPriorsAndFirstConfigurationsToo) {
    const auto whole = search(Kill::never, believed, first);
    EXPECT_THAT(whole, SizeIs(trials));
    expect_the_same(whole, believed, first);
    EXPECT_NE(whole, search(Kill::never));
}

TEST_P(Restarted, NorUnderConstraintsAndFailures) {
    const auto whole = search(Kill::never, space, limits, true);
    EXPECT_THAT(whole, SizeIs(trials));
    expect_the_same(whole, space, limits, true);
}

TEST_P(Restarted, NorDoesARuleEndItElsewhere) {
    const std::string stop = R"(,"stop":{"patience":6,"target":0.3})";
    const auto whole = search(Kill::never, space, stop, true);
    EXPECT_LT(whole.size(), static_cast<std::size_t>(trials));
    expect_the_same(whole, space, stop, true);
}

#define SAMPLER(name) R"("sampler":")" name R"(")"
#define PROMOTES(type) R"(,"pruner":{"type":")" type R"(","max":9,"promote":true})"

INSTANTIATE_TEST_SUITE_P(Samplers, Restarted,
                         ::testing::Values(SAMPLER("auto"), SAMPLER("gp"), SAMPLER("tpe"), SAMPLER("cmaes"),
                                           SAMPLER("nsga2"), SAMPLER("sobol"), SAMPLER("random"),
                                           SAMPLER("grid")));
INSTANTIATE_TEST_SUITE_P(Budgets, Restarted,
                         ::testing::Values(SAMPLER("random") PROMOTES("asha"),
                                           SAMPLER("auto") PROMOTES("asha"),
                                           SAMPLER("sobol") PROMOTES("hyperband"),
                                           SAMPLER("auto") PROMOTES("bohb"),
                                           SAMPLER("cmaes") PROMOTES("bohb"),
                                           SAMPLER("pbt") R"(,"pbt":{"population":4,"interval":3})"));

}  // namespace
}  // namespace tw::test
