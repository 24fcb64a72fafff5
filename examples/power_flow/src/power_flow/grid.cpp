#include "power_flow/grid.hpp"

#include <cmath>
#include <numbers>
#include <unordered_map>

namespace power_flow {
namespace {

constexpr double degree = std::numbers::pi / 180;

// From a bus number of the case to its place in the grid; isolated buses have none.
using Places = std::unordered_map<int, int>;

// The standard branch model: a pi section behind an ideal transformer at the from end
// (MATPOWER User's Manual, section 3.2).
TwoPort two_port(const Branch& branch, int from, int to) {
    const Complex series = 1.0 / Complex(branch.r, branch.x);
    const Complex charging(0, branch.b / 2);
    const Complex tap = std::polar(branch.ratio == 0 ? 1.0 : branch.ratio, branch.angle * degree);
    return {from,
            to,
            (series + charging) / std::norm(tap),
            -series / std::conj(tap),
            -series / tap,
            series + charging};
}

Places add_buses(const Case& source, Grid& grid) {
    Places places;
    for (const Bus& bus : source.buses) {
        if (bus.type == BusType::isolated) continue;
        places[bus.number] = grid.size();
        grid.bus_numbers.push_back(bus.number);
    }
    grid.load_p = grid.load_q = grid.generation_p = VectorXd::Zero(grid.size());
    grid.set_point = VectorXd::Ones(grid.size());
    for (const Bus& bus : source.buses) {
        if (bus.type == BusType::isolated) continue;
        const int i = places[bus.number];
        grid.load_p[i] = bus.pd / source.base_mva;
        grid.load_q[i] = bus.qd / source.base_mva;
        if (bus.type == BusType::slack) grid.slack = i, grid.slack_angle = bus.va * degree;
    }
    return places;
}

// Returns which buses have a running generator.
std::vector<bool> add_generators(const Case& source, const Places& places, Grid& grid) {
    std::vector<bool> generating(grid.size(), false);
    for (const Generator& generator : source.generators) {
        const auto place = places.find(generator.bus);
        if (!generator.in_service || place == places.end()) continue;
        generating[place->second] = true;
        grid.generation_p[place->second] += generator.pg / source.base_mva;
    }
    return generating;
}

void sort_buses(const Case& source, const Places& places, const std::vector<bool>& generating, Grid& grid) {
    for (const Bus& bus : source.buses) {
        if (bus.type == BusType::isolated || bus.type == BusType::slack) continue;
        const int i = places.at(bus.number);
        (bus.type == BusType::pv && generating[i] ? grid.pv : grid.pq).push_back(i);
    }
    std::vector<bool> held(grid.size(), false);
    for (const int i : grid.pv) held[i] = true;
    held[grid.slack] = true;
    for (const Generator& generator : source.generators) {
        const auto place = places.find(generator.bus);
        if (generator.in_service && place != places.end() && held[place->second])
            grid.set_point[place->second] = generator.vg;
    }
}

void add_admittances(const Case& source, const Places& places, Grid& grid) {
    std::vector<Eigen::Triplet<Complex>> entries;
    for (const Bus& bus : source.buses)
        if (const auto place = places.find(bus.number); place != places.end())
            entries.emplace_back(place->second, place->second, Complex(bus.gs, bus.bs) / source.base_mva);
    for (const Branch& branch : source.branches) {
        const auto from = places.find(branch.from), to = places.find(branch.to);
        if (!branch.in_service || from == places.end() || to == places.end()) continue;
        const TwoPort port = two_port(branch, from->second, to->second);
        grid.branches.push_back(port);
        entries.emplace_back(port.from, port.from, port.ff);
        entries.emplace_back(port.from, port.to, port.ft);
        entries.emplace_back(port.to, port.from, port.tf);
        entries.emplace_back(port.to, port.to, port.tt);
    }
    grid.admittance.resize(grid.size(), grid.size());
    grid.admittance.setFromTriplets(entries.begin(), entries.end());
}

}  // namespace

Grid make_grid(const Case& source) {
    Grid grid;
    grid.base_mva = source.base_mva;
    const Places places = add_buses(source, grid);
    sort_buses(source, places, add_generators(source, places, grid), grid);
    add_admittances(source, places, grid);
    return grid;
}

Eigen::VectorXcd Voltage::phasors() const {
    Eigen::VectorXcd result(magnitude.size());
    for (Eigen::Index i = 0; i < result.size(); ++i)
        result[i] = Complex(magnitude[i] * std::cos(angle[i]), magnitude[i] * std::sin(angle[i]));
    return result;
}

double losses(const Grid& grid, const Voltage& voltage) {
    const Eigen::VectorXcd v = voltage.phasors();
    double sum = 0;
    for (const TwoPort& port : grid.branches) {
        const Complex into_from = v[port.from] * std::conj(port.ff * v[port.from] + port.ft * v[port.to]);
        const Complex into_to = v[port.to] * std::conj(port.tf * v[port.from] + port.tt * v[port.to]);
        sum += into_from.real() + into_to.real();
    }
    return sum;
}

}  // namespace power_flow
