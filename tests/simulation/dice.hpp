// All randomness of a simulated world. A throw is a function of the seed, who throws, for what, and how often that
// one threw for it before. So leaving out one fault does not change what others throw.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace tw::simulation {

enum class For {
    interleave,  // another process goes on at this system call
    pace,        // how long that takes
    stall,       // this one hangs for minutes
    kill,
    death,       // before or after the call
    failure,     // the call does nothing and says so
    lie,         // the call works and says that it did not
    torn,        // a part is written
    code,        // which error
    cache,       // how long a client believes what it saw
    length,      // of work and of waiting
    behaviour,   // of scripts, schedulers and people
    target,      // which one
    identity,    // random names
    profile,     // which world this is
    count_,
};

inline std::uint64_t mix(std::uint64_t value) {  // splitmix64: Steele, Lea, Flood 2014
    value += 0x9e3779b97f4a7c15u;
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9u;
    value = (value ^ (value >> 27)) * 0x94d049bb133111ebu;
    return value ^ (value >> 31);
}

inline std::uint64_t mix_text(std::uint64_t key, std::string_view text) {
    for (char c : text) key = mix(key ^ static_cast<unsigned char>(c));
    return key;
}

class Dice {
public:
    Dice(std::uint64_t seed, std::string_view who) : key_(mix_text(mix(seed), who)) {}

    std::uint64_t bits(For what) {
        auto index = static_cast<std::size_t>(what);
        last_ = mix(key_ ^ mix((static_cast<std::uint64_t>(index) << 48) + ++thrown_[index]));
        return last_;
    }
    double uniform(For what) { return static_cast<double>(bits(what) >> 11) * 0x1p-53; }  // [0, 1)
    double between(For what, double low, double high) { return low + (high - low) * uniform(what); }
    bool chance(For what, double probability) { return uniform(what) < probability; }
    int pick(For what, int count) { return static_cast<int>(bits(what) % static_cast<unsigned>(count)); }

    std::uint64_t last() const { return last_; }  // names the last throw, in every replay of the seed

private:
    std::uint64_t key_, last_ = 0;
    std::array<std::uint64_t, static_cast<std::size_t>(For::count_)> thrown_{};
};

}  // namespace tw::simulation
