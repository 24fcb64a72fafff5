#include "batch/wrapper.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <sstream>

namespace tw {
namespace {

TEST(Wrapper, is_the_script_of_the_source_tree) {
    std::ifstream file(SOURCE_DIR "/lib/batch/wrapper.sh");
    std::ostringstream text;
    text << file.rdbuf();
    EXPECT_EQ(wrapper_text(), text.str());
    EXPECT_TRUE(wrapper_text().starts_with("#!/bin/sh\n"));
    EXPECT_TRUE(wrapper_text().ends_with("\n"));
}

TEST(Wrapper, is_named_by_its_content) {
    EXPECT_THAT(wrapper_name(), testing::MatchesRegex("wrap-[0-9a-f]+"));
    EXPECT_EQ(wrapper_name(), wrapper_name());
}

TEST(Wrapper, gets_its_arguments_in_order) {
    auto argv = wrapper_argv("/e", "id1", "000042", {2, "train", 0, 3}, "done", {"./run.sh", "a b"});
    EXPECT_THAT(argv, testing::ElementsAre("/bin/sh", "/e/.trialwatch/bin/" + wrapper_name(), "/e", "id1",
                                           "000042", "2.train.0.3", "10", "done", "./run.sh", "a b"));
    EXPECT_EQ(wrapper_argv("/e", "id1", "@before", {1, "data", 0, 1}, "", {"x"})[7], "-");
}

}  // namespace
}  // namespace tw
