#include "optimize/stream.hpp"

#include <gtest/gtest.h>

#include <set>

namespace tw {
namespace {

// Computed by an independent implementation of SplitMix64, FNV-1a and MT19937-64.
TEST(Stream, IsFrozen) {
    EXPECT_EQ(make_stream(1, 0, "random")(), 9923432317910474558u);
    EXPECT_EQ(make_stream(1, 1, "random")(), 3951506781597467778u);
    EXPECT_EQ(make_stream(2, 0, "random")(), 9660837666065264539u);
    EXPECT_EQ(make_stream(1, 0, "sobol shift")(), 7260113856169116550u);
    Stream stream = make_stream(1, 0, "random");
    EXPECT_DOUBLE_EQ(draw_unit(stream), 0.5379503438795701);
}

TEST(Stream, DiffersInEachPartOfItsKey) {
    std::set<std::uint64_t> first;
    for (std::uint64_t seed = 0; seed < 30; ++seed)
        for (std::uint64_t k = 0; k < 30; ++k)
            for (const char* name : {"", "a", "b"}) first.insert(make_stream(seed, k, name)());
    EXPECT_EQ(first.size(), 30u * 30 * 3);
}

TEST(Stream, UnitsAreBelowOne) {
    EXPECT_EQ(unit_from_bits(0), 0.0);
    EXPECT_LT(unit_from_bits(~std::uint64_t{0}), 1.0);
    EXPECT_GT(unit_from_bits(~std::uint64_t{0}), 0.9999999);
}

}  // namespace
}  // namespace tw
