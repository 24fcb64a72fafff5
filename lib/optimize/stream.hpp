// Independent random streams by counter: proposal k needs no replay of the proposals before it.
#pragma once

#include <cstdint>
#include <random>
#include <string_view>

namespace tw {

// The engine's output is fixed by the C++ standard; distributions are not, so draw through Boost.Random
// (or draw_unit), never through std:: distributions.
using Stream = std::mt19937_64;

// The stream of (seed, k, name). Frozen: changing it changes every search that is under way.
Stream make_stream(std::uint64_t seed, std::uint64_t k, std::string_view name);

// Uniform in [0, 1).
double draw_unit(Stream& stream);

// The top 53 of 64 uniform bits as a number in [0, 1).
inline double unit_from_bits(std::uint64_t bits) {
    return static_cast<double>(bits >> 11) * 0x1p-53;
}

}  // namespace tw
