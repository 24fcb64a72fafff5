#include <gtest/gtest.h>

#include "unit/optimize/search.hpp"

namespace tw {
namespace {

using namespace test;

// The sum of squares of a trial drawn at random, somebody else's.
Observation told(Sampler& random, const Space& space, std::int64_t number) {
    const Params params = random.ask(number).value().params;
    double cost = 0;
    for (const double x : values_of(space, params)) cost += (x - 0.3) * (x - 0.3);
    return {"hand" + std::to_string(number), number + 1, -1, params, EndState::complete, {cost}};
}

TEST(AutoSampler, TheGaussianProcessIsAskedUpToAThousandTrialsAndNotBeyond) {
    const Space space = box(2, 0, 1);
    const auto s = sampler(space, "auto"), tpe = sampler(space, "tpe"), random = sampler(space, "random");
    const auto tell = [&](std::int64_t number) {
        const Observation observation = told(*random, space, number);
        for (Sampler* one : {s.get(), tpe.get()}) one->tell(observation);
    };
    for (std::int64_t number = 0; number < 999; ++number) tell(number);
    EXPECT_EQ(s->ask(0).value().by, "gp");
    EXPECT_EQ(s->ask(4).value().by, "tpe") << "one in five is the other's";
    tell(999);
    for (std::int64_t k = 0; k < 10; ++k) {
        const Suggestion suggestion = s->ask(k).value();
        EXPECT_EQ(suggestion.by, "tpe") << k;
        EXPECT_EQ(suggestion.params, tpe->ask(k).value().params) << "it has heard all trials, too: " << k;
    }
}

}  // namespace
}  // namespace tw
