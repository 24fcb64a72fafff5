// What holds for every sampler that learns.
#include <gtest/gtest.h>

#include "unit/optimize/search.hpp"

namespace tw {
namespace {

using namespace test;

class Learning : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Samplers, Learning, testing::Values("cmaes", "nsga2"));

Space numbers() {
    return {{real("x", -5, 5), log_real("lr", 1e-5, 0.1), integer("layers", 1, 4),
             real("dropout", 0, 0.5, 0.1), log_integer("batch", 1, 1024), fixed("epochs", std::int64_t{81})}};
}

double cost_of(const Params& params) {
    const std::vector<double> v = values_of(numbers(), params);
    return std::pow(v[0] - 1, 2) + std::pow(std::log10(v[1]) + 3, 2) + v[2] + v[3] + std::log(v[4]);
}

// Every kind of end, others' trials, and trials that are tried again.
void step(Search& search, int i) {
    const Proposed ended = search.next_end();
    switch (i % 12) {
        case 3: return search.end(ended, EndState::failed, {}, true);
        case 5: return search.end(ended, EndState::killed, {});
        case 7: return search.end({-i, ended.params}, EndState::complete, {cost_of(ended.params)});
        case 9:
            search.end(ended, EndState::complete, {7.5});
            return search.end(ended, EndState::complete, {cost_of(ended.params)});
        default: search.end(ended, EndState::complete, {cost_of(ended.params)});
    }
}

void expect_resumes(const char* name, std::size_t parallel, int ends) {
    Search search(sampler(numbers(), name), parallel, 5);
    for (int i = 0; i < ends; ++i) {
        step(search, i);
        const auto resumed = sampler(numbers(), name);
        for (const News& news : search.news()) hear(*resumed, news);
        for (const std::int64_t ahead : {0, 1, 5}) {
            const std::int64_t k = search.next_k() + ahead;
            ASSERT_EQ(resumed->ask(k).value().params, search.sampler().ask(k).value().params) << "end " << i;
        }
    }
}

TEST_P(Learning, AResumeAtAnyPointProposesTheSame) {
    expect_resumes(GetParam(), 1, 120);
}

TEST_P(Learning, SoWithManyAtWorkThatEndInAnyOrder) {
    expect_resumes(GetParam(), 8, 120);
}

TEST_P(Learning, AskingChangesNothing) {
    Search asked(sampler(numbers(), GetParam()), 4, 1), silent(sampler(numbers(), GetParam()), 4, 1);
    for (int i = 0; i < 100; ++i) {
        for (std::int64_t k = 0; k < 200; k += 50) EXPECT_TRUE(asked.sampler().ask(k));
        step(asked, i);
        step(silent, i);
        ASSERT_EQ(asked.sampler().ask(i).value().params, silent.sampler().ask(i).value().params) << i;
    }
}

void expect_proposals_fit(Search& search, const Space& space) {
    for (std::int64_t k = search.next_k(); k < search.next_k() + 20; ++k) {
        const Status fit = fits(space, search.sampler().ask(k).value().params);
        ASSERT_TRUE(fit) << fit.error().text();
    }
}

TEST_P(Learning, AFlatCostOrNoneIsEndured) {
    for (const bool fails : {false, true}) {
        Search search(sampler(numbers(), GetParam()), 3, 1);
        for (int i = 0; i < 600; ++i) {
            const Proposed ended = search.next_end();
            if (fails)
                search.end(ended, EndState::failed, {}, true);
            else
                search.end(ended, EndState::complete, {1.0});
        }
        expect_proposals_fit(search, numbers());
    }
}

TEST_P(Learning, HugeAndTinyCostsAreEndured) {
    Search search(sampler(numbers(), GetParam()), 3, 1);
    for (int i = 0; i < 600; ++i) {
        const Proposed ended = search.next_end();
        search.end(ended, EndState::complete, {std::pow(10.0, i % 2 ? 300 : -300) * (i % 3 - 1)});
    }
    expect_proposals_fit(search, numbers());
}

TEST_P(Learning, NewsOfUnheardProposalsIsTaken) {
    const auto s = sampler(numbers(), GetParam());
    for (std::int64_t k = 0; k < 60; ++k) {
        const Params params = s->ask(k).value().params;
        s->tell({"t" + std::to_string(k), k + 1, k + 1000, params, EndState::complete, {cost_of(params)}});
    }
    EXPECT_TRUE(fits(numbers(), s->ask(60).value().params));
}

TEST_P(Learning, TheDefaultConfigurationComesFirst) {
    const auto s =
        sampler({{with_default(real("x", 0, 1), 0.25), with_default(integer("n", 1, 4), std::int64_t{2})}},
                GetParam());
    EXPECT_EQ(s->ask(0).value().params, (Params{{"x", 0.25}, {"n", std::int64_t{2}}}));
    EXPECT_EQ(s->ask(0).value().by, "default");
    EXPECT_NE(s->ask(1).value().by, "default");
}

TEST_P(Learning, AMaximisedObjectiveIsTurned) {
    const Space space{{real("x", 0, 1)}};
    OptimizerSpec spec;
    spec.sampler = GetParam();
    Search search(std::move(make_sampler(space, spec, {{"gain", Direction::maximize}}).value()), 1, 1);
    double best = 0;
    for (int i = 0; i < 150; ++i) {
        const Proposed ended = search.next_end();
        const double x = values_of(space, ended.params)[0];
        best = std::max(best, 1 - std::abs(x - 0.9));
        search.end(ended, EndState::complete, {1 - std::abs(x - 0.9)});
    }
    EXPECT_GT(best, 0.999);
}

}  // namespace
}  // namespace tw
