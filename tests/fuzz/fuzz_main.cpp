// The libFuzzer program; which reader it tries is said by the name it is called by: fuzz_config, ...
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "fuzz/reader.hpp"

namespace {

const tw::fuzz::Reader* chosen = nullptr;

}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char*** arguments) {
    const std::string_view program = (*arguments)[0];
    const std::size_t end = program.rfind("fuzz_");
    for (const tw::fuzz::Reader& reader : tw::fuzz::readers())
        if (end != program.npos && program.substr(end + 5) == reader.name) chosen = &reader;
    if (chosen) return 0;
    std::fprintf(stderr, "call me fuzz_NAME, with the name of a reader\n");
    std::exit(2);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    chosen->read(std::string(reinterpret_cast<const char*>(bytes), size));
    return 0;
}
