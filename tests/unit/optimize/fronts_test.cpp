// Several objectives, and the samplers with a model.
#include <gtest/gtest.h>

#include "optimize/gp/front_sampler.hpp"
#include "unit/optimize/zdt1.hpp"

namespace tw {
namespace {

using namespace test;

class Fronts : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Samplers, Fronts, testing::Values("tpe", "gp", "auto"));

TEST_P(Fronts, AreFoundWhereRandomSearchIsFarAway) {
    EXPECT_LT(hypervolume_of("random", 1, 100, 1), 2.6);
    EXPECT_GT(hypervolume_of(GetParam(), 1, 100, 1), 3.3);
    EXPECT_GT(hypervolume_of(GetParam(), 2, 100, 4), 3.3);
}

TEST_P(Fronts, ObjectivesOfVeryDifferentSizeCountAlike) {
    const Space space = box(4, 0, 1);
    OptimizerSpec spec{GetParam(), 80, 0, 1, {}};
    Search search(std::move(make_sampler(space, spec, {{"a"}, {"b"}}).value()), 1, 1);
    std::vector<Costs> found;
    for (int i = 0; i < 80; ++i) {
        const Proposed ended = search.next_end();
        found.push_back(zdt1(values_of(space, ended.params)));
        search.end(ended, EndState::complete, {found.back()[0] * 1e9, found.back()[1] * 1e-9});
    }
    EXPECT_GT(hypervolume(found), 4.3);
}

TEST_P(Fronts, ARestartChangesNoProposal) {
    const Space space = box(3, 0, 1);
    const auto make = [&] {
        return std::move(
            make_sampler(space, OptimizerSpec{GetParam(), 40, 0, 1, {}}, {{"a"}, {"b"}}).value());
    };
    Search search(make(), 3, 1);
    for (int i = 0; i < 30; ++i) {
        const Proposed ended = search.next_end();
        search.end(ended, EndState::complete, zdt1(values_of(space, ended.params)));
        const auto again = make();
        for (const News& news : search.news()) hear(*again, news);
        const std::int64_t k = search.next_k();
        ASSERT_EQ(again->ask(k).value().params, search.sampler().ask(k).value().params) << i;
    }
}

History told(const std::vector<Costs>& all) {
    History history(UnitCube(box(1, 0, 1)), {{"a"}, {"b"}});
    for (std::size_t i = 0; i < all.size(); ++i) {
        Observation observation{std::to_string(i), static_cast<std::int64_t>(i), static_cast<std::int64_t>(i),
                                {{"x0", 0.5}},     EndState::complete,           all[i]};
        history.tell(observation);
    }
    return history;
}

TEST(Chebyshev, IsTheLargestWeightedDistanceInTheSpreadOfTheFront) {
    const History history = told({{0, 100}, {10, 50}, {20, 0}, {500, 900}});  // the last one is beaten
    const auto cost = gp::chebyshev(history, {0.25, 0.75}, 0.05);
    EXPECT_DOUBLE_EQ(cost(history.told()[0]), 0.75 + 0.05 * 0.75);
    EXPECT_DOUBLE_EQ(cost(history.told()[1]), 0.375 + 0.05 * (0.125 + 0.375));
    EXPECT_DOUBLE_EQ(cost(history.told()[3]), 6.75 + 0.05 * (6.25 + 6.75));
    EXPECT_DOUBLE_EQ(gp::chebyshev(history, {0.25, 0.75}, 1)(history.told()[1]), 0.375 + 0.125 + 0.375);
}

TEST(Chebyshev, HugeAndTinyCostsStayFinite) {
    const double huge = 1.7e308, tiny = 4.9e-324;
    const History history = told({{-huge, tiny}, {huge, 0}, {0, huge}});
    for (const Told& trial : history.told())
        for (const auto& weights : std::vector<std::vector<double>>{{0.5, 0.5}, {1, 0}, {0, 1}})
            EXPECT_TRUE(std::isfinite(gp::chebyshev(history, weights, 0.05)(trial)));
}

TEST(Chebyshev, AFrontWithoutSpreadTakesThatOfAll) {
    const History history = told({{0, 0}, {10, 20}, {10, 20}});
    EXPECT_DOUBLE_EQ(gp::chebyshev(history, {0.5, 0.5}, 0.05)(history.told()[1]), 0.55);
    const History flat = told({{3, 3}, {3, 3}});
    EXPECT_EQ(gp::chebyshev(flat, {0.5, 0.5}, 0.05)(flat.told()[0]), 0);
}

}  // namespace
}  // namespace tw
