// One libFuzzer program; which reader it tries is said by the build.
#include <cstddef>
#include <cstdint>

#include "fuzz/reader.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    static const tw::fuzz::Reader& reader = tw::fuzz::reader(FUZZ_READER);
    reader.read(std::string(reinterpret_cast<const char*>(bytes), size));
    return 0;
}
