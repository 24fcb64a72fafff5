#include "optimize/prune/signed_rank.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "optimize/normal.hpp"

namespace tw {

namespace {

constexpr std::size_t most_exact = 50;

struct RankSum {
    std::vector<std::size_t>
        ranks;                 // twice the rank of each difference that is not zero: whole with ties, too
    std::size_t positive = 0;  // their sum over the positive ones
};

// Of differences in the order of their absolute values: those from i on that are equal.
std::size_t end_of_ties(const std::vector<double>& sorted, std::size_t i) {
    std::size_t end = i + 1;
    while (end < sorted.size() && std::abs(sorted[end]) == std::abs(sorted[i])) ++end;
    return end;
}

RankSum rank(std::vector<double> differences) {
    std::sort(differences.begin(), differences.end(),
              [](double a, double b) { return std::abs(a) < std::abs(b); });
    RankSum sum;
    for (std::size_t i = 0, end = 0; i < differences.size(); i = end) {
        end = end_of_ties(differences, i);
        const std::size_t twice = i + 1 + end;  // of the mean of i + 1 ... end
        for (std::size_t j = i; j < end; ++j) {
            if (differences[j] == 0) continue;
            sum.ranks.push_back(twice);
            if (differences[j] > 0) sum.positive += twice;
        }
    }
    return sum;
}

// Over all signs, one rank after the other: chances[s] is that of the sum s.
double exact_p(const RankSum& sum) {
    std::vector<double> chances{1};
    for (const std::size_t rank : sum.ranks) {
        std::vector<double> next(chances.size() + rank);
        for (std::size_t s = 0; s < chances.size(); ++s) {
            next[s] += chances[s] / 2;
            next[s + rank] += chances[s] / 2;
        }
        chances = std::move(next);
    }
    double p = 0;
    for (std::size_t s = sum.positive; s < chances.size(); ++s) p += chances[s];
    return std::min(p, 1.0);
}

double normal_p(const RankSum& sum) {
    double mean = 0, squares = 0;
    for (const std::size_t rank : sum.ranks) {
        mean += static_cast<double>(rank) / 2;
        squares += static_cast<double>(rank) * static_cast<double>(rank);
    }
    if (squares == 0) return 1;
    const double z = (static_cast<double>(sum.positive) - mean) / (std::sqrt(squares) / 2);
    return normal_below(-z);
}

}  // namespace

// What the zeros add is the same whatever the signs are, so it is left out on both sides.
double signed_rank_p(std::vector<double> differences) {
    const bool exact = differences.size() <= most_exact;
    const RankSum sum = rank(std::move(differences));
    return exact ? exact_p(sum) : normal_p(sum);
}

}  // namespace tw
