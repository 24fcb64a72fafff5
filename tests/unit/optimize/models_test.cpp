// What holds for every sampler that makes a model of all trials.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "unit/optimize/spaces.hpp"

namespace tw {
namespace {

using namespace test;

class Models : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Samplers, Models, testing::Values("tpe", "gp", "auto"));

double number(const Params& params, const std::string& name) {
    double value = 0;
    as_number(params.at(name), value);
    return value;
}

double bowl(const Params& params) {
    const double x = number(params, "x") - 0.31, y = number(params, "y") - 0.72;
    return x * x + y * y;
}

const Space square{{real("x", 0, 1), real("y", 0, 1)}};

// A search with some trials in flight, and everything that the sampler heard of.
class Search {
public:
    struct News {
        std::int64_t k = -1;
        Params params;                      // proposed, or
        std::optional<Observation> ending;  // told
    };

    Search(const Space& space, const char* name) : space_(space), name_(name), sampler_(test::sampler(space, name)) {}

    void run(int trials, std::size_t in_flight, const std::function<std::optional<double>(const Params&)>& function) {
        for (int i = 0; i < trials; ++i) {
            const std::int64_t k = next_++;
            auto suggestion = sampler_->ask(k);
            ASSERT_TRUE(suggestion) << suggestion.error().text();
            ASSERT_TRUE(fits(space_, suggestion->params)) << fits(space_, suggestion->params).error().text();
            propose(k, suggestion->params);
            if (flying_.size() < in_flight) continue;
            const auto ended = flying_.begin() + static_cast<std::ptrdiff_t>(static_cast<std::size_t>(i * 7) % flying_.size());
            end(ended->first, ended->second, function(ended->second));
            flying_.erase(ended);
        }
    }

    // Another sampler that hears the same, up to each proposal, says the same.
    void expect_the_same_after_a_restart(std::size_t every) const {
        for (std::size_t stop = 0; stop < news_.size(); stop += every) {
            auto again = test::sampler(space_, name_);
            for (std::size_t i = 0; i < stop; ++i) hear(*again, news_[i]);
            const auto next = std::find_if(news_.begin() + static_cast<std::ptrdiff_t>(stop), news_.end(),
                                           [](const News& news) { return !news.ending; });
            if (next == news_.end()) return;
            for (auto news = news_.begin() + static_cast<std::ptrdiff_t>(stop); news != next; ++news) hear(*again, *news);
            EXPECT_EQ(again->ask(next->k).value().params, next->params) << "proposal " << next->k;
        }
    }

    const std::vector<News>& news() const { return news_; }
    double best() const { return best_; }

private:
    static void hear(Sampler& sampler, const News& news) {
        news.ending ? sampler.tell(*news.ending) : sampler.proposed(news.k, news.params);
    }

    void propose(std::int64_t k, const Params& params) {
        news_.push_back({k, params, {}});
        sampler_->proposed(k, params);
        flying_.emplace_back(k, params);
    }

    void end(std::int64_t k, const Params& params, std::optional<double> value) {
        Observation ending{std::to_string(k), ++seq_, k, params, EndState::complete, {}};
        if (value) ending.objectives = {*value};
        if (!value) ending.state = EndState::failed, ending.own_fault = true;
        if (value) best_ = std::min(best_, *value);
        news_.push_back({k, {}, ending});
        sampler_->tell(ending);
    }

    Space space_;
    const char* name_;
    std::unique_ptr<Sampler> sampler_;
    std::vector<News> news_;
    std::vector<std::pair<std::int64_t, Params>> flying_;
    std::int64_t next_ = 0, seq_ = 0;
    double best_ = std::numeric_limits<double>::infinity();
};

TEST_P(Models, FindsAMinimumThatRandomSearchDoesNot) {
    for (const std::size_t in_flight : {1u, 8u}) {
        Search learning(square, GetParam()), random(square, "random");
        learning.run(60, in_flight, bowl);
        random.run(60, in_flight, bowl);
        EXPECT_LT(learning.best(), random.best() / 3);
        EXPECT_LT(learning.best(), 1e-3);
    }
}

TEST_P(Models, GoesUpwardsWhereMoreIsBetter) {
    OptimizerSpec spec;
    spec.sampler = GetParam();
    const auto upwards = make_sampler(square, spec, {{"score", Direction::maximize}}).value();
    const auto downwards = make_sampler(square, spec, {{"cost", Direction::minimize}}).value();
    for (std::int64_t k = 0; k < 30; ++k) {
        const Params params = upwards->ask(k).value().params;
        ASSERT_EQ(params, downwards->ask(k).value().params) << k;
        upwards->tell({std::to_string(k), k + 1, k, params, EndState::complete, {-bowl(params)}});
        downwards->tell({std::to_string(k), k + 1, k, params, EndState::complete, {bowl(params)}});
    }
}

TEST_P(Models, ARestartChangesNoProposal) {
    for (const std::uint64_t seed : {3u, 11u}) {
        Search search(seed == 3 ? mixed_space() : random_space(seed), GetParam());
        search.run(40, 5, [](const Params& params) { return std::optional(static_cast<double>(key(params).size())); });
        search.expect_the_same_after_a_restart(4);
    }
}

TEST_P(Models, AnySpaceIsServed) {
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
        Search search(random_space(seed), GetParam());
        search.run(24, 3, [&](const Params& params) -> std::optional<double> {
            const auto length = static_cast<double>(key(params).size());
            if (static_cast<int>(length) % 5 == 0) return std::nullopt;
            return length;
        });
    }
}

