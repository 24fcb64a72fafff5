// Every reader gets every beginning, every bit turned over, and many damaged copies of its corpus.
#include <gtest/gtest.h>

#include <algorithm>

#include "fuzz/check.hpp"
#include "fuzz/corpus.hpp"

namespace tw::fuzz {

static void PrintTo(const Reader& reader, std::ostream* out) {
    *out << reader.name;
}

namespace {

// So much can be pasted into a report.
std::string shown(const std::string& bytes) {
    std::string text = std::to_string(bytes.size()) + " bytes: ";
    for (unsigned char c : bytes.substr(0, 300)) {
        char code[5];
        snprintf(code, sizeof code, "\\x%02x", c);
        text += c >= 0x20 && c < 0x7f && c != '\\' ? std::string(1, static_cast<char>(c)) : code;
    }
    return text;
}

// Some tests need the answer; false: a check failed, and has been told.
bool taken(const Reader& reader, const std::string& bytes, const std::string& path,
           std::optional<Code>& code) {
    try {
        code = reader.read(bytes);
        return true;
    } catch (const std::exception& error) {
        ADD_FAILURE() << reader.name << ", " << path << ": " << error.what() << "\n" << shown(bytes);
        return false;
    }
}

bool taken(const Reader& reader, const std::string& bytes, const std::string& path) {
    std::optional<Code> code;
    return taken(reader, bytes, path, code);
}

// Every bit of files up to 1 KiB, of larger ones every third, fifth...: each place in a byte has its turn. Fewer where
// nothing is optimized, which is ten times slower.
constexpr std::size_t most_bits = 8192;
#ifdef NDEBUG
constexpr std::size_t coarseness = 1;
#else
constexpr std::size_t coarseness = 13;
#endif

class Readers : public testing::TestWithParam<Reader> {};

TEST_P(Readers, TakeWhatIsWellFormed) {
    ASSERT_FALSE(well_formed(GetParam()).empty());
    for (const Sample& sample : well_formed(GetParam())) {
        std::optional<Code> code;
        ASSERT_TRUE(taken(GetParam(), sample.bytes, sample.path, code));
        EXPECT_FALSE(code) << sample.path;
    }
}

TEST_P(Readers, TakeTheWholeCorpus) {
    for (const Sample& sample : corpus(GetParam())) ASSERT_TRUE(taken(GetParam(), sample.bytes, sample.path));
}

TEST_P(Readers, BeginningsAreNoOtherDocument) {
    const Reader& reader = GetParam();
    const bool empty_is_whole = !reader.read("");
    for (const Sample& sample : well_formed(reader))
        for (std::size_t size = 0; size < sample.bytes.find_last_not_of(" \n") + 1; ++size) {
            std::optional<Code> code;
            const std::string bytes = sample.bytes.substr(0, size);
            ASSERT_TRUE(taken(reader, bytes, sample.path, code));
            if (reader.beginning == Beginning::anything || size == sample.bytes.size()) continue;
            if (empty_is_whole && bytes.find_first_not_of(" \n") == bytes.npos) continue;
            ASSERT_TRUE(code) << sample.path << " is taken without its end: " << shown(bytes);
            if (reader.beginning != Beginning::not_yet) continue;
            ASSERT_EQ(*code, Code::not_yet) << sample.path << shown(bytes);
        }
}

TEST_P(Readers, EveryBeginning) {
    for (const Sample& sample : corpus(GetParam())) {
        const std::size_t stride = 1 + sample.bytes.size() / 4096;
        for (std::size_t size = 0; size < sample.bytes.size(); size += stride)
            ASSERT_TRUE(taken(GetParam(), sample.bytes.substr(0, size), sample.path));
    }
}

TEST_P(Readers, EveryBitTurnedOver) {
    for (const Sample& sample : corpus(GetParam())) {
        const std::size_t bits = sample.bytes.size() * 8,
                          stride = std::max(coarseness, 1 + bits / (most_bits + 1)) | 1;
        for (std::size_t bit = 0; bit < bits; bit += stride) {
            std::string bytes = sample.bytes;
            bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << bit % 8));
            ASSERT_TRUE(taken(GetParam(), bytes, sample.path));
        }
    }
}

TEST_P(Readers, DamagedCopies) {
    const auto samples = corpus(GetParam());
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
        Mutator mutator(samples, seed);
        for (int i = 0; i < 500; ++i)
            ASSERT_TRUE(taken(GetParam(), mutator.next(),
                              "copy " + std::to_string(i) + " of seed " + std::to_string(seed)));
    }
}

// What grows faster than its input would not end before the test's time is over.
TEST_P(Readers, NothingTakesLong) {
    for (const std::string& bomb : bombs()) ASSERT_TRUE(taken(GetParam(), bomb, "a bomb"));
}

INSTANTIATE_TEST_SUITE_P(, Readers, testing::ValuesIn(readers()),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace tw::fuzz
