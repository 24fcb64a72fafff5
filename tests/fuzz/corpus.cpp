#include "fuzz/corpus.hpp"

#include <glob.h>
#include <sys/stat.h>

#include <fstream>
#include <iterator>

namespace tw::fuzz {

namespace {

bool is_regular(const std::string& path) {
    struct stat found {};
    return stat(path.c_str(), &found) == 0 && S_ISREG(found.st_mode);
}

void add(const std::string& path, std::vector<Sample>& samples) {
    std::ifstream file(path, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    samples.push_back({path.substr(sizeof SOURCE_DIR), bytes});
}

// Files of a directory, or the file itself.
void add_all(const std::string& place, std::vector<Sample>& samples) {
    const std::string path = SOURCE_DIR "/" + place;
    if (is_regular(path)) return add(path, samples);
    glob_t found{};
    glob((path + "/*").c_str(), 0, nullptr, &found);
    for (std::size_t i = 0; i < found.gl_pathc; ++i) {
        const std::string file = found.gl_pathv[i];
        if (is_regular(file) && !file.ends_with(".expect")) add(file, samples);
    }
    globfree(&found);
}

}  // namespace

std::vector<Sample> well_formed(const Reader& reader) {
    std::vector<Sample> samples;
    for (const char* place : reader.well_formed) add_all(place, samples);
    return samples;
}

std::vector<Sample> corpus(const Reader& reader) {
    std::vector<Sample> samples = well_formed(reader);
    for (const char* place : reader.more) add_all(place, samples);
    return samples;
}

}  // namespace tw::fuzz
