#include "optimize/stream.hpp"

#include <boost/random/uniform_01.hpp>

namespace tw {
namespace {

// SplitMix64: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
std::uint64_t mix(std::uint64_t x) {
    x += 0x9E3779B97F4A7C15u;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    return x ^ (x >> 31);
}

// FNV-1a, 64 bit.
std::uint64_t hash(std::string_view text) {
    std::uint64_t h = 0xCBF29CE484222325u;
    for (const char c : text) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001B3u;
    return h;
}

}  // namespace

Stream make_stream(std::uint64_t seed, std::uint64_t k, std::string_view name) {
    return Stream(mix(mix(mix(seed) ^ hash(name)) ^ k));
}

double draw_unit(Stream& stream) {
    return boost::random::uniform_01<double>()(stream);
}

}  // namespace tw
