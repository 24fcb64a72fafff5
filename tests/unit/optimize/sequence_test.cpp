// What holds for every sampler, and the values that a seed stands for.
#include <gtest/gtest.h>

#include <set>

#include "unit/optimize/spaces.hpp"

namespace tw {
namespace {

using namespace test;

class Sequences : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Samplers, Sequences,
                         testing::Values("random", "sobol", "grid", "cmaes", "nsga2", "tpe", "gp", "auto"));

class NotLearning : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Samplers, NotLearning, testing::Values("random", "sobol", "grid"));

Space taken_by(const std::string& name, const Space& space) {
    return name == "cmaes" ? numbers_of(space) : space;
}

TEST_P(Sequences, AnyOrderOfAskingGivesTheSame) {
    const Space space = taken_by(GetParam(), mixed_space());
    std::vector<Params> forward;
    const auto one = sampler(space, GetParam());
    for (std::int64_t k = 0; k < 50; ++k) forward.push_back(one->ask(k).value().params);
    const auto other = sampler(space, GetParam());
    for (std::int64_t i = 0; i < 100; ++i) {
        const std::int64_t k = (i * 37) % 50;
        ASSERT_EQ(other->ask(k).value().params, forward[static_cast<std::size_t>(k)]) << k;
        ASSERT_EQ(other->ask(k).value().params, one->ask(k).value().params) << k;
    }
}

TEST_P(NotLearning, TellingChangesNothing) {
    const auto told = sampler(mixed_space(), GetParam()), silent = sampler(mixed_space(), GetParam());
    for (std::int64_t k = 0; k < 5; ++k) {
        told->tell({"000001", k + 1, k, told->ask(k).value().params, EndState::complete, {0.5}});
        EXPECT_EQ(told->ask(k + 1).value().params, silent->ask(k + 1).value().params);
    }
}

TEST_P(Sequences, EveryProposalFits) {
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        const Space space = taken_by(GetParam(), random_space(seed));
        const auto s = sampler(space, GetParam(), seed);
        const std::int64_t end = std::min<std::int64_t>(40, s->limit().value_or(40));
        for (std::int64_t k = 0; k < end; ++k) {
            const auto params = s->ask(k);
            ASSERT_TRUE(params) << params.error().text();
            const Status fit = fits(space, params->params);
            ASSERT_TRUE(fit) << "space " << seed << ", proposal " << k << ": " << fit.error().text();
        }
    }
}

TEST_P(Sequences, ConditionsMayBeNestedThreeDeep) {
    const Space space = nested_space();
    if (std::string(GetParam()) == "cmaes") return;
    const auto s = sampler(space, GetParam());
    std::set<std::string> ways;
    for (std::int64_t k = 0; k < s->limit().value_or(200); ++k) {
        const Params params = s->ask(k).value().params;
        ASSERT_TRUE(fits(space, params)) << key(params);
        std::string way;
        for (const auto& [name, value] : params) way += name + " ";
        ways.insert(way);
    }
    EXPECT_EQ(ways.size(), 5u) << "tree, deep tree, adam, sgd or rms, and with nesterov";
}

TEST_P(Sequences, FarProposalsNeedNoReplay) {
    const Space space{{real("x", 0, 1), real("y", 0, 1)}};
    const auto s = sampler(space, GetParam());
    const std::int64_t far = s->limit() ? *s->limit() - 1 : std::int64_t{1} << 60;
    EXPECT_TRUE(fits(space, s->ask(far).value().params));
}

TEST_P(Sequences, NegativeNumbersAreRefused) {
    const auto answer = sampler(taken_by(GetParam(), mixed_space()), GetParam())->ask(-1);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, Code::invalid);
}

TEST_P(Sequences, ASpaceWithoutFreeParametersIsServed) {
    const auto s = sampler({{fixed("a", std::int64_t{1})}}, GetParam());
    EXPECT_EQ(s->ask(0).value().params, (Params{{"a", std::int64_t{1}}}));
}

