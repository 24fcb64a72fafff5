// The survivors of NSGA-II. Not installed.
#pragma once

#include <string>
#include <vector>

#include "optimize/history.hpp"

namespace tw::nsga2 {

// The best by front, then by crowding distance: Deb, Pratap, Agarwal, Meyarivan, "A Fast and Elitist
// Multiobjective Genetic Algorithm: NSGA-II", IEEE Trans. Evol. Comput. 6 (2002). One comes and one goes at a
// time, as suits results that come one at a time: Durillo, Nebro, Luna, Alba, "On the Effect of the
// Steady-State Selection Scheme in Multi-Objective Genetic Algorithms", EMO 2009.
class Population {
public:
    explicit Population(std::size_t most) : most_(most) {}

    // `told` has costs.
    void add(const Told& told);
    void remove(const std::string& trial);

    std::size_t most() const { return most_; }
    const std::vector<Told>& best_first() const { return members_; }

private:
    void arrange();

    std::size_t most_;
    std::vector<Told> members_;
};

}  // namespace tw::nsga2
