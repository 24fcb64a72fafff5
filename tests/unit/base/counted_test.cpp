#include "base/counted.hpp"

#include <gtest/gtest.h>

#include <cstdint>

namespace tw {
namespace {

TEST(Counted, OneIsNoPlural) {
    EXPECT_EQ(counted(0, "trial"), "0 trials");
    EXPECT_EQ(counted(1, "trial"), "1 trial");
    EXPECT_EQ(counted(std::size_t{2}, "complete trial"), "2 complete trials");
    EXPECT_EQ(counted(std::int64_t{1} << 40, "job"), "1099511627776 jobs");
}

}  // namespace
}  // namespace tw
