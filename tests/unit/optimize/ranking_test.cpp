#include "optimize/ranking.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <random>

namespace tw {
namespace {

const std::vector<Objective> minimize{{"cost", Direction::minimize}};
const std::vector<Objective> maximize{{"f", Direction::maximize}};
const std::vector<Objective> both{{"cost", Direction::minimize}, {"f", Direction::maximize}};

std::string order(const std::vector<Candidate>& candidates, const std::vector<Objective>& objectives) {
    std::string ids;
    for (const Place& place : rank_trials(candidates, objectives)) ids += candidates[place.index].id;
    return ids;
}

std::string best(const std::vector<Candidate>& candidates, const std::vector<Objective>& objectives) {
    std::string ids;
    for (const std::size_t index : best_trials(candidates, objectives)) ids += candidates[index].id;
    return ids;
}

TEST(Ranking, OneObjectiveInItsDirection) {
    const std::vector<Candidate> trials{{"a", 1, {2}}, {"b", 2, {-1}}, {"c", 3, {7}}};
    EXPECT_EQ(order(trials, minimize), "bac");
    EXPECT_EQ(order(trials, maximize), "cab");
    EXPECT_EQ(best(trials, minimize), "b");
    EXPECT_EQ(best(trials, maximize), "c");
}

TEST(Ranking, TheHighestBudgetComesFirstAndWhoHasNoneCountsWithIt) {
    const std::vector<Candidate> trials{{"a", 1, {0}, 0, 1.0},
                                        {"b", 2, {5}, 0, 9.0},
                                        {"c", 3, {4}, 0, {}},
                                        {"d", 4, {1}, 0, 3.0},
                                        {"e", 5, {6}, 0, 9.0}};
    EXPECT_EQ(order(trials, minimize), "cbeda");
    EXPECT_EQ(best(trials, minimize), "c");
    EXPECT_EQ(best({{"a", 1, {0}, 0, 1.0}, {"broken", 2, {}, 0, 9.0}}, minimize), "a");
    EXPECT_EQ(best({{"a", 1, {0}, 0, {}}, {"b", 2, {1}, 0, {}}}, minimize), "a");
}

TEST(Ranking, TiesByWhoEndedFirst) {
    const std::vector<Candidate> trials{{"a", 9, {1}}, {"b", 3, {1}},   {"c", 1, {2}},
                                        {"d", 5, {1}}, {"e", 7, {0.0}}, {"f", 6, {-0.0}}};
    EXPECT_EQ(order(trials, minimize), "febdac");
    EXPECT_EQ(order(trials, maximize), "cbdafe");
    EXPECT_EQ(best(trials, minimize), "fe");
}

TEST(Ranking, ParetoFrontsWithTheSameTwice) {
    const std::vector<Candidate> trials{{"a", 6, {1, 1}}, {"b", 5, {3, 9}}, {"c", 4, {2, 5}},
                                        {"d", 3, {2, 4}}, {"e", 2, {2, 5}}, {"f", 1, {4, 4}}};
    EXPECT_EQ(best(trials, both), "ecba");
    EXPECT_EQ(order(trials, both), "ecbadf");
    const auto places = rank_trials(trials, both);
    EXPECT_EQ(places[4].front, 1u);
    EXPECT_EQ(places[5].front, 2u);
}

TEST(Ranking, WhatIsFeasibleComesFirstThenWhatViolatesLess) {
    const double unknown = std::numeric_limits<double>::infinity();
    const std::vector<Candidate> trials{{"a", 1, {0}, unknown}, {"b", 2, {1}, 0.5}, {"c", 3, {9}, 0},
                                        {"d", 4, {8}, 0.1},     {"e", 5, {7}, 0},   {"f", 6, {0}, 0.1}};
    EXPECT_EQ(order(trials, minimize), "ecdfba");
    EXPECT_EQ(best(trials, minimize), "e");
    EXPECT_EQ(order({{"a", 1, {0}, 0.5}, {"b", 2, {3}, 0.25}}, minimize), "ba");
    EXPECT_EQ(best({{"a", 1, {0}, 0.5}, {"b", 2, {3}, 0.25}}, minimize), "b");
    const std::vector<Candidate> several{{"a", 1, {1, 9}, 0.5}, {"b", 2, {2, 4}, 0}, {"c", 3, {3, 5}, 0}};
    EXPECT_EQ(best(several, both), "bc");
    EXPECT_EQ(order_by_crowding({{1}, {2}, {3}}, {0.5, 0, 0.2}), (std::vector<std::size_t>{1, 2, 0}));
}

TEST(Ranking, IncompleteCandidatesAreLeftOut) {
    const double nan = std::numeric_limits<double>::quiet_NaN(),
                 inf = std::numeric_limits<double>::infinity();
    const std::vector<Candidate> trials{
        {"a", 1, {1, 1}}, {"b", 2, {1}}, {"c", 3, {}}, {"d", 4, {nan, 1}}, {"e", 5, {-inf, 1}}};
    EXPECT_EQ(order(trials, both), "a");
    EXPECT_EQ(order({}, both), "");
}

// Against the definition, with values coarse enough for many ties.
TEST(Ranking, FrontsAsDefined) {
    std::mt19937_64 engine(1);
    for (int round = 0; round < 50; ++round) {
        const std::size_t objectives = 1 + engine() % 4;
        std::vector<Objective> directions(objectives);
        for (Objective& o : directions)
            o.direction = engine() % 2 ? Direction::minimize : Direction::maximize;
        std::vector<Candidate> trials(60);
        for (std::size_t i = 0; i < trials.size(); ++i) {
            trials[i].seq = static_cast<std::int64_t>(i);
            for (std::size_t j = 0; j < objectives; ++j)
                trials[i].values.push_back(static_cast<double>(engine() % 6));
        }
        const auto dominates = [&](const Candidate& a, const Candidate& b) {
            bool better = false;
            for (std::size_t j = 0; j < objectives; ++j) {
                const double sign = directions[j].direction == Direction::minimize ? 1 : -1;
                if (sign * a.values[j] > sign * b.values[j]) return false;
                better = better || a.values[j] != b.values[j];
            }
            return better;
        };
        const auto places = rank_trials(trials, directions);
        ASSERT_EQ(places.size(), trials.size());
        for (const Place& place : places) {
            std::size_t expected = 0;  // one more than the worst of those that dominate it
            for (const Place& other : places)
                if (dominates(trials[other.index], trials[place.index]))
                    expected = std::max(expected, other.front + 1);
            ASSERT_EQ(place.front, expected);
        }
    }
}

}  // namespace
}  // namespace tw
