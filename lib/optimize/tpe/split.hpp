// Which trials count as good. Private to lib/optimize.
#pragma once

#include <cstddef>
#include <vector>

#include "optimize/history.hpp"

namespace tw::tpe {

struct Split {
    std::vector<std::size_t> good;  // into History::told(), best first
    std::vector<double> weights;    // of each, mean 1
    std::vector<std::size_t> bad;   // the others, configurations that failed among them
};

// 15 % of the complete trials are good, of many fewer. With one objective a good one weighs as much as it is
// better than the first that is not, which makes the density ratio an expected improvement: Watanabe,
// "Tree-structured Parzen estimator" (2023, arXiv 2304.11127), 3.1. With several, good ones are taken front
// by front, of the last front the loneliest, feasible ones before others: Ozaki, Tanigaki, Watanabe, Onishi,
// "Multiobjective tree-structured Parzen estimator" (2020).
Split split(const History& history);

}  // namespace tw::tpe