TEST_P(Models, StrangeValuesDoNoHarm) {
    const double most = std::numeric_limits<double>::max();
    const std::vector<std::function<std::optional<double>(const Params&)>> functions{
        [](const Params&) { return 1.0; },
        [](const Params&) { return std::nullopt; },
        [&](const Params& p) { return number(p, "x") > 0.5 ? most : -most; },
        [](const Params& p) { return number(p, "x") * 1e-300; },
        [](const Params& p) { return 1e15 + number(p, "x"); },
        [](const Params& p) { return std::exp(700 * number(p, "x")); },
    };
    for (const auto& function : functions) {
        Search search(square, GetParam());
        search.run(30, 4, function);
        for (auto& news : search.news())
            EXPECT_TRUE(news.ending || std::isfinite(number(news.params, "x") + number(news.params, "y")));
    }
}

TEST_P(Models, OthersTrialsAreLearntFrom) {
    const auto s = sampler(square, GetParam());
    for (std::int64_t i = 0; i < 40; ++i) {
        const double x = static_cast<double>(i % 7) / 6, y = static_cast<double>(i % 6) / 5;
        const Params params{{"x", x}, {"y", y}};
        s->tell({"hand" + std::to_string(i), i + 1, -1, params, EndState::complete, {bowl(params)}});
    }
    double total = 0;
    for (std::int64_t k = 0; k < 10; ++k) total += bowl(s->ask(k).value().params) / 10;
    EXPECT_LT(total, 0.08) << "uniform draws: 0.2";
}

TEST_P(Models, ATrialThatWasTriedAgainCountsOnce) {
    const auto twice = sampler(square, GetParam()), once = sampler(square, GetParam());
    for (std::int64_t k = 0; k < 30; ++k) {
        const Params params = once->ask(k).value().params;
        if (k == 5) twice->tell({"000005", k + 1, k, params, EndState::failed, {}, true});
        twice->tell({std::to_string(k), k + 2, k, params, EndState::complete, {bowl(params)}});
        once->tell({std::to_string(k), k + 2, k, params, EndState::complete, {bowl(params)}});
        if (k == 5) {
            twice->tell({"000005", k + 3, k, params, EndState::killed, {}});
        }
    }
    EXPECT_EQ(twice->ask(30).value().params, once->ask(30).value().params);
}

TEST_P(Models, WhatTheClusterOrAPersonEndedSaysNothing) {
    const auto one = sampler(square, GetParam()), other = sampler(square, GetParam());
    for (std::int64_t k = 0; k < 20; ++k) {
        const Params params = one->ask(k).value().params;
        const double value = bowl(params);
        for (Sampler* s : {one.get(), other.get()}) {
            s->proposed(k, params);
            s->tell({std::to_string(k), 2 * k + 1, k, params, EndState::complete, {value}});
        }
        other->tell({"lost" + std::to_string(k), 2 * k + 2, -1, params, EndState::failed, {}, false});
    }
    EXPECT_EQ(one->ask(20).value().params, other->ask(20).value().params);
}

TEST_P(Models, WhereOthersAreAtWorkItGoesElsewhere) {
    const auto s = sampler(square, GetParam());
    std::int64_t k = 0;
    for (; k < 14; ++k) {
        const Params params = s->ask(k).value().params;
        s->proposed(k, params);
        s->tell({std::to_string(k), k + 1, k, params, EndState::complete, {bowl(params)}});
    }
    std::vector<Params> flying;
    for (; k < 22; ++k) {
        flying.push_back(s->ask(k).value().params);
        s->proposed(k, flying.back());
    }
    for (std::size_t i = 0; i < flying.size(); ++i)
        for (std::size_t j = 0; j < i; ++j)
            EXPECT_GT(std::hypot(number(flying[i], "x") - number(flying[j], "x"), number(flying[i], "y") - number(flying[j], "y")),
                      1e-4);
}

TEST_P(Models, ASmallDiscreteSpaceIsFoundOut) {
    const Space space{{integer("a", 1, 6), choice("b", {text("p"), text("q"), text("r")})}};
    Search search(space, GetParam());
    search.run(45, 1, [](const Params& p) {
        return std::optional(std::abs(number(p, "a") - 5) + (p.at("b") == text("q") ? 0.0 : 1.0));
    });
    EXPECT_EQ(search.best(), 0);
}

}  // namespace
}  // namespace tw
