// Whether a run of CMA-ES still gets better: the criteria TolFun and Stagnation of Hansen 2009. Not
// installed.
#pragma once

#include <vector>

namespace tw::cmaes {

class Progress {
public:
    Progress(int dimension, int lambda);

    // The costs of a generation, ascending; infinite: failed.
    void add(const std::vector<double>& costs);

    bool ended() const;

private:
    bool flat() const;
    bool stagnant() const;

    std::size_t window_;
    bool all_failed_ = false;
    double spread_ = 0;                  // of the better half of the last generation
    std::vector<double> best_, median_;  // by generation
};

}  // namespace tw::cmaes
