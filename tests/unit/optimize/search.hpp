// A search by a sampler with several trials at work, and what was said to the sampler in its course.
#pragma once

#include <cmath>
#include <functional>
#include <limits>
#include <variant>

#include "unit/optimize/spaces.hpp"

namespace tw::test {

using Cost = std::function<double(const std::vector<double>&)>;

inline std::vector<double> values_of(const Space& space, const Params& params) {
    std::vector<double> values;
    for (const Parameter& p : space.parameters) {
        double value = 0;
        if (const auto it = params.find(p.name); it != params.end()) as_number(it->second, value);
        values.push_back(value);
    }
    return values;
}

struct Proposed {
    std::int64_t k = 0;
    Params params;
};

// What a sampler hears, in its order.
using News = std::variant<Proposed, Observation>;

inline void hear(Sampler& sampler, const News& news) {
    if (const auto* proposed = std::get_if<Proposed>(&news))
        sampler.proposed(proposed->k, {proposed->params});
    else
        sampler.tell(std::get<Observation>(news));
}

// Trials that end in an order drawn from `seed`.
class Search {
public:
    Search(std::unique_ptr<Sampler> sampler, std::size_t parallel, std::uint64_t seed)
        : sampler_(std::move(sampler)), parallel_(parallel), engine_(seed) {}

    Sampler& sampler() { return *sampler_; }
    const std::vector<News>& news() const { return news_; }
    std::int64_t next_k() const { return k_; }

    // Proposes until all are at work, and takes out the one that ends first.
    Proposed next_end() {
        while (at_work_.size() < parallel_) {
            at_work_.push_back({k_, sampler_->ask(k_).value().params});
            say(at_work_.back());
            ++k_;
        }
        const auto ended = at_work_.begin() + static_cast<std::ptrdiff_t>(engine_() % at_work_.size());
        Proposed proposed = std::move(*ended);
        at_work_.erase(ended);
        return proposed;
    }

    void end(const Proposed& proposed, EndState state, std::vector<double> objectives, bool own_fault = false,
             std::vector<double> excess = {}) {
        Observation observation{"trial " + std::to_string(proposed.k),
                                ++seq_,
                                proposed.k,
                                proposed.params,
                                state,
                                std::move(objectives),
                                own_fault};
        observation.excess = std::move(excess);
        say(std::move(observation));
    }

    void say(News news) {
        hear(*sampler_, news);
        news_.push_back(std::move(news));
    }

private:
    std::unique_ptr<Sampler> sampler_;
    std::size_t parallel_;
    std::mt19937_64 engine_;
    std::vector<Proposed> at_work_;
    std::vector<News> news_;
    std::int64_t k_ = 0, seq_ = 0;
};

// The least cost of so many trials.
inline double best_of(int trials, const Space& space, const Cost& cost, const char* name, std::uint64_t seed,
                      std::size_t parallel = 1) {
    Search search(sampler(space, name, seed), parallel, seed);
    double best = std::numeric_limits<double>::infinity();
    for (int i = 0; i < trials; ++i) {
        const Proposed ended = search.next_end();
        const double value = cost(values_of(space, ended.params));
        search.end(ended, EndState::complete, {value});
        best = std::min(best, value);
    }
    return best;
}

inline Space box(int dimension, double low, double high) {
    Space space;
    for (int i = 0; i < dimension; ++i) space.parameters.push_back(real("x" + std::to_string(i), low, high));
    return space;
}

// Where the test functions have their optimum, off the centre.
inline double shift(std::size_t axis) {
    return 1.3 * std::sin(3.0 * static_cast<double>(axis) + 1);
}

// A sum of squares, weighted from 1 to `condition`.
inline Cost ellipsoid(double condition) {
    return [condition](const std::vector<double>& x) {
        double sum = 0;
        for (std::size_t i = 0; i < x.size(); ++i) {
            const double part = x.size() > 1 ? static_cast<double>(i) / static_cast<double>(x.size() - 1) : 0;
            sum += std::pow(condition, part) * std::pow(x[i] - shift(i), 2);
        }
        return sum;
    };
}

}  // namespace tw::test