TEST_P(Sequences, OnlyTheGridIgnoresTheSeed) {
    const Space space = taken_by(GetParam(), mixed_space());
    const auto one = sampler(space, GetParam(), 1)->ask(0).value().params;
    const auto two = sampler(space, GetParam(), 2)->ask(0).value().params;
    EXPECT_EQ(one == two, std::string(GetParam()) == "grid");
}

void expect_values(const Params& params, double lr, std::int64_t layers, const char* optimizer,
                   double dropout, std::int64_t batch) {
    EXPECT_DOUBLE_EQ(std::get<double>(params.at("lr")), lr);
    EXPECT_EQ(std::get<std::int64_t>(params.at("layers")), layers);
    EXPECT_EQ(std::get<std::string>(params.at("optimizer")), optimizer);
    EXPECT_DOUBLE_EQ(std::get<double>(params.at("dropout")), dropout);
    EXPECT_EQ(std::get<std::int64_t>(params.at("batch")), batch);
}

TEST(Golden, Random) {
    const auto s = sampler(mixed_space(), "random");
    expect_values(s->ask(0).value().params, 0.0014184086644455881, 4, "adam", 0.1, 1);
    expect_values(s->ask(1).value().params, 7.1919464894935198e-05, 2, "sgd", 0.2, 11);
    expect_values(s->ask(1000).value().params, 0.0007234498022302084, 1, "adam", 0.3, 141);
}

TEST(Golden, Sobol) {
    const auto s = sampler(mixed_space(), "sobol");
    expect_values(s->ask(0).value().params, 0.037522022805033257, 3, "sgd", 0.1, 166);
    expect_values(s->ask(1).value().params, 0.0037522022805033216, 2, "adam", 0.2, 25);
    expect_values(s->ask(1000).value().params, 0.027885599977705528, 3, "adam", 0.2, 2);
}

TEST(Golden, Cmaes) {
    const auto s = sampler({{real("x", 0, 1), integer("n", 1, 100)}}, "cmaes");
    EXPECT_DOUBLE_EQ(std::get<double>(s->ask(0).value().params.at("x")), 0.29829884317385857);
    EXPECT_EQ(s->ask(0).value().params.at("n"), Scalar{std::int64_t{53}});
    EXPECT_DOUBLE_EQ(std::get<double>(s->ask(1000).value().params.at("x")), 0.323765312374243);
    EXPECT_EQ(s->ask(1000).value().params.at("n"), Scalar{std::int64_t{40}});
}

// What a learning sampler proposes after news; not to the last bit, which is the mathematical library's.
void expect_learned(const char* name, double expected_x, std::int64_t expected_n) {
    const auto s = sampler({{real("x", 0, 1), integer("n", 1, 100)}}, name);
    for (std::int64_t k = 0; k < 40; ++k) {
        const Params params = s->ask(k).value().params;
        s->proposed(k, {params});
        const double n = static_cast<double>(std::get<std::int64_t>(params.at("n")));
        s->tell({std::to_string(k),
                 k + 1,
                 k,
                 params,
                 EndState::complete,
                 {std::get<double>(params.at("x")) + n}});
    }
    const Params params = s->ask(40).value().params;
    EXPECT_NEAR(std::get<double>(params.at("x")), expected_x, 1e-6) << name;
    EXPECT_EQ(params.at("n"), Scalar{expected_n}) << name;
}

TEST(Golden, Learned) {
    expect_learned("cmaes", 0.10837467262225692, 1);
    expect_learned("nsga2", 0.62045940692142532, 7);
}

TEST(Golden, Grid) {
    const auto s = sampler(mixed_space(), "grid");
    EXPECT_EQ(s->limit(), 10 * 4 * (1 + 10) * 6 * 1024);
    expect_values(s->ask(0).value().params, 1e-5, 1, "adam", 0, 1);
    expect_values(s->ask(1).value().params, 1e-5, 1, "adam", 0, 2);
    expect_values(s->ask(1024).value().params, 1e-5, 1, "adam", 0.1, 1);
    expect_values(s->ask(6 * 1024).value().params, 1e-5, 1, "sgd", 0, 1);
    expect_values(s->ask(10 * 4 * 11 * 6 * 1024 - 1).value().params, 0.1, 4, "sgd", 0.5, 1024);
}

}  // namespace
}  // namespace tw
