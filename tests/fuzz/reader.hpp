// The readers of everything that the toolkit reads and did not write itself, or not whole: one list for the
// tests and for the fuzzing programs. To add one: a function in readers_*.cpp, a row in readers.cpp, a
// corpus.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace tw::fuzz {

// What every beginning of a well-formed example, up to its last byte that counts, must be read as.
enum class Beginning {
    anything,  // also another whole text: the form has no end of its own
    not_yet,   // Code::not_yet
    refused,   // any error
};

struct Reader {
    const char* name;
    // Reads any bytes by the real reader and checks what came out; throws Violation. The answer is the
    // code of the error, or nothing where the bytes were taken.
    std::optional<Code> (*read)(const std::string& bytes);
    Beginning beginning;
    std::vector<const char*> well_formed;  // directories or files below the repository; read without an error
    std::vector<const char*> more;         // the rest of the corpus
};

const std::vector<Reader>& readers();
const Reader& reader(const std::string& name);

}  // namespace tw::fuzz
