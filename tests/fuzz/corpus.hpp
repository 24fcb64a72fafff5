// The files that mutation starts from. Only for tests: the fuzzing programs read the directories themselves.
#pragma once

#include <string>
#include <vector>

#include "fuzz/reader.hpp"

namespace tw::fuzz {

struct Sample {
    std::string path;  // below the repository
    std::string bytes;
};

std::vector<Sample> well_formed(const Reader& reader);
std::vector<Sample> corpus(const Reader& reader);  // with the well-formed ones

// One or a few random changes of one of them.
class Mutator {
public:
    Mutator(const std::vector<Sample>& samples, std::uint64_t seed) : samples_(samples), state_(seed) {}
    std::string next();

private:
    std::size_t below(std::size_t bound);
    void change(std::string& bytes);

    const std::vector<Sample>& samples_;
    std::uint64_t state_;
};

// Inputs that are long, deep, or numerous in one thing.
std::vector<std::string> bombs();

}  // namespace tw::fuzz
