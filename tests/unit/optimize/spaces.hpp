// Spaces for the tests of lib/optimize.
#pragma once

#include <algorithm>
#include <random>
#include <string>

#include "optimize/make_sampler.hpp"
#include "records/space.hpp"

namespace tw::test {

inline Parameter real(std::string name, double low, double high, double step = 0) {
    Parameter p;
    p.name = std::move(name);
    p.type = ParameterType::real;
    p.low = low, p.high = high, p.step = step;
    return p;
}

inline Parameter log_real(std::string name, double low, double high) {
    Parameter p = real(std::move(name), low, high);
    p.log = true;
    return p;
}

inline Parameter integer(std::string name, double low, double high, double step = 0) {
    Parameter p = real(std::move(name), low, high, step);
    p.type = ParameterType::integer;
    return p;
}

inline Parameter log_integer(std::string name, double low, double high) {
    Parameter p = integer(std::move(name), low, high);
    p.log = true;
    return p;
}

inline Parameter choice(std::string name, std::vector<Scalar> choices) {
    Parameter p;
    p.name = std::move(name);
    p.type = ParameterType::categorical;
    p.choices = std::move(choices);
    return p;
}

inline Parameter fixed(std::string name, Scalar value) {
    Parameter p;
    p.name = std::move(name);
    p.value = std::move(value);
    return p;
}

inline Parameter with_default(Parameter p, Scalar value) {
    p.default_value = std::move(value);
    return p;
}

inline Parameter when(Parameter p, std::string parent, std::vector<Scalar> values) {
    p.when.push_back({std::move(parent), std::move(values), {}, {}, {}, {}});
    return p;
}

inline Parameter when_at_least(Parameter p, std::string parent, double ge) {
    p.when.push_back({std::move(parent), {}, ge, {}, {}, {}});
    return p;
}

// All of it as one word, for sets: Scalars have no order.
inline std::string key(const Params& params) {
    std::string all;
    for (const auto& [name, value] : params) all += name + "=" + to_text(value) + " ";
    return all;
}

inline Scalar text(const char* value) {
    return std::string(value);
}

// One of each kind, with a condition.
inline Space mixed_space() {
    return {{log_real("lr", 1e-5, 0.1), integer("layers", 1, 4),
             choice("optimizer", {text("adam"), text("sgd")}),
             when(real("momentum", 0, 0.99), "optimizer", {text("sgd")}), real("dropout", 0, 0.5, 0.1),
             log_integer("batch", 1, 1024), fixed("epochs", std::int64_t{81})}};
}

// Three conditions deep, of each kind: a value, a list, a range. Children are declared before their parents.
inline Space nested_space() {
    Parameter nesterov = choice("nesterov", {true, false});
    nesterov.when.push_back({"momentum", {}, {}, 0.5, {}, 0.95});
    return {{std::move(nesterov), when(real("momentum", 0, 0.99), "optimizer", {text("sgd"), text("rms")}),
             when(choice("optimizer", {text("adam"), text("sgd"), text("rms")}), "model", {text("net")}),
             when(integer("depth", 1, 9), "model", {text("tree")}),
             when_at_least(real("prune", 0, 1), "depth", 4), choice("model", {text("tree"), text("net")})}};
}

// What a sampler of numbers takes of a space.
inline Space numbers_of(const Space& space) {
    Space numbers;
    for (Parameter p : space.parameters) {
        p.when.clear();
        if (p.type != ParameterType::categorical) numbers.parameters.push_back(std::move(p));
    }
    return numbers;
}

// Any space that a user may write, conditions nested to any depth and parents declared before or after.
inline Space random_space(std::uint64_t seed) {
    std::mt19937_64 engine(seed);
    const auto below = [&](std::uint64_t n) { return engine() % n; };
    Space space;
    const std::size_t size = 1 + below(8);
    for (std::size_t i = 0; i < size; ++i) {
        const std::string name = "p" + std::to_string(i);
        const double low = static_cast<double>(below(2000)) - 1000, width = static_cast<double>(below(50));
        switch (below(7)) {
            case 0: space.parameters.push_back(real(name, low * 1e-3, low * 1e-3 + width)); break;
            case 1: space.parameters.push_back(real(name, low, low + width * 0.1 + 0.1, 0.1)); break;
            case 2: space.parameters.push_back(log_real(name, 1e-8, 1e-8 + width)); break;
            case 3: space.parameters.push_back(integer(name, low, low + width, 1.0 + below(3))); break;
            case 4: space.parameters.push_back(log_integer(name, 1 + below(5), 6 + width)); break;
            case 5:
                space.parameters.push_back(choice(name, {true, nullptr, text("x"), std::int64_t{3}, 0.5}));
                break;
            default: space.parameters.push_back(fixed(name, text("constant")));
        }
        for (std::size_t c = below(3); c > 0 && i > 0; --c) {
            const Parameter& parent = space.parameters[below(i)];
            const double middle = (parent.low + parent.high) / 2;
            if (parent.type == ParameterType::categorical) {
                space.parameters[i] = when(space.parameters[i], parent.name, {true, std::int64_t{3}});
            } else if (parent.type != ParameterType::fixed) {
                space.parameters[i] = when_at_least(space.parameters[i], parent.name, middle);
            }
        }
    }
    if (below(2)) std::reverse(space.parameters.begin(), space.parameters.end());
    return space;
}

inline std::unique_ptr<Sampler> sampler(const Space& space, std::string name, std::uint64_t seed = 1) {
    OptimizerSpec spec;
    spec.sampler = std::move(name);
    spec.seed = seed;
    return std::move(make_sampler(space, spec, {{"cost", Direction::minimize}}).value());
}

}  // namespace tw::test
