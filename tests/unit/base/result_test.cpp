#include "base/result.hpp"

#include <gtest/gtest.h>

namespace tw {
namespace {

TEST(Errors, TextLeavesOutWhatIsUnknown) {
    EXPECT_EQ((Error{Code::io, "gone"}.text()), "gone");
    EXPECT_EQ((Error{Code::io, "gone", "a.json"}.text()), "a.json: gone");
    EXPECT_EQ((Error{Code::io, "gone", "a.json", "", 3}.text()), "a.json:3: gone");
    EXPECT_EQ((Error{Code::io, "gone", "a.json", "/x", 3, "look"}.text()), "a.json:3: /x: gone (look)");
    EXPECT_EQ((Error{Code::io, "gone", "", "/x"}.text()), "/x: gone");
    EXPECT_EQ((Error{Code::io, "gone", "", "", 7}.text()), "line 7: gone");
}

TEST(Errors, ExitStatus) {
    for (Code code : {Code::invalid, Code::usage, Code::newer_version}) EXPECT_EQ(exit_status({code}), 2);
    for (Code code : {Code::not_found, Code::exists, Code::permission, Code::no_space, Code::stale,
                      Code::busy, Code::refused, Code::not_yet, Code::io})
        EXPECT_EQ(exit_status({code}), 1);
}

}  // namespace
}  // namespace tw
